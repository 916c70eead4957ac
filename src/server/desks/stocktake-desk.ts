/** Files of counts handed in: read and checked, then written by a job. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeId, type Id } from '../../base/id.ts';
import { ok, refuse, type Result } from '../../base/result.ts';
import type { Answer } from '../../protocol/api/routes.ts';
import type { Register } from '../../register/register.ts';
import { readCounts, writeStocktake, type StocktakePlan } from '../../register/stocktake.ts';
import type { GiveWay } from '../give-way.ts';
import type { JobProgress } from '../jobs.ts';

/** A million rows. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

export interface StocktakeDesk {
  open(bytes: ReadableStream<Uint8Array>): Promise<Result<Answer<'openStocktake'>>>;
  /** Refuses with input.not-found. */
  plan(id: string, user: Id | null): Result<StocktakePlan>;
  write(plan: StocktakePlan, progress: JobProgress): Promise<Result<object>>;
}

export function makeStocktakeDesk(register: Register, dataFolder: string, giveWay: GiveWay): StocktakeDesk {
  const folder = join(dataFolder, 'imports');
  const ready = new Map<string, Omit<StocktakePlan, 'user'>>();
  return {
    open: async (bytes) => {
      const content = await readBounded(bytes);
      if (content === null) return refuse('input.invalid', { field: 'the file', reason: 'it is larger than 64 MB' });
      await mkdir(folder, { recursive: true });
      const id = makeId(register.store.clock, register.store.random);
      const given = join(folder, `${id}.csv`);
      const file = join(folder, `${id}.count`);
      await writeFile(given, content);
      try {
        const { good, bad, problems } = await readCounts(register.store, given, file);
        ready.set(id, { id, file, total: good });
        return ok({ id, good, bad, problems: [...problems] });
      } catch (error) {
        // The CSV parser gives up on what is no CSV at all.
        return refuse('input.invalid', { field: 'the file', reason: error instanceof Error ? error.message : 'it is not CSV' });
      } finally {
        await rm(given, { force: true });
      }
    },
    plan: (id, user) => {
      const held = ready.get(id);
      return held === undefined ? refuse('input.not-found', { what: 'file' }) : ok({ ...held, user });
    },
    write: async (plan, progress) => {
      progress.step('stocktake');
      const written = await writeStocktake(register, plan, (done) => progress.rows(done, plan.total), giveWay.pause);
      if (!written.ok) return written;
      ready.delete(plan.id);
      await rm(plan.file, { force: true });
      return ok({});
    },
  };
}

/** Null when there is more than a stocktake could be. */
async function readBounded(bytes: ReadableStream<Uint8Array>): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > MAX_FILE_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
