/**
 * Reads of closings: what a register has not closed yet, the Zs, and what they come to over a day, a month or a year of the whole shop.
 * All of it runs on the reading thread.
 */
import { toHex } from '../../base/bytes.ts';
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import { isBroughtIn, sumDays, sumTotals, turnoverMinor, type ClosingTotals } from '../../domain/closing-totals.ts';
import { periodOf, type Period, type PeriodKind } from '../../domain/period.ts';
import { INDEX_SPACE, openBody, type ChangeRow } from '../../protocol/changeset.ts';
import { periodTotals, readTotals, zTotals, type MethodNames, type ZTotals } from '../../protocol/closing.ts';
import { ownChains } from '../chains.ts';
import { bytesOf, numberOf, numberOrNull, textOrNull, type Database, type SqlRow, type SqlValue } from '../database.ts';
import { readDictionaries } from '../store.ts';
import { toMethodKind } from './catalogue.ts';
import { listRegisters, readCurrency, type RegisterRow } from './shop.ts';

// ---- what is not closed yet

export interface OpenDay {
  readonly tradingDay: number;
  readonly fromN: number;
  readonly toN: number;
  /** As the closing's column holds it. */
  readonly totals: ZTotals;
}

export interface Unclosed {
  /** Of the last Z; 0 before the first. */
  readonly lastNumber: number;
  readonly perpetualMinor: number;
  readonly days: readonly OpenDay[];
}

/**
 * Everything on the register's chains that no Z covers, by trading day: of the chain it writes now, and of those before it. Stretches in
 * which nobody sold or touched the drawer are left out. `today` names the day of what has none.
 */
export function readUnclosed(db: Database, register: Id, today: number): Unclosed {
  return db.snapshot(() => {
    const zs = listZs(db, { register });
    const last = zs.reduce<ZRow | null>((best, z) => (best === null || z.number > best.number ? z : best), null);
    const closedTo = closedUpTo(zs);
    const days = ownChains(db)
      .filter((chain) => chain.register === register)
      .flatMap(({ number, chain }) => openDays(db, number, toHex(chain), (closedTo.get(toHex(chain)) ?? 0) + 1, today));
    return { lastNumber: last?.number ?? 0, perpetualMinor: last?.perpetualMinor ?? 0, days };
  });
}

/** A stretch without any of these (set-up, prices, closings) waits for the next. */
const WORTH_CLOSING: ReadonlySet<string> = new Set(['sale', 'cash_movement', 'shift_event', 'audit_entry']);

function openDays(db: Database, chainNumber: number, chain: string, fromN: number, today: number): OpenDay[] {
  const common = { v: 1, chain, currency: readCurrency(db) } as const;
  let isWorthClosing = false;
  const noted = function* (): Generator<ChainText> {
    for (const text of readTexts(db, chainNumber, fromN)) {
      isWorthClosing ||= text.rows.some(({ table }) => WORTH_CLOSING.has(table)) && !isBroughtIn(text.rows);
      yield text;
    }
  };
  const days = sumDays(noted(), today);
  if (!isWorthClosing) return [];
  return days.map(({ tradingDay, first, last, totals }) => ({
    tradingDay,
    fromN: first.n,
    toN: last.n,
    totals: { ...totals, ...common, hash: last.hash, names: methodNames(db, totals) },
  }));
}

interface ChainText {
  readonly n: number;
  readonly hash: string;
  readonly rows: readonly ChangeRow[];
}

/** The texts of a chain from number `fromN` on, one at a time. */
function* readTexts(db: Database, chainNumber: number, fromN: number): Generator<ChainText> {
  const dictionaries = readDictionaries(db);
  for (const row of db.iterate(
    'SELECT n, hash, body FROM changeset WHERE chain = ? AND n >= ? AND state IN (0, 6) ORDER BY n',
    chainNumber,
    fromN,
  )) {
    const opened = openBody(bytesOf(row['body']), dictionaries);
    if (opened.state === 'text') yield { n: numberOf(row['n']), hash: toHex(bytesOf(row['hash'])), rows: opened.text.rows };
  }
}

function methodNames(db: Database, totals: ClosingTotals): MethodNames {
  const used = new Set(totals.tenders.map(({ method }) => method));
  return Object.fromEntries(
    db
      .all('SELECT id, name, kind FROM payment_method')
      .map(
        (row) =>
          [idFromBytes(bytesOf(row['id'])) as string, { name: textOrNull(row['name']) ?? '', kind: toMethodKind(row['kind']) }] as const,
      )
      .filter(([id]) => used.has(id)),
  );
}

// ---- Zs

export interface ZRow {
  /** Local number of its row. */
  readonly id: number;
  readonly register: Id;
  readonly number: number;
  readonly tradingDay: number;
  readonly fromN: number;
  readonly toN: number;
  readonly perpetualMinor: number;
  readonly totals: ZTotals;
}

interface ZFilter {
  readonly register?: Id;
  readonly number?: number;
  readonly first?: number;
  readonly last?: number;
}

const Z_COLUMNS = 'id, register, number, trading_day, from_n, to_n, totals, perpetual_total_minor';

/** Zs by register and number; what is no Z of this grammar is left out. */
export function listZs(db: Database, filter: ZFilter): ZRow[] {
  const where = ["kind = 'z'"];
  const values: SqlValue[] = [];
  const add = (condition: string, value: SqlValue): void => {
    where.push(condition);
    values.push(value);
  };
  if (filter.register !== undefined) add('register = ?', idToBytes(filter.register));
  if (filter.number !== undefined) add('number = ?', filter.number);
  if (filter.first !== undefined) add('trading_day >= ?', filter.first);
  if (filter.last !== undefined) add('trading_day <= ?', filter.last);
  return db.all(`SELECT ${Z_COLUMNS} FROM closing WHERE ${where.join(' AND ')} ORDER BY register, number, id`, ...values).flatMap(toZ);
}

function toZ(row: SqlRow): ZRow[] {
  const totals = readTotals(zTotals, textOrNull(row['totals']));
  if (totals === null || !(row['register'] instanceof Uint8Array)) return [];
  return [
    {
      id: numberOf(row['id']),
      register: idFromBytes(row['register']),
      number: numberOf(row['number']),
      tradingDay: numberOf(row['trading_day']),
      fromN: numberOf(row['from_n']),
      toN: numberOf(row['to_n']),
      perpetualMinor: numberOf(row['perpetual_total_minor']),
      totals,
    },
  ];
}

/** Per chain (hex) the last number that a Z covers. */
function closedUpTo(zs: readonly ZRow[]): Map<string, number> {
  const upTo = new Map<string, number>();
  for (const { totals, toN } of zs) upTo.set(totals.chain, Math.max(toN, upTo.get(totals.chain) ?? 0));
  return upTo;
}

// ---- periods

export interface MissingRegister {
  readonly code: string;
  readonly name: string;
  /** not-closed: it sold, and no Z covers it. silent: nothing of that time has come from it. */
  readonly state: 'not-closed' | 'silent';
}

export interface PeriodView {
  readonly period: Period;
  readonly currency: string;
  readonly totals: ClosingTotals;
  readonly names: MethodNames;
  /** The sum of the registers' perpetual totals at its end. */
  readonly perpetualMinor: number;
  readonly zs: readonly { readonly z: ZRow; readonly register: string; readonly registerName: string; readonly late: boolean }[];
  readonly missing: readonly MissingRegister[];
  readonly closed: boolean;
}

/** What the Zs of a period come to, on every register; who is missing; which came after it was closed. */
export function readPeriod(db: Database, kind: PeriodKind, tradingDay: number): PeriodView {
  return db.snapshot(() => {
    const period = periodOf(kind, tradingDay);
    const all = listZs(db, { last: period.last });
    const zs = all.filter((z) => z.tradingDay >= period.first);
    const registers = new Map(listRegisters(db).map((register) => [register.id, register]));
    const covers = readCovers(db, period);
    return {
      period,
      currency: readCurrency(db),
      totals: sumTotals(zs.map((z) => z.totals)),
      names: Object.assign({}, ...zs.map((z) => z.totals.names)) as MethodNames,
      perpetualMinor: [...lastOfEach(all).values()].reduce((sum, z) => sum + z.perpetualMinor, 0),
      zs: zs.map((z) => ({
        z,
        register: registers.get(z.register)?.code ?? '',
        registerName: registers.get(z.register)?.name ?? '',
        late: covers !== null && !covers.some((ranges) => isCovered(ranges, z)),
      })),
      missing: findMissing(db, period, zs, [...registers.values()]),
      closed: covers !== null,
    };
  });
}

function lastOfEach(zs: readonly ZRow[]): Map<Id, ZRow> {
  return new Map(zs.map((z) => [z.register, z]));
}

type Covers = Readonly<Record<string, readonly [number, number]>>;

/** What the period's closings cover, of which registers that did not know of each other may have made several; null when it is open. */
function readCovers(db: Database, { kind, first }: Period): Covers[] | null {
  const rows = db.all('SELECT totals FROM closing WHERE kind = ? AND trading_day = ?', kind, first);
  return rows.length === 0 ? null : rows.map((row) => readTotals(periodTotals, textOrNull(row['totals']))?.covers ?? {});
}

function isCovered(ranges: Covers, z: ZRow): boolean {
  const range = ranges[z.register];
  return range !== undefined && range[0] <= z.number && z.number <= range[1];
}

/** Registers that sold in the period and are not closed up to their last sale, and those of which nothing has come. */
function findMissing(db: Database, period: Period, zs: readonly ZRow[], registers: readonly RegisterRow[]): MissingRegister[] {
  const closedTo = closedUpTo(zs);
  const heard = new Set<Id>(zs.map(({ register }) => register));
  const open = new Set<Id>();
  for (const row of db.all(
    `SELECT s.register, c.n, k.id FROM (SELECT register, max(id) / ${INDEX_SPACE} AS local FROM sale
       WHERE trading_day BETWEEN ? AND ? AND brought_from IS NULL GROUP BY trading_day, register) s JOIN changeset c ON c.local = s.local JOIN chain k ON k.number = c.chain`,
    period.first,
    period.last,
  )) {
    if (!(row['register'] instanceof Uint8Array)) continue;
    const register = idFromBytes(row['register']);
    heard.add(register);
    if (numberOf(row['n']) > (closedTo.get(toHex(bytesOf(row['id']))) ?? 0)) open.add(register);
  }
  return registers.flatMap(({ id, code, name, revoked }): MissingRegister[] => {
    if (open.has(id)) return [{ code, name, state: 'not-closed' }];
    const wasThere = !revoked && dayOfId(id) <= period.last;
    return wasThere && !heard.has(id) ? [{ code, name, state: 'silent' }] : [];
  });
}

/** The day a UUIDv7 was made, yyyymmdd. */
function dayOfId(id: Id): number {
  const made = new Date(parseInt(id.replaceAll('-', '').slice(0, 12), 16));
  return made.getUTCFullYear() * 10_000 + (made.getUTCMonth() + 1) * 100 + made.getUTCDate();
}

// ---- lists

export interface ClosingRow {
  readonly kind: 'z' | PeriodKind;
  /** First day. */
  readonly day: number;
  readonly register: { readonly id: Id; readonly code: string; readonly name: string } | null;
  readonly number: number | null;
  /** How many Zs it sums. */
  readonly zs: number;
  readonly turnoverMinor: number;
  readonly perpetualMinor: number;
  readonly late: boolean;
  readonly closed: boolean;
}

export interface ClosingListQuery {
  readonly kind: 'z' | PeriodKind;
  /** Of the last row seen; empty from the newest. */
  readonly cursor: string;
  readonly limit: number;
}

/** Newest first. Periods are those that a Z lies in. */
export function listClosings(db: Database, query: ClosingListQuery): { rows: ClosingRow[]; next: string | null; total: number } {
  return db.snapshot(() => {
    const { kind, limit } = query;
    const from = query.cursor === '' ? 0 : Number(query.cursor);
    const periods = kind === 'z' ? null : periodRows(db, kind);
    const rows = periods === null ? zRows(db, from, limit) : periods.slice(from, from + limit);
    const total = periods === null ? numberOf(db.get("SELECT count(*) AS total FROM closing WHERE kind = 'z'")?.['total']) : periods.length;
    return { rows, next: from + limit < total ? String(from + limit) : null, total };
  });
}

function zRows(db: Database, from: number, limit: number): ClosingRow[] {
  const registers = new Map(listRegisters(db).map((register) => [register.id, register]));
  const covers = new Map<number, Covers[] | null>();
  const coversOf = (tradingDay: number): Covers[] | null => {
    if (!covers.has(tradingDay)) covers.set(tradingDay, readCovers(db, periodOf('day', tradingDay)));
    return covers.get(tradingDay) ?? null;
  };
  return db
    .all(`SELECT ${Z_COLUMNS} FROM closing WHERE kind = 'z' ORDER BY trading_day DESC, id DESC LIMIT ? OFFSET ?`, limit, from)
    .flatMap(toZ)
    .map((z) => {
      const register = registers.get(z.register);
      return {
        kind: 'z',
        day: z.tradingDay,
        register: { id: z.register, code: register?.code ?? '', name: register?.name ?? '' },
        number: z.number,
        zs: 1,
        turnoverMinor: turnoverMinor(z.totals),
        perpetualMinor: z.perpetualMinor,
        late: coversOf(z.tradingDay)?.some((ranges) => isCovered(ranges, z)) === false,
        closed: true,
      };
    });
}

function periodRows(db: Database, kind: PeriodKind): ClosingRow[] {
  const periods = new Map<number, ZRow[]>();
  for (const z of listZs(db, {})) {
    const { first } = periodOf(kind, z.tradingDay);
    periods.set(first, [...(periods.get(first) ?? []), z]);
  }
  const standing = new Map<Id, number>();
  return [...periods]
    .sort(([a], [b]) => a - b)
    .map(([first, zs]) => {
      for (const z of zs) standing.set(z.register, z.perpetualMinor);
      const covers = readCovers(db, periodOf(kind, first));
      return {
        kind,
        day: first,
        register: null,
        number: null,
        zs: zs.length,
        turnoverMinor: zs.reduce((sum, z) => sum + turnoverMinor(z.totals), 0),
        perpetualMinor: [...standing.values()].reduce((sum, value) => sum + value, 0),
        late: covers !== null && zs.some((z) => !covers.some((ranges) => isCovered(ranges, z))),
        closed: covers !== null,
      };
    })
    .reverse();
}

/** When it was closed, as its changeset says. */
export function closedAt(db: Database, id: number): number {
  const body = bytesOf(db.get('SELECT body FROM changeset WHERE local = ?', Math.floor(id / INDEX_SPACE))?.['body']);
  const opened = openBody(body, readDictionaries(db));
  return opened.state === 'text' ? opened.text.at : 0;
}

/** Number of the register's last Z; 0 before the first. */
export function lastZNumber(db: Database, register: Id): number {
  const row = db.get("SELECT max(number) AS last FROM closing WHERE register = ? AND kind = 'z'", idToBytes(register));
  return numberOrNull(row?.['last']) ?? 0;
}

/** Closings of a period kept by this register: the number the next one gets. */
export function nextPeriodNumber(db: Database, register: Id, kind: PeriodKind): number {
  const row = db.get('SELECT max(number) AS last FROM closing WHERE register = ? AND kind = ?', idToBytes(register), kind);
  return (numberOrNull(row?.['last']) ?? 0) + 1;
}

export function isPeriodClosed(db: Database, { kind, first }: Period): boolean {
  return db.get('SELECT 1 AS found FROM closing WHERE kind = ? AND trading_day = ?', kind, first) !== undefined;
}
