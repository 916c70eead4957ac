/**
 * Stores that this register left when it joined another shop: files of DATA/kept, read and never written to, but to bring one of an older program
 * up to this one. Each is read on a thread of its own.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { ok, refuse, type Result } from '../../base/result.ts';
import { SCHEMA_VERSION } from '../../protocol/tables.ts';
import { Database } from '../../store/database.ts';
import { openStore } from '../../store/open-store.ts';
import type { LongQueryArgs, LongQueryName, LongQueryResult } from '../../store/queries.ts';
import { askStore } from '../../store/reader.ts';
import { closeStore, readMeta } from '../../store/store.ts';
import { KEPT } from './joining-place.ts';

interface Deps {
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly random: Random;
}

export interface KeptFile {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  readonly keptAt: number;
}

/** Newest first. */
export function listKeptFiles({ dataFolder }: Pick<Deps, 'dataFolder'>): KeptFile[] {
  const folder = join(dataFolder, KEPT);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.db'))
    .sort()
    .reverse()
    .map((name) => {
      const file = join(folder, name);
      const { size, ctimeMs } = statSync(file);
      return { name, file, bytes: size, keptAt: keptAt(name) ?? Math.round(ctimeMs) };
    });
}

/** As its name says: 2026-03-31-184500.db. */
function keptAt(name: string): number | null {
  const [, day, hours, minutes, seconds] = /^(\d{4}-\d{2}-\d{2})-(\d{2})(\d{2})(\d{2})/.exec(name) ?? [];
  const at = Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(at) ? null : at;
}

/** Refuses with input.not-found, and what openStore does for one that cannot be read. */
export async function askKept<K extends LongQueryName>(
  deps: Deps,
  name: string,
  query: K,
  ...args: LongQueryArgs<K>
): Promise<Result<LongQueryResult<K>>> {
  const kept = listKeptFiles(deps).find((one) => one.name === name);
  if (kept === undefined) return refuse('input.not-found', { what: 'kept store' });
  const readable = makeReadable(kept.file, deps);
  return readable.ok ? ok(await askStore(kept.file, query, ...args)) : readable;
}

/** The columns that queries of this program ask for are there. */
function makeReadable(file: string, deps: Deps): Result<null> {
  try {
    const db = new Database(file, { readOnly: true });
    const schema = Number(readMeta(db, 'schema'));
    db.close();
    if (schema === SCHEMA_VERSION) return ok(null);
  } catch (error) {
    return refuse('store.corrupt', { detail: String(error) });
  }
  const opened = openStore(file, deps);
  if (!opened.ok) return opened;
  opened.value.db.sqlite.exec('PRAGMA journal_mode = DELETE');
  closeStore(opened.value);
  return ok(null);
}
