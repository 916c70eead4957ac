/** The reading thread: long queries, checks of what comes in, and checkpoints, each on its own connection. It never writes a row. */
import { parentPort, workerData } from 'node:worker_threads';
import { present } from '../base/assert.ts';
import { Database, numberOf } from './database.ts';
import { prepareChangesets, unpack, type Packed, type PrepareInput } from './prepare.ts';
import { LONG_QUERIES, type LongQueryName } from './queries.ts';

export type ReaderRequest =
  | { readonly id: number; readonly do: 'query'; readonly name: LongQueryName; readonly args: readonly unknown[] }
  | { readonly id: number; readonly do: 'prepare'; readonly input: Omit<PrepareInput, 'changesets'> & { readonly packed: Packed } }
  | { readonly id: number; readonly do: 'checkpoint' };

export type ReaderReply = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };

const port = present(parentPort, 'the port to the main thread');
const file = String((workerData as { file: unknown }).file);
// Opened when first needed: most workers' first job is to check changesets, which needs no file.
let reading: Database | undefined;
let checkpointing: Database | undefined;

function work(request: ReaderRequest): unknown {
  switch (request.do) {
    case 'prepare': {
      const { packed, ...known } = request.input;
      const prepared = prepareChangesets({ ...known, changesets: unpack(packed) });
      // Texts are made of JSON's own values, and the selling thread reads JSON in less time than a copied object.
      return JSON.stringify(prepared.map(({ opened, signature }) => ({ opened, signature })));
    }
    case 'query': {
      reading ??= new Database(file, { readOnly: true });
      const query = LONG_QUERIES[request.name] as (db: Database, ...args: readonly unknown[]) => unknown;
      return query(reading, ...request.args);
    }
    case 'checkpoint':
      checkpointing ??= new Database(file, { readOnly: false });
      return checkpoint(checkpointing);
  }
}

/** Above this the log is begun anew: a passive checkpoint alone never catches up with a writer that does not pause. */
const RESTART_ABOVE_PAGES = 4_000;
const PASSES = 4;
/** A restart waits for readers with the writer's lock held; this is the longest a sale may be held up by that. */
const RESTART_WAIT_MS = 5;

/** Copies what is in the log beside the writer; then, when little is left of a long log, the rest with the writer held, for a moment. */
function checkpoint(db: Database): void {
  let left = Number.POSITIVE_INFINITY;
  let pages = 0;
  for (let pass = 0; pass < PASSES; pass++) {
    const copied = db.get('PRAGMA wal_checkpoint(PASSIVE)');
    pages = numberOf(copied?.['log']);
    const behind = pages - numberOf(copied?.['checkpointed']);
    if (pages < RESTART_ABOVE_PAGES || behind >= left) break;
    left = behind;
  }
  if (pages < RESTART_ABOVE_PAGES) return;
  db.sqlite.exec(`PRAGMA busy_timeout = ${RESTART_WAIT_MS}`);
  db.get('PRAGMA wal_checkpoint(RESTART)');
}

port.on('message', (request: ReaderRequest) => {
  try {
    port.postMessage({ id: request.id, value: work(request) } satisfies ReaderReply);
  } catch (error) {
    port.postMessage({
      id: request.id,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    } satisfies ReaderReply);
  }
});
