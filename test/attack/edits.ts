/**
 * Single-byte edits of a closed store, one at a time at random places, each undone before the next. Every one is either found (when the
 * store is opened, or by `verify`) or harmless: all rows of all tables, types and row numbers included, read as before. Anything else is missed.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import { Database, numberOf, textOf } from '../../src/store/database.ts';
import { openStore } from '../../src/store/open-store.ts';
import { closeStore, quickCheck } from '../../src/store/store.ts';
import { verifyStore } from '../../src/store/verify.ts';
import { seededRandom, temporaryFolder } from '../support/shop.ts';
import { makeBusyStore } from './busy-store.ts';
import { mapPages, PLACES, type Place } from './page-map.ts';

export interface EditsReport {
  readonly edits: number;
  readonly seed: number;
  readonly storeBytes: number;
  foundAtOpen: number;
  foundByVerify: number;
  /** By what the byte is for. */
  readonly harmless: Record<Place, number>;
  /** Offset, the byte before and after, what it is for. */
  readonly missed: string[];
  seconds: number;
}

export async function runEdits(input: { edits: number; seed: number }, say: (text: string) => void): Promise<EditsReport> {
  const folder = temporaryFolder('aurapos-edits-');
  const file = join(folder.path, 'store.db');
  await makeBusyStore(file);
  const whole = readFileSync(file);
  const [rows, placeOf] = [digestRows(file), mapStore(file, whole)];
  const harmless = { unused: 0, 'free page': 0, 'file header': 0, separator: 0, null: 0, content: 0 };
  const report: EditsReport = { ...input, storeBytes: whole.length, foundAtOpen: 0, foundByVerify: 0, harmless, missed: [], seconds: 0 };
  const next = seededRandom(input.seed);
  const number = (): number => Buffer.from(next.bytes(4)).readUInt32BE();
  const startedMs = performance.now();
  for (let edit = 1; edit <= input.edits; edit++) {
    const offset = number() % whole.length;
    const [before, after] = [whole.readUInt8(offset), (whole.readUInt8(offset) + 1 + (number() % 255)) % 256];
    writeByte(file, offset, after);
    if (isFoundAtOpen(file)) report.foundAtOpen++;
    else if (isSameToRead(file, rows)) harmless[placeOf(offset)]++;
    else if (isFoundByVerify(file)) report.foundByVerify++;
    else report.missed.push(`offset ${offset}: ${before} made ${after} (${placeOf(offset)})`);
    restore(file, whole, offset, before);
    if (edit % 1000 === 0) say(`${edit} edits, ${Math.round((performance.now() - startedMs) / 1000)} s`);
  }
  report.seconds = Math.round((performance.now() - startedMs) / 1000);
  folder.remove();
  return report;
}

/** What a start of the register does: opens the store, then looks at all pages. */
function isFoundAtOpen(file: string): boolean {
  const opened = openStore(file, { clock: systemClock, random: systemRandom });
  if (!opened.ok) return true;
  try {
    return !quickCheck(opened.value.db).ok;
  } catch {
    // SQLite gives up reading.
    return true;
  } finally {
    closeStore(opened.value);
  }
}

function isFoundByVerify(file: string): boolean {
  return reading(file, (db) => !verifyStore(db).ok);
}

/** Indexes that agree with their tables, and tables that read as before: whatever is asked of this store, the answer is the same. */
function isSameToRead(file: string, rows: string): boolean {
  try {
    return reading(file, (db) => db.get('PRAGMA integrity_check(1)')?.['integrity_check'] === 'ok') && digestRows(file) === rows;
  } catch {
    // What cannot be read to its end is not the same.
    return false;
  }
}

/** Every value of every row, as bytes and type, in the order of the tables. */
function digestRows(file: string): string {
  return reading(file, (db) => {
    const digest = createHash('sha256');
    for (const table of db.all("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name")) {
      const name = textOf(table['name']);
      const columns = db.all('SELECT name FROM pragma_table_info(?)', name).map((row) => `"${textOf(row['name'])}"`);
      const keyed = textOf(table['sql']).includes('WITHOUT ROWID') ? columns : ['rowid', ...columns];
      digest.update(`${name}\n`);
      for (const row of db.iterate(
        `SELECT ${keyed.map((column) => `typeof(${column}) || hex(${column})`).join(" || ' ' || ")} AS row FROM ${name}`,
      ))
        digest.update(`${textOf(row['row'])}\n`);
    }
    return digest.digest('hex');
  });
}

function mapStore(file: string, whole: Buffer): (offset: number) => Place {
  return reading(file, (db) =>
    mapPages(
      whole,
      db.all('SELECT rootpage FROM sqlite_schema WHERE rootpage > 0').map((row) => numberOf(row['rootpage'])),
    ),
  );
}

function reading<T>(file: string, read: (db: Database) => T): T {
  const db = new Database(file, { readOnly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

function writeByte(file: string, offset: number, byte: number): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Uint8Array.of(byte), 0, 1, offset);
  closeSync(handle);
}

/** The byte is put back; and the whole file, where opening wrote to it. */
function restore(file: string, whole: Buffer, offset: number, before: number): void {
  writeByte(file, offset, before);
  if (!readFileSync(file).equals(whole)) writeFileSync(file, whole);
  for (const beside of [`${file}-wal`, `${file}-shm`]) if (existsSync(beside)) rmSync(beside);
}

export function describeEdits(report: EditsReport): string {
  const { harmless, missed } = report;
  const places = PLACES.map((place) => `${place} ${harmless[place]}`).join(', ');
  const total = PLACES.reduce((sum, place) => sum + harmless[place], 0);
  return [
    `${report.edits} single-byte edits of a store of ${report.storeBytes} bytes, seed ${report.seed}, ${report.seconds} s`,
    `found at open ${report.foundAtOpen}, found by verify ${report.foundByVerify}, harmless ${total} (${places}), missed ${missed.length}`,
    ...missed,
  ].join('\n');
}
