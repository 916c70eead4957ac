/**
 * Verification: does the store say what its chains say? Pages and indexes (SQLite), every hash and signature, every row of the merged
 * tables against the texts it came from, receipt numbers without gaps, money that adds up. Names the first thing that is wrong. Reads only.
 */
import { compareBytes, equalBytes, toBase64Url, toHex } from '../base/bytes.ts';
import { detach, hashChangeset, isSigned, openBody, publicKeyFrom } from '../protocol/changeset.ts';
import { TABLE_NAMES } from '../protocol/tables.ts';
import { bytesOf, bytesOrNull, Database, numberOf, numberOrNull, textOf, type SqlRow } from './database.ts';
import { mergeAgain } from './merge-again.ts';
import { checksumStore } from './checksum.ts';
import { readDictionaries } from './store.ts';

export interface Verified {
  readonly ok: boolean;
  /** What was looked at. */
  readonly chains: number;
  readonly changesets: number;
  readonly sales: number;
  /** The first thing that is wrong: where, and what. */
  readonly problem: { readonly where: string; readonly what: string } | null;
}

export function verifyStore(db: Database): Verified {
  const chains = numberOf(db.get('SELECT count(*) AS total FROM chain')?.['total']);
  const changesets = numberOf(db.get('SELECT count(*) AS total FROM changeset WHERE state <> 1')?.['total']);
  const sales = numberOf(db.get('SELECT count(*) AS total FROM sale')?.['total']);
  let problem: Verified['problem'] = null;
  try {
    problem = firstProblem(db);
  } catch (error) {
    problem = { where: 'store', what: String(error) };
  }
  return { ok: problem === null, chains, changesets, sales, problem };
}

function firstProblem(db: Database): Verified['problem'] {
  return checkPages(db) ?? checkChains(db) ?? checkDetached(db) ?? checkTables(db) ?? checkSales(db) ?? checkNumbers(db) ?? checkStock(db);
}

function checkPages(db: Database): Verified['problem'] {
  const [first] = db.all('PRAGMA integrity_check(1)').map((row) => textOf(row['integrity_check']));
  return first === 'ok' ? null : { where: 'file', what: first ?? 'unreadable' };
}

/** Every body gives its hash, every number follows its predecessor, every signature is its chain's. */
function checkChains(db: Database): Verified['problem'] {
  const dictionaries = readDictionaries(db);
  for (const chain of db.all('SELECT number, id, genesis, public_key FROM chain ORDER BY number')) {
    const raw = bytesOrNull(chain['public_key']);
    const name = toHex(bytesOf(chain['id'])).slice(0, 8);
    const key = raw === null ? null : publicKeyFrom(raw);
    const rows = db.sqlite
      .prepare(
        'SELECT c.*, p.hash AS previous_hash FROM changeset c LEFT JOIN changeset p ON p.local = c.previous WHERE c.chain = ? AND c.state <> 1 ORDER BY c.n',
      )
      .iterate(numberOf(chain['number'])) as Iterable<SqlRow>;
    for (const row of rows) {
      const what = checkChangeset(row, bytesOf(chain['id']), bytesOrNull(chain['genesis']), key, dictionaries);
      if (what !== null) return { where: `chain ${name}, changeset ${numberOf(row['n'])}`, what };
    }
  }
  return null;
}

function checkChangeset(
  row: SqlRow,
  chain: Uint8Array,
  genesis: Uint8Array | null,
  key: ReturnType<typeof publicKeyFrom> | null,
  dictionaries: ReadonlyMap<number, Uint8Array>,
): string | null {
  const n = numberOf(row['n']);
  const previous = n === 1 ? genesis : bytesOrNull(row['previous_hash']);
  if (previous === null) return 'its predecessor is not known';
  const body = bytesOf(row['body']);
  const hash = hashChangeset(previous, n, body);
  if (!equalBytes(hash, bytesOf(row['hash']))) return 'its content does not give its hash';
  const state = numberOf(row['state']);
  const signed = key !== null && isSigned({ chain, n, previous, hash, signature: bytesOf(row['signature']), body }, key);
  if (state === 0 && !signed) return 'its signature is not its chain’s';
  if (state === 2 && signed) return 'it was set aside though its signature is right';
  const opened = openBody(body, dictionaries);
  if (state === 0 && opened.state !== 'text') return 'its text cannot be read';
  if (state === 3 && opened.state === 'text') return 'it was set aside though its text can be read';
  return null;
}

function checkDetached(db: Database): Verified['problem'] {
  for (const row of db.sqlite.prepare('SELECT hash, salt, value FROM detached').iterate() as Iterable<SqlRow>) {
    const hash = bytesOf(row['hash']);
    if (compareBytes(detach(textOf(row['value']), bytesOf(row['salt'])).hash, hash) !== 0)
      return { where: `personal value ${toBase64Url(hash).slice(0, 8)}`, what: 'it does not give its hash' };
  }
  return null;
}

/** All merged rows, made again from the texts, are the rows that are there. */
function checkTables(db: Database): Verified['problem'] {
  const again = mergeAgain(db);
  try {
    const expected = checksumStore(again.db);
    const found = checksumStore(db);
    for (const name of TABLE_NAMES) {
      if (expected[name]?.sum !== found[name]?.sum || expected[name]?.rows !== found[name]?.rows)
        return { where: `table ${name}`, what: `its rows (${found[name]?.rows}) are not those its chains give (${expected[name]?.rows})` };
    }
    return null;
  } finally {
    again.close();
  }
}

/** P5, per sale: lines with tax + rounding = tenders - change. */
function checkSales(db: Database): Verified['problem'] {
  const wrong = db.get(`
    SELECT s.series, s.number, s.total_minor,
      (SELECT sum(total_minor + CASE includes_tax WHEN 0 THEN tax_minor ELSE 0 END) FROM sale_line l WHERE l.id BETWEEN (s.id >> 9) << 9 AND s.id | 511 AND l.sale = s.id) AS lines,
      (SELECT sum(amount_minor - change_minor) FROM tender t WHERE t.id BETWEEN (s.id >> 9) << 9 AND s.id | 511 AND t.sale = s.id) AS paid
    FROM sale s WHERE lines IS NOT s.total_minor OR paid IS NOT s.total_minor + ifnull(s.rounding_minor, 0) LIMIT 1`);
  if (wrong === undefined) return null;
  return {
    where: `sale ${String(wrong['series'])}-${String(wrong['number'])}`,
    what: `total ${String(wrong['total_minor'])}, lines ${String(wrong['lines'])}, paid ${String(wrong['paid'])}`,
  };
}

/** P4: receipt numbers of a series run 1, 2, 3 ... A series on which two machines wrote shows as a doubled number under To check. */
function checkNumbers(db: Database): Verified['problem'] {
  const gap = db.get(
    'SELECT series, count(DISTINCT number) AS numbers, max(number) AS last FROM sale GROUP BY series HAVING numbers <> last LIMIT 1',
  );
  return gap === undefined
    ? null
    : { where: `receipts ${String(gap['series'])}`, what: `${String(gap['numbers'])} numbers, the last being ${String(gap['last'])}` };
}

function checkStock(db: Database): Verified['problem'] {
  const wrong = db.get(`
    SELECT m.product, sum(m.quantity_milli) AS moved, (SELECT on_hand_milli FROM stock s WHERE s.product = m.product AND s.location = ifnull(m.location, '')) AS held
    FROM stock_movement m GROUP BY m.product, ifnull(m.location, '') HAVING moved IS NOT held LIMIT 1`);
  return wrong === undefined
    ? null
    : { where: 'stock', what: `movements ${String(numberOrNull(wrong['moved']))}, on hand ${String(numberOrNull(wrong['held']))}` };
}
