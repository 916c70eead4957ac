/** CSV files handed in, on their way to the catalogue: kept in the data folder, checked, mapped, then written by a job. */
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { makeId, type Id } from '../../base/id.ts';
import { ok, refuse, type Result } from '../../base/result.ts';
import type { Answer } from '../../protocol/api/routes.ts';
import { readPackCode } from '../../domain/barcode.ts';
import {
  IMPORT_FIELDS,
  inspectFile,
  readRows,
  type ImportField,
  type ImportPlan,
  type Layout,
  type RowError,
} from '../../register/import-file.ts';
import { writeImport } from '../../register/import-products.ts';
import { undoImport } from '../../register/undo-import.ts';
import { productsByCode } from '../../store/queries/catalogue.ts';
import type { Register } from '../../register/register.ts';
import type { GiveWay } from '../give-way.ts';
import type { JobProgress } from '../jobs.ts';

type Preview = Answer<'openImport'>;

/** A catalogue of a million long rows; more is a mistake or an attack. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;
const PREVIEW_ROWS = 20;
const MAX_ERRORS_SHOWN = 500;
/** Codes looked up in one question, beside which a sale goes through. */
const CODES_AT_ONCE = 500;

interface OpenFile {
  readonly file: string;
  readonly fileName: string;
  layout: Layout;
  good: number;
  bad: number;
  /** Good rows whose code a product has already. */
  known: number;
}

export interface ImportDesk {
  open(bytes: ReadableStream<Uint8Array>, fileName: string): Promise<Result<Preview>>;
  map(id: string, mapping: readonly (string | null)[]): Promise<Result<Preview>>;
  /** The plan to write, once the file is good or bad rows may be skipped. */
  plan(id: string, options: { readonly skipBad: boolean; readonly known: ImportPlan['known'] }, user: Id | null): Result<ImportPlan>;
  write(plan: ImportPlan, progress: JobProgress): Promise<Result<object>>;
  undo(plan: ImportPlan, user: Id | null, progress: JobProgress): Promise<Result<object>>;
}

export function makeImportDesk(register: Register, dataFolder: string, giveWay: GiveWay): ImportDesk {
  const folder = join(dataFolder, 'imports');
  const files = new Map<string, OpenFile>();
  return {
    open: async (bytes, fileName) => {
      await mkdir(folder, { recursive: true });
      const id = makeId(register.store.clock, register.store.random);
      const file = join(folder, `${id}.csv`);
      let size = 0;
      const bounded = Readable.fromWeb(bytes as Parameters<typeof Readable.fromWeb>[0]).map((chunk: Uint8Array) => {
        size += chunk.length;
        if (size > MAX_FILE_BYTES) throw new RangeError('file too large');
        return chunk;
      });
      try {
        await pipeline(bounded, createWriteStream(file));
      } catch (error) {
        await rm(file, { force: true });
        if (error instanceof RangeError) return refuse('input.invalid', { field: 'the file', reason: 'it is larger than 512 MB' });
        throw error;
      }
      files.set(id, { file, fileName, layout: await inspectFile(file), good: 0, bad: 0, known: 0 });
      return check(register, files, id);
    },
    map: async (id, mapping) => {
      const held = files.get(id);
      if (held === undefined) return refuse('input.not-found', { what: 'file' });
      held.layout = { ...held.layout, mapping: held.layout.columns.map((_, at) => toField(mapping[at] ?? null)) };
      return check(register, files, id);
    },
    plan: (id, { skipBad, known }, user) => {
      const held = files.get(id);
      if (held === undefined) return refuse('input.not-found', { what: 'file' });
      if (!held.layout.mapping.includes('name')) return refuse('import.no-columns');
      if (held.bad > 0 && !skipBad) return refuse('import.has-errors', { count: held.bad });
      return ok({ id, file: held.file, fileName: held.fileName, layout: held.layout, total: held.good, known, user });
    },
    write: async (plan, progress) => {
      progress.step('import', plan.fileName);
      const written = await writeImport(register, plan, (done) => progress.rows(done, plan.total), giveWay.pause);
      if (!written.ok) return written;
      files.delete(plan.id);
      await rm(plan.file, { force: true });
      return ok({});
    },
    undo: async (plan, user, progress) => {
      progress.step('undo-import', plan.fileName);
      const undone = await undoImport(register, plan, user, (done) => progress.rows(done, plan.total), giveWay.pause);
      return undone.ok ? ok({}) : undone;
    },
  };
}

function toField(text: string | null): ImportField | null {
  return IMPORT_FIELDS.find((field) => field === text) ?? null;
}

/** Every row checked, nothing written. */
async function check(register: Register, files: ReadonlyMap<string, OpenFile>, id: string): Promise<Result<Preview>> {
  const held = files.get(id);
  if (held === undefined) return refuse('input.not-found', { what: 'file' });
  const preview: string[][] = [];
  const errors: RowError[] = [];
  held.good = 0;
  held.bad = 0;
  held.known = 0;
  let codes: string[] = [];
  const lookUp = (): void => {
    const byCode = productsByCode(register.store.db, codes);
    held.known += byCode.size;
    codes = [];
  };
  try {
    for await (const { cells, value, error } of readRows(register.store, held.file, held.layout)) {
      if (preview.length < PREVIEW_ROWS) preview.push(cells.map((cell) => cell.slice(0, 100)));
      if (value?.codes[0] !== undefined) codes.push(readPackCode(value.codes[0]).code);
      if (codes.length === CODES_AT_ONCE) lookUp();
      if (error === null) held.good++;
      else {
        held.bad++;
        if (errors.length < MAX_ERRORS_SHOWN) errors.push(error);
      }
    }
  } catch (error) {
    // The CSV parser gives up on what is no CSV at all: an open quote that never closes, binary data.
    return refuse('input.invalid', { field: 'the file', reason: error instanceof Error ? error.message : 'it is not CSV' });
  }
  lookUp();
  const { delimiter, encoding, columns, mapping } = held.layout;
  return ok({
    id,
    fileName: held.fileName,
    delimiter,
    encoding,
    columns: [...columns],
    mapping: [...mapping],
    rows: held.good + held.bad,
    preview,
    good: held.good,
    bad: held.bad,
    known: held.known,
    errors,
  });
}
