/**
 * Verification: does the store say what its chains say? Pages and indexes (SQLite), every hash, every signature, every row of every table
 * against the changesets admitted again, receipt numbers without gaps, money that adds up; what no chain vouches for is held twice and
 * compared. Names the first thing that is wrong. Reads only, all of one moment.
 */
import { crc32 } from 'node:zlib';
import { compareBytes, equalBytes, sha256, toBase64Url, toHex } from '../base/bytes.ts';
import { taxedPartsFault } from '../domain/tax-parts.ts';
import { chainIdOf, detach, hashChangeset, importChainKey } from '../protocol/changeset.ts';
import { TABLE_NAMES } from '../protocol/tables.ts';
import { admitAgain } from './admit-again.ts';
import { bytesOf, bytesOrNull, numberOf, textOf, type Database, type SqlRow } from './database.ts';
import { CHANGESET_STATE } from './judge.ts';
import { tableColumnsSql } from './schema.ts';
import { isSchemaSealed } from './schema-seal.ts';

export interface Verified {
  readonly ok: boolean;
  /** What was looked at. */
  readonly chains: number;
  readonly changesets: number;
  readonly sales: number;
  /** The first thing that is wrong: where, and what. */
  readonly problem: Problem | null;
}

interface Problem {
  readonly where: string;
  readonly what: string;
}

export function verifyStore(db: Database): Verified {
  try {
    return db.snapshot(() => {
      const problem = firstProblem(db);
      return { ok: problem === null, ...countAll(db), problem };
    });
  } catch (error) {
    return { ok: false, chains: 0, changesets: 0, sales: 0, problem: { where: 'store', what: String(error) } };
  }
}

function countAll(db: Database): { chains: number; changesets: number; sales: number } {
  const chains = numberOf(db.get('SELECT count(*) AS total FROM chain')?.['total']);
  const changesets = numberOf(db.get('SELECT count(*) AS total FROM changeset WHERE state <> 1')?.['total']);
  const sales = numberOf(db.get('SELECT count(*) AS total FROM sale')?.['total']);
  return { chains, changesets, sales };
}

function firstProblem(db: Database): Problem | null {
  return (
    checkPages(db) ??
    checkChains(db) ??
    checkChangesets(db) ??
    checkDetached(db) ??
    checkTables(db) ??
    checkLines(db) ??
    checkTaxes(db) ??
    checkSales(db) ??
    checkSwaps(db) ??
    checkCards(db) ??
    checkVouchers(db) ??
    checkAccounts(db) ??
    checkFiscal(db) ??
    checkNumbers(db)
  );
}

function checkPages(db: Database): Problem | null {
  if (!isSchemaSealed(db)) return { where: 'file', what: 'its tables are not as they were made' };
  const [first] = db.all('PRAGMA integrity_check(1)').map((row) => textOf(row['integrity_check']));
  return first === 'ok' ? null : { where: 'file', what: first ?? 'unreadable' };
}

/** A chain's name follows from its key, and the keys of own chains are there in full. */
function checkChains(db: Database): Problem | null {
  for (const row of db.iterate('SELECT id, genesis, public_key, private_key FROM chain')) {
    const id = bytesOf(row['id']);
    const [publicKey, privateKey] = [bytesOrNull(row['public_key']), bytesOrNull(row['private_key'])];
    const where = `chain ${toHex(id).slice(0, 8)}`;
    if (publicKey !== null && !(equalBytes(chainIdOf(publicKey), id) && equalBytes(sha256(publicKey), bytesOf(row['genesis']))))
      return { where, what: 'its key does not give its name' };
    if (privateKey !== null && !equalBytes(importChainKey(privateKey).chain, id)) return { where, what: 'its own key is another chain’s' };
  }
  return null;
}

/** Every body gives its hash, every number follows its predecessor, every signature is the one that came; whose it is, checkTables judges. */
function checkChangesets(db: Database): Problem | null {
  const rows = db.iterate(
    `SELECT c.*, k.id AS chain_id, CASE c.n WHEN 1 THEN k.genesis ELSE p.hash END AS previous_hash
     FROM changeset c LEFT JOIN chain k ON k.number = c.chain LEFT JOIN changeset p ON p.local = c.previous WHERE c.state <> 1`,
  );
  for (const row of rows) {
    const what = checkChangeset(row);
    if (what !== null) return { where: `chain ${toHex(bytesOf(row['chain_id'])).slice(0, 8)}, changeset ${numberOf(row['n'])}`, what };
  }
  return null;
}

function checkChangeset(row: SqlRow): string | null {
  if (crc32(bytesOf(row['signature'])) !== row['signature_sum']) return 'its signature is not the one that came';
  const n = numberOf(row['n']);
  const previous = bytesOrNull(row['previous_hash']);
  if (previous === null) return 'its predecessor is not known';
  const isWhole = equalBytes(hashChangeset(previous, n, bytesOf(row['body'])), bytesOf(row['hash']));
  // A changeset 1 set aside for following another genesis than its chain's is held without that genesis.
  return isWhole || (n === 1 && row['state'] === CHANGESET_STATE.wrongSignature) ? null : 'its content does not give its hash';
}

function checkDetached(db: Database): Problem | null {
  for (const row of db.iterate('SELECT hash, salt, value FROM detached')) {
    const hash = bytesOf(row['hash']);
    if (compareBytes(detach(textOf(row['value']), bytesOf(row['salt'])).hash, hash) !== 0)
      return { where: `personal value ${toBase64Url(hash).slice(0, 8)}`, what: 'it does not give its hash' };
  }
  return null;
}

/** What follows from the changesets held, in an order of its own. Exceptions that tell of their arrival are compared without its time. */
const DERIVED: readonly (readonly [name: string, sql: string])[] = [
  ['changeset', 'SELECT * FROM changeset ORDER BY local'],
  ['chain', 'SELECT number, id, genesis, public_key, register, series, predecessor FROM chain ORDER BY number'],
  ['tip', 'SELECT chain, local FROM tip ORDER BY chain, local'],
  ...TABLE_NAMES.map(
    (name) =>
      [
        name,
        `SELECT id, ${tableColumnsSql(name)
          .map((column) => column.name)
          .join(', ')} FROM ${name} ORDER BY id`,
      ] as const,
  ),
  [
    'edit',
    'SELECT table_name, row_id, group_name, stamp, over, "values", changeset FROM edit ORDER BY row_id, group_name, stamp, "values", changeset',
  ],
  ['stock', 'SELECT product, location, on_hand_milli, counted FROM stock ORDER BY product, location'],
  ['personal values', 'SELECT hash FROM detached ORDER BY hash'],
  ['wanted', 'SELECT hash FROM wanted ORDER BY hash'],
  [
    'exception',
    `SELECT id, kind, CASE WHEN kind IN ('set-aside', 'clone') THEN 0 ELSE at END AS at, subject, detail
     FROM exception WHERE kind NOT IN ('stamp-ahead', 'stock-below-zero', 'damaged') ORDER BY id`,
  ],
];

/** Everything admitted again into an empty store gives the rows that are there. */
function checkTables(db: Database): Problem | null {
  const again = admitAgain(db);
  try {
    for (const [name, sql] of DERIVED) {
      const row = firstDifference(again.db.iterate(sql), db.iterate(sql));
      if (row !== null) return { where: `table ${name}`, what: `row ${row} is not what its chains give` };
    }
    return null;
  } finally {
    again.db.close();
  }
}

/** Number of the first row, from 1, that the two do not have alike. */
function firstDifference(expected: Iterable<SqlRow>, found: Iterable<SqlRow>): number | null {
  const others = expected[Symbol.iterator]();
  let at = 1;
  for (const row of found) {
    const other = others.next();
    if (other.done === true || !isSameRow(other.value, row)) return at;
    at++;
  }
  return others.next().done === true ? null : at;
}

function isSameRow(expected: SqlRow, found: SqlRow): boolean {
  for (const column in expected) {
    const [a, b] = [expected[column], found[column]];
    if (a === b) continue;
    if (!(a instanceof Uint8Array && b instanceof Uint8Array && equalBytes(a, b))) return false;
  }
  return true;
}
/** P5, per sale: lines with tax + rounding = tenders - change. */
function checkSales(db: Database): Problem | null {
  const wrong = db.get(`
    SELECT s.series, s.number, s.total_minor,
      (SELECT sum(total_minor + CASE includes_tax WHEN 0 THEN tax_minor ELSE 0 END) FROM sale_line l WHERE l.id BETWEEN (s.id >> 9) << 9 AND s.id | 511 AND l.sale = s.id) AS lines,
      (SELECT ifnull(sum(amount_minor - change_minor), 0) FROM tender t WHERE t.id BETWEEN (s.id >> 9) << 9 AND s.id | 511 AND t.sale = s.id) AS paid
    FROM sale s WHERE lines IS NOT s.total_minor OR paid IS NOT s.total_minor + ifnull(s.rounding_minor, 0) LIMIT 1`);
  if (wrong === undefined) return null;
  return {
    where: `sale ${String(wrong['series'])}-${String(wrong['number'])}`,
    what: `total ${String(wrong['total_minor'])}, lines ${String(wrong['lines'])}, paid ${String(wrong['paid'])}`,
  };
}

/** Corrections of how a sale was paid come to nothing, each pair by itself. */
function checkSwaps(db: Database): Problem | null {
  const wrong = db.get(`
    SELECT min(id) AS id, sum(amount_minor - change_minor) AS sum FROM tender WHERE swap_of IS NOT NULL GROUP BY id >> 9, swap_of HAVING sum <> 0 LIMIT 1`);
  return wrong === undefined ? null : { where: `tender ${String(wrong['id'])}`, what: `its correction is off by ${String(wrong['sum'])}` };
}

/**
 * A payment that names what a terminal was asked is of that way and amount, was approved, and counts once: what terminals took is what the
 * sales say, and what is still offered. Once a writer: a register and its copy hold the same open cart and may both sell it, which the copy's
 * exception tells.
 */
function checkCards(db: Database): Problem | null {
  const wrong = db.get(`
    SELECT t.id, a.amount_minor AS asked, t.amount_minor AS paid,
      count(*) OVER (PARTITION BY t.payment_attempt, c.chain) AS counted,
      EXISTS (SELECT 1 FROM exception x WHERE x.id = 'clone:' || lower(hex(k.id))) AS copied,
      a.payment_method IS t.payment_method AND a.amount_minor = t.amount_minor AND a.state = 'asked' AND a.gives_back IS NULL
        AND EXISTS (SELECT 1 FROM payment_attempt s WHERE s.attempt = a.id AND s.state = 'approved') AS fits
    FROM tender t JOIN payment_attempt a ON a.id = t.payment_attempt
      JOIN changeset c ON c.local = t.id >> 9 JOIN chain k ON k.number = c.chain
    ORDER BY fits, copied, counted DESC LIMIT 1`);
  if (wrong === undefined || (wrong['fits'] === 1 && (wrong['counted'] === 1 || wrong['copied'] === 1))) return null;
  return {
    where: `tender ${String(wrong['id'])}`,
    what: `a terminal was asked for ${String(wrong['asked'])}; ${String(wrong['paid'])} count, ${String(wrong['counted'])} times`,
  };
}

/** What vouchers moved in a sale is what its lines and payments by voucher say. */
function checkVouchers(db: Database): Problem | null {
  const wrong = db.get(`
    SELECT sale, sum(minor) AS off FROM (
      SELECT t.sale, t.amount_minor AS minor FROM tender t WHERE t.reference IS NOT NULL
      UNION ALL SELECT sale, amount_minor FROM voucher_movement WHERE sale_line IS NULL
      UNION ALL SELECT v.sale, v.amount_minor - l.total_minor FROM voucher_movement v JOIN sale_line l ON l.id = v.sale_line)
    GROUP BY sale HAVING off <> 0 LIMIT 1`);
  return wrong === undefined ? null : { where: `vouchers of sale ${String(wrong['sale'])}`, what: `off by ${String(wrong['off'])}` };
}

/** What customers owe more by through a sale is what it put on account, less what it paid off. */
function checkAccounts(db: Database): Problem | null {
  const wrong = db.get(`
    SELECT sale, sum(minor) AS off FROM (
      SELECT sale, -amount_minor AS minor FROM account_movement WHERE sale IS NOT NULL
      UNION ALL SELECT t.sale, t.amount_minor FROM tender t JOIN payment_method m ON m.id = t.payment_method AND m.kind = 'account'
      UNION ALL SELECT l.sale, -l.total_minor FROM sale_line l JOIN sale s ON s.id = l.sale AND s.mode <> 'training' WHERE l.kind = 'account-payment')
    GROUP BY sale HAVING off <> 0 LIMIT 1`);
  return wrong === undefined ? null : { where: `account of sale ${String(wrong['sale'])}`, what: `off by ${String(wrong['off'])}` };
}

/** A sale has one word of a fiscal device at most, and a device's number is given once. */
function checkFiscal(db: Database): Problem | null {
  const wrong = db.get(`
    SELECT max(sale) AS sale, count(*) AS times FROM fiscal_event WHERE sale IS NOT NULL
    GROUP BY sale HAVING times > 1
    UNION ALL
    SELECT max(sale), count(*) FROM fiscal_event WHERE kind = 'finish' AND number IS NOT NULL GROUP BY device, number HAVING count(*) > 1 LIMIT 1`);
  return wrong === undefined ? null : { where: `fiscal words of sale ${String(wrong['sale'])}`, what: `${String(wrong['times'])} of them` };
}

/** P5, per line: price x quantity, halves away from nought, + adjustments = total. */
function checkLines(db: Database): Problem | null {
  const wrong = db.get(`
    SELECT l.id, l.name, l.total_minor,
      sign(l.unit_price_minor * l.quantity_milli) * ((abs(l.unit_price_minor * l.quantity_milli) + 500) / 1000)
        + (SELECT ifnull(sum(amount_minor), 0) FROM line_adjustment a WHERE a.id BETWEEN (l.id >> 9) << 9 AND l.id | 511 AND a.sale_line = l.id) AS expected
    FROM sale_line l WHERE expected IS NOT l.total_minor LIMIT 1`);
  if (wrong === undefined) return null;
  return {
    where: `sale_line ${String(wrong['id'])} (${String(wrong['name'])})`,
    what: `total ${String(wrong['total_minor'])}, price and adjustments make ${String(wrong['expected'])}`,
  };
}

/** Per line: what its several taxes came to is its tax, and their rates are its rate. */
function checkTaxes(db: Database): Problem | null {
  for (const row of db.iterate('SELECT id, name, tax_rate_ppm, tax_minor, tax_parts FROM sale_line WHERE tax_parts IS NOT NULL')) {
    const line = { ratePpm: numberOf(row['tax_rate_ppm']), taxMinor: numberOf(row['tax_minor']) };
    const what = taxedPartsFault(textOf(row['tax_parts']), line);
    if (what !== null) return { where: `sale_line ${String(row['id'])} (${String(row['name'])})`, what };
  }
  return null;
}

/** P4: numbers of a series of receipts, invoices or credit notes run 1, 2, 3 ... A series on which two machines wrote shows as a doubled number under To check. */
function checkNumbers(db: Database): Problem | null {
  const gap = db.get(
    `SELECT series, count(DISTINCT number) AS numbers, max(number) AS last
     FROM (SELECT series, number FROM sale UNION ALL SELECT series, number FROM invoice) GROUP BY series HAVING numbers <> last LIMIT 1`,
  );
  return gap === undefined
    ? null
    : { where: `receipts ${String(gap['series'])}`, what: `${String(gap['numbers'])} numbers, the last being ${String(gap['last'])}` };
}
