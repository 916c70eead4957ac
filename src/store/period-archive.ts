/** Makes archive files (protocol/archive-file.ts): the head, and the changesets page by page. On the reading thread. */
import { fromHex, toBase64Url, toHex } from '../base/bytes.ts';
import { present } from '../base/assert.ts';
import type { Id } from '../base/id.ts';
import { periodName, type PeriodKind } from '../domain/period.ts';
import {
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
  type ArchiveChangeset,
  type ArchiveHead,
  type ArchiveKey,
  MAX_VOUCHERS,
} from '../protocol/archive-file.ts';
import { INDEX_SPACE } from '../protocol/changeset.ts';
import { bytesOf, bytesOrNull, numberOf, type Database, type SqlRow } from './database.ts';
import { readMeta } from './look-up.ts';
import { listZs, readPeriod, type ZRow } from './queries/closings.ts';
import { listRegisters, readCurrency, readShop } from './queries/shop.ts';
import { readDictionaries } from './store.ts';

export type ClosingName =
  | { readonly kind: 'z'; readonly register: Id; readonly number: number }
  | { readonly kind: PeriodKind; readonly day: number };

/** The Zs of a closing and what people call it. */
export function zsOf(db: Database, name: ClosingName): { period: string; zs: ZRow[] } {
  if (name.kind !== 'z') {
    const view = readPeriod(db, name.kind, name.day);
    return { period: periodName(view.period), zs: view.zs.map(({ z }) => z) };
  }
  const code = listRegisters(db).find(({ id }) => id === name.register)?.code ?? '';
  return { period: `${code} Z ${name.number}`, zs: listZs(db, { register: name.register, number: name.number }) };
}

/** Line 1 of the archive; null when nothing was closed. */
export function readArchiveHead(db: Database, name: ClosingName, madeAt: number): ArchiveHead | null {
  return db.snapshot(() => {
    const { period, zs } = zsOf(db, name);
    if (zs.length === 0) return null;
    const shop = present(readShop(db), 'the shop');
    const authority = bytesOrNull(readMeta(db, 'authority'));
    return {
      format: ARCHIVE_FORMAT,
      version: ARCHIVE_VERSION,
      shop: { name: shop.name, address: shop.address, taxNumber: shop.taxNumber },
      currency: readCurrency(db),
      period,
      madeAt,
      zs: rangesOf(db, zs),
      chains: stretchesOf(db, zs),
      authority: authority === null ? null : toBase64Url(authority),
      dictionaries: [...readDictionaries(db)].map(([number, content]) => ({ number, content: toBase64Url(content) })),
    };
  });
}

function rangesOf(db: Database, zs: readonly ZRow[]): ArchiveHead['zs'] {
  const registers = new Map(listRegisters(db).map((register) => [register.id, register]));
  const byRegister = Map.groupBy(zs, ({ register }) => register);
  return [...byRegister].map(([register, own]) => ({
    register,
    code: registers.get(register)?.code ?? '',
    name: registers.get(register)?.name ?? '',
    first: Math.min(...own.map(({ number }) => number)),
    last: Math.max(...own.map(({ number }) => number)),
  }));
}

/** Of every chain the stretch that its Zs sum and that holds the Zs themselves, older chains first. */
function stretchesOf(db: Database, zs: readonly ZRow[]): ArchiveHead['chains'] {
  const stretches = new Map<string, { fromN: number; toN: number }>();
  const include = (chain: string, fromN: number, toN: number): void => {
    const held = stretches.get(chain) ?? { fromN, toN };
    stretches.set(chain, { fromN: Math.min(held.fromN, fromN), toN: Math.max(held.toN, toN) });
  };
  for (const z of zs) {
    include(z.totals.chain, z.fromN, z.toN);
    const own = db.get(
      'SELECT k.id, c.n FROM changeset c JOIN chain k ON k.number = c.chain WHERE c.local = ?',
      Math.floor(z.id / INDEX_SPACE),
    );
    const n = numberOf(own?.['n']);
    include(toHex(bytesOf(own?.['id'])), n, n);
  }
  return [...stretches]
    .map(([chain, { fromN, toN }]) => ({
      row: present(db.get('SELECT * FROM chain WHERE id = ?', fromHex(chain)), 'the chain'),
      chain,
      fromN,
      toN,
    }))
    .sort((a, b) => numberOf(a.row['number']) - numberOf(b.row['number']))
    .map(({ row, fromN, toN }) => ({
      ...vouchedKey(db, bytesOf(row['id'])),
      fromN,
      toN,
      previous: fromN === 1 ? toHex(bytesOf(row['genesis'])) : hashAt(db, row, fromN - 1),
      hash: hashAt(db, row, toN),
    }));
}

function hashAt(db: Database, chain: SqlRow, n: number): string {
  const row = db.get('SELECT hash FROM changeset WHERE chain = ? AND n = ? AND state IN (0, 6)', numberOf(chain['number']), n);
  return toHex(bytesOf(row?.['hash']));
}

/** The key of a chain, with the chains before it up to one with a certificate, or to the first. */
export function vouchedKey(db: Database, chain: Uint8Array): ArchiveKey {
  const vouchers: ArchiveKey['vouchers'] = [];
  let at = chain;
  let certificate = certificateOf(db, at);
  while (certificate === null && vouchers.length < MAX_VOUCHERS) {
    const start = db.get(
      `SELECT s.predecessor, s.predecessor_signature FROM chain k JOIN changeset c ON c.chain = k.number AND c.n = 1
         JOIN chain_start s ON s.id = c.local * ${INDEX_SPACE} WHERE k.id = ?`,
      at,
    );
    const before = bytesOrNull(start?.['predecessor']);
    if (before === null) break;
    vouchers.push({ publicKey: toBase64Url(keyOf(db, before)), signature: toBase64Url(bytesOf(start?.['predecessor_signature'])) });
    at = before;
    certificate = certificateOf(db, at);
  }
  return { chain: toHex(chain), publicKey: toBase64Url(keyOf(db, chain)), vouchers, certificate };
}

function keyOf(db: Database, chain: Uint8Array): Uint8Array {
  return bytesOf(db.get('SELECT public_key FROM chain WHERE id = ?', chain)?.['public_key']);
}

function certificateOf(db: Database, chain: Uint8Array): string | null {
  const der = bytesOrNull(db.get('SELECT der FROM certificate WHERE chain = ? ORDER BY id LIMIT 1', chain)?.['der']);
  return der === null ? null : toBase64Url(der);
}

/** Changesets a page of an archive holds. */
const PAGE = 2_000;

/** The next lines of an archive, from number `fromN` of this chain to `toN` at most. */
export function readArchivePage(db: Database, chain: string, fromN: number, toN: number): ArchiveChangeset[] {
  return db
    .all(
      `SELECT c.n, c.hash, c.signature, c.body FROM changeset c JOIN chain k ON k.number = c.chain
       WHERE k.id = ? AND c.n BETWEEN ? AND ? AND c.state IN (0, 6) ORDER BY c.n LIMIT ?`,
      fromHex(chain),
      fromN,
      toN,
      PAGE,
    )
    .map((row) => ({
      chain,
      n: numberOf(row['n']),
      hash: toHex(bytesOf(row['hash'])),
      signature: toBase64Url(bytesOf(row['signature'])),
      body: toBase64Url(bytesOf(row['body'])),
    }));
}
