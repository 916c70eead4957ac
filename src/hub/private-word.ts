/**
 * What the master says to one register alone, over the connection that register has: take the shop's keys, you host its database from now
 * on; or: this is the shop's new CA, and your new password. Spelt as JSON, bytes in base64url.
 */
import { equalBytes, fromBase64Url, toBase64Url } from '../base/bytes.ts';
import { isAuthorityWhole, loadCertificateAuthority } from './certificate-authority.ts';
import { parseShopKeys, spellShopKeys, type ShopKeys } from './sealed-box.ts';
import type { SqlLink } from './sql-link.ts';

export type PrivateWord =
  | { readonly kind: 'host'; readonly keys: ShopKeys; /** On which its database is to answer. */ readonly port: number }
  | { readonly kind: 'renew'; readonly authority: Uint8Array; readonly password: string };

/** `link` is the superuser's, in the shop's database. A word said to that register before is taken back. */
export async function sayPrivately(link: SqlLink, role: string, word: PrivateWord): Promise<void> {
  await link.query('insert into hub.private_word (role, word) values ($1, $2) on conflict (role) do update set word = excluded.word', [
    role,
    spell(word),
  ]);
}

/** How many of those who are connected now have not taken their word. */
export async function countUnheard(link: SqlLink): Promise<number> {
  const [row] = await link.query<{ unheard: number }>(
    'select count(*)::int as unheard from hub.private_word w where exists (select from pg_stat_activity a where a.usename = w.role)',
  );
  return row?.unheard ?? 0;
}

export async function takeWordsBack(link: SqlLink): Promise<void> {
  await link.query('delete from hub.private_word');
}

function spell(word: PrivateWord): string {
  return word.kind === 'host'
    ? JSON.stringify({ kind: word.kind, port: word.port, keys: spellShopKeys(word.keys) })
    : JSON.stringify({ kind: word.kind, authority: toBase64Url(word.authority), password: word.password });
}

/** What was said; null for what is no word, or keys that are not of this CA (DER). */
export function readPrivateWord(text: string, authority: Uint8Array): PrivateWord | null {
  const said = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (said['kind'] === 'renew' && typeof said['authority'] === 'string' && typeof said['password'] === 'string')
    return { kind: 'renew', authority: fromBase64Url(said['authority']), password: said['password'] };
  if (said['kind'] !== 'host' || typeof said['port'] !== 'number' || typeof said['keys'] !== 'string') return null;
  const keys = parseShopKeys(said['keys']);
  const isOurs = equalBytes(keys.authority, authority) && isAuthorityWhole(loadCertificateAuthority(keys.authority, keys.authorityKey));
  return isOurs ? { kind: 'host', keys, port: said['port'] } : null;
}
