/**
 * Sums of past weeks, kept so that a year's report reads fifty of them and not a million lines. Derived, and local to this store: a sale that
 * comes late takes its week's sums away, by a trigger, in the transaction that brings it; they are made again beside the selling
 * (server/keep-week-sums.ts). What does not decode is as if it were not kept.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ok } from '../base/result.ts';
import { bytesOrNull, numberOf, numberOrNull, type Database } from './database.ts';
import { readSalesSums, type SalesSums } from './queries/sales-sums.ts';

/** Weeks are counted from the epoch; which day they begin on is nobody's business. */
export const WEEK_MS = 7 * 86_400_000;

const weekOf = (atMs: number): number => Math.floor(atMs / WEEK_MS);

/** Week by week: what is kept of those that lie in the time as a whole, the rest from the ledgers. */
export function salesSums(db: Database, fromMs: number, untilMs: number): SalesSums[] {
  const { first, last } = soldBetween(db, fromMs, untilMs);
  if (first === null || last === null) return [];
  const sums: SalesSums[] = [];
  for (let week = weekOf(first); week <= weekOf(last); week++) {
    const [beginMs, endMs] = [week * WEEK_MS, (week + 1) * WEEK_MS];
    const kept = beginMs >= fromMs && endMs <= untilMs ? keptWeek(db, week) : null;
    sums.push(kept ?? readSalesSums(db, Math.max(fromMs, beginMs), Math.min(untilMs, endMs)));
  }
  return sums;
}

/** Weeks that are over, had sales around them, and are not kept; the newest first. */
export function weeksToSum(db: Database, nowMs: number): number[] {
  const { first, last } = soldBetween(db, 0, weekOf(nowMs) * WEEK_MS);
  if (first === null || last === null) return [];
  const kept = new Set(db.all('SELECT week FROM week_sum WHERE body IS NOT NULL').map((row) => numberOf(row['week'])));
  const weeks = Array.from({ length: weekOf(last) - weekOf(first) + 1 }, (_, at) => weekOf(last) - at);
  return weeks.filter((week) => !kept.has(week));
}

/** The sums as they are kept; for the reading thread, after `markWeek`. */
export function sumWeek(db: Database, week: number): Uint8Array {
  const text = JSON.stringify({ week, ...readSalesSums(db, week * WEEK_MS, (week + 1) * WEEK_MS) });
  return zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}

/** Before the sums of a week are read: a sale that comes meanwhile takes the mark away, and what was read is not kept. Throws disk.full. */
export function markWeek(db: Database, week: number, mark: number): void {
  db.transact('fetched', () => ok(db.run('INSERT OR REPLACE INTO week_sum (week, mark) VALUES (?, ?)', week, mark)));
}

/** Throws disk.full: the room that is left is for sales. */
export function keepWeek(db: Database, week: number, mark: number, body: Uint8Array): void {
  db.transact('fetched', () => ok(db.run('UPDATE week_sum SET body = ? WHERE week = ? AND mark = ?', body, week, mark)));
}

function keptWeek(db: Database, week: number): SalesSums | null {
  const body = bytesOrNull(db.get('SELECT body FROM week_sum WHERE week = ?', week)?.['body']);
  if (body === null) return null;
  try {
    const { week: of, ...sums } = JSON.parse(zstdDecompressSync(body).toString()) as SalesSums & { readonly week: number };
    return of === week ? sums : null;
  } catch {
    // A damaged file: its checksum says so, and the ledgers are read instead.
    return null;
  }
}

/** When the first and the last sale of a time were completed. */
function soldBetween(db: Database, fromMs: number, untilMs: number): { readonly first: number | null; readonly last: number | null } {
  const one = (which: 'min' | 'max'): number | null =>
    numberOrNull(
      db.get(`SELECT ${which}(completed_at) AS at FROM sale WHERE completed_at >= ? AND completed_at < ?`, fromMs, untilMs)?.['at'],
    );
  return { first: one('min'), last: one('max') };
}
