/**
 * Reads of shifts: which is open, what its drawer should hold, what happened in it. Where a shift is named by its number, that is the local
 * id of its `opened` row. Those that read every sale of a shift run on the reading thread.
 */
import type { MethodKind } from '../../domain/tender.ts';
import { BROUGHT_IN } from '../../domain/closing-totals.ts';
import { idFromBytes, idToBytes, isId, type Id } from '../../base/id.ts';
import type { Evidence } from '../../domain/difference-causes.ts';
import { expectedByMethod, type MethodSum } from '../../domain/shift.ts';
import { INDEX_SPACE, openBody } from '../../protocol/changeset.ts';
import { bytesOf, numberOf, numberOrNull, textOf, textOrNull, type Database, type SqlRow } from '../database.ts';
import { changesetOfLedgerId } from '../merge.ts';
import { readMeta } from '../look-up.ts';
import { readDictionaries } from '../store.ts';
import { toMethodKind } from './catalogue.ts';
import { userName } from './people.ts';
import { saleLabel } from './sales.ts';
import { tendersOfSale } from './tenders.ts';

export interface ShiftRow {
  readonly shift: number;
  readonly openedAt: number;
  readonly tradingDay: number;
  readonly openedBy: string;
  /** Opened with a sale, by nobody. */
  readonly silent: boolean;
}

/** The open shift of a register; null when the last one was closed or there was none. */
export function openShift(db: Database, register: Id): ShiftRow | null {
  const row = db.get(
    "SELECT id, kind, at, trading_day, user, silent FROM shift_event WHERE register = ? AND kind IN ('opened', 'closed') ORDER BY at DESC, id DESC LIMIT 1",
    idToBytes(register),
  );
  if (row === undefined || row['kind'] !== 'opened') return null;
  return {
    shift: numberOf(row['id']),
    openedAt: numberOrNull(row['at']) ?? 0,
    tradingDay: numberOrNull(row['trading_day']) ?? 0,
    openedBy: userName(db, row['user']),
    silent: row['silent'] === 1,
  };
}

/** The shift of this register that holds what was brought in from another store. */
export function broughtShift(db: Database, register: Id): number | null {
  const row = db.get(
    "SELECT id FROM shift_event WHERE register = ? AND kind = 'opened' AND detail = ? ORDER BY id LIMIT 1",
    idToBytes(register),
    BROUGHT_IN,
  );
  return numberOrNull(row?.['id']);
}

/** What was set aside as the next float when this register's last shift was closed. */
export function floatSetAside(db: Database, register: Id): number {
  const closed = db.get(
    "SELECT id, shift FROM shift_event WHERE register = ? AND kind IN ('opened', 'closed') ORDER BY at DESC, id DESC LIMIT 1",
    idToBytes(register),
  );
  const shift = numberOrNull(closed?.['shift']);
  if (shift === null) return 0;
  const row = db.get("SELECT sum(amount_minor) AS minor FROM cash_movement WHERE shift = ? AND kind = 'float' AND amount_minor < 0", shift);
  return Math.abs(numberOrNull(row?.['minor']) ?? 0);
}

/** Whether somebody put a float into this shift. */
export function hasFloat(db: Database, shift: number): boolean {
  return db.get("SELECT 1 AS found FROM cash_movement WHERE shift = ? AND kind = 'float'", shift) !== undefined;
}

export interface CountedMethod {
  readonly method: Id;
  readonly name: string;
  readonly kind: MethodKind;
  readonly expectedMinor: number;
}

export interface ShiftFigures {
  readonly shift: number;
  /** The own chain's end when this was read; figures hold until it moves. */
  readonly ownTip: number;
  readonly sales: number;
  readonly movementsMinor: number;
  /** What is counted at the close: methods the shop counts, and any other that took something. */
  readonly methods: readonly CountedMethod[];
}

/** Reads every sale of the shift. */
export function shiftFigures(db: Database, shift: number): ShiftFigures {
  return db.snapshot(() => {
    const movementsMinor =
      numberOrNull(db.get('SELECT sum(amount_minor) AS minor FROM cash_movement WHERE shift = ?', shift)?.['minor']) ?? 0;
    const methods = readMethods(db);
    const cash = cashMethod(methods);
    const expected = expectedByMethod(tendersOf(db, shift), movementsMinor, cash);
    return {
      shift,
      ownTip: Number(readMeta(db, 'own_tip') ?? 0),
      sales: numberOf(db.get("SELECT count(*) AS total FROM sale WHERE shift = ? AND mode IS NOT 'training'", shift)?.['total']),
      movementsMinor,
      methods: methods
        .filter(({ method, counted }) => counted || (expected.get(method) ?? 0) !== 0)
        .map(({ method, name, kind }) => ({ method, name, kind, expectedMinor: expected.get(method) ?? 0 })),
    };
  });
}

/** Tenders less change per method: those in their sale's changeset, and those that corrected one later. */
function tendersOf(db: Database, shift: number): MethodSum[] {
  return db
    .all(
      `SELECT method, sum(minor) AS minor FROM (
         SELECT t.payment_method AS method, t.amount_minor - t.change_minor AS minor FROM sale s
           CROSS JOIN tender t ON t.id BETWEEN (s.id / ${INDEX_SPACE}) * ${INDEX_SPACE} AND (s.id / ${INDEX_SPACE}) * ${INDEX_SPACE} + ${INDEX_SPACE - 1}
           WHERE s.shift = ?1 AND s.mode IS NOT 'training' AND t.sale = s.id
         UNION ALL
         SELECT t.payment_method, t.amount_minor - t.change_minor FROM tender t CROSS JOIN sale s ON s.id = t.sale
           WHERE t.swap_of IS NOT NULL AND s.shift = ?1 AND s.mode IS NOT 'training' AND t.id / ${INDEX_SPACE} <> s.id / ${INDEX_SPACE})
       WHERE method IS NOT NULL GROUP BY method`,
      shift,
    )
    .map((row) => ({ method: idFromBytes(bytesOf(row['method'])), minor: numberOf(row['minor']) }));
}

interface Method {
  readonly method: Id;
  readonly name: string;
  readonly kind: MethodKind;
  readonly counted: boolean;
}

/** All methods the shop ever had: one taken out of use still counts in the shifts it was used in. */
function readMethods(db: Database): Method[] {
  return db.all('SELECT id, name, kind, counted, active, deleted FROM payment_method ORDER BY position, id').map((row) => ({
    method: idFromBytes(bytesOf(row['id'])),
    name: textOrNull(row['name']) ?? '',
    kind: toMethodKind(row['kind']),
    counted: row['counted'] === 1 && row['active'] === 1 && row['deleted'] !== 1,
  }));
}

function cashMethod(methods: readonly Method[]): Id | null {
  return methods.find(({ kind }) => kind === 'cash')?.method ?? null;
}

// ---- what happened in a shift

export interface MovementRow {
  readonly at: number;
  readonly kind: string;
  readonly amountMinor: number;
  readonly reason: string;
  readonly user: string;
}

/** Movements shown of one shift; a drawer that moves more often is read in its closing. */
const MOVEMENTS_SHOWN = 200;

/** Newest first. When it was is said by the changeset. */
export function listMovements(db: Database, shift: number): MovementRow[] {
  const dictionaries = readDictionaries(db);
  return db
    .all(
      `SELECT m.kind, m.amount_minor, m.reason, m.user, c.body FROM cash_movement m JOIN changeset c ON c.local = m.id / ${INDEX_SPACE}
       WHERE m.shift = ? ORDER BY m.id DESC LIMIT ?`,
      shift,
      MOVEMENTS_SHOWN,
    )
    .map((row) => {
      const opened = openBody(bytesOf(row['body']), dictionaries);
      return {
        at: opened.state === 'text' ? opened.text.at : 0,
        kind: textOf(row['kind']),
        amountMinor: numberOf(row['amount_minor']),
        reason: textOrNull(row['reason']) ?? '',
        user: userName(db, row['user']),
      };
    });
}

export interface CountRow {
  readonly at: number;
  readonly method: Id;
  readonly expectedMinor: number;
  readonly countedMinor: number;
}

/** The last count of every method; empty before the first. */
export function lastCounts(db: Database, shift: number): CountRow[] {
  const counts = new Map<Id, CountRow>();
  for (const row of db.all(
    "SELECT at, payment_method, expected_minor, counted_minor FROM shift_event WHERE shift = ? AND kind = 'counted' AND payment_method IS NOT NULL ORDER BY at, id",
    shift,
  )) {
    const method = idFromBytes(bytesOf(row['payment_method']));
    counts.set(method, {
      at: numberOf(row['at']),
      method,
      expectedMinor: numberOrNull(row['expected_minor']) ?? 0,
      countedMinor: numberOrNull(row['counted_minor']) ?? 0,
    });
  }
  return [...counts.values()];
}

/** Sales looked at for the cause of a difference; a longer shift is looked at from its end. */
const SALES_EXAMINED = 2_000;

/** What in the shift may explain a difference. Reads its sales. */
export function readEvidence(db: Database, shift: number, faces: readonly number[]): Evidence {
  return db.snapshot(() => {
    const sales = db
      .all(
        "SELECT id, uuid, series, number FROM sale WHERE shift = ? AND mode IS NOT 'training' ORDER BY id DESC LIMIT ?",
        shift,
        SALES_EXAMINED,
      )
      .map((row) => toCauseSale(db, row));
    return {
      sales,
      voids: voidsOf(db, shift),
      movements: db
        .all('SELECT kind, amount_minor FROM cash_movement WHERE shift = ?', shift)
        .map((row) => ({ kind: textOf(row['kind']), amountMinor: numberOf(row['amount_minor']) })),
      differences: new Map(lastCounts(db, shift).map((count) => [count.method, count.countedMinor - count.expectedMinor])),
      cash: cashMethod(readMethods(db)),
      faces,
    };
  });
}

function toCauseSale(db: Database, row: SqlRow): Evidence['sales'][number] {
  return {
    uuid: idFromBytes(bytesOf(row['uuid'])),
    label: saleLabel(textOf(row['series']), numberOf(row['number'])),
    tenders: tendersOfSale(db, numberOf(row['id'])).flatMap(({ methodId, amountMinor, changeMinor }) =>
      methodId === null ? [] : [{ method: methodId, amountMinor, changeMinor }],
    ),
  };
}

/** Lines and carts taken back on this shift's chain since it was opened, with what they came to. */
function voidsOf(db: Database, shift: number): Evidence['voids'] {
  return db
    .all(
      `SELECT a.at, a.detail FROM changeset o JOIN changeset c ON c.chain = o.chain AND c.n > o.n
         JOIN audit_entry a ON a.id BETWEEN c.local * ${INDEX_SPACE} AND c.local * ${INDEX_SPACE} + ${INDEX_SPACE - 1}
       WHERE o.local = ? AND a.kind IN ('void', 'abandoned-cart')`,
      changesetOfLedgerId(shift),
    )
    .flatMap((row) => {
      const amountMinor = amountIn(textOrNull(row['detail']));
      return amountMinor === null ? [] : [{ at: numberOf(row['at']), amountMinor }];
    });
}

function amountIn(detail: string | null): number | null {
  const parsed: unknown = detail === null || !detail.startsWith('{') ? null : JSON.parse(detail);
  if (typeof parsed !== 'object' || parsed === null || !('totalMinor' in parsed)) return null;
  return typeof parsed.totalMinor === 'number' ? parsed.totalMinor : null;
}

export function isMethod(db: Database, id: string): id is Id {
  return isId(id) && db.get('SELECT 1 AS found FROM payment_method WHERE id = ?', idToBytes(id)) !== undefined;
}
