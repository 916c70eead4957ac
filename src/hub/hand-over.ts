/**
 * The master gives its part to another register: the shop's keys wait in the hub for the role of that register alone, which is told of them
 * when it next says how it stands. Spelt as JSON, keys in base64url; who takes them checks that they are the shop's own.
 */
import { equalBytes } from '../base/bytes.ts';
import { isAuthorityWhole, loadCertificateAuthority } from './certificate-authority.ts';
import { parseShopKeys, spellShopKeys, type ShopKeys } from './sealed-box.ts';
import type { SqlLink } from './sql-link.ts';

export interface HandedOver {
  readonly keys: ShopKeys;
  /** On which the new master's database is to answer. */
  readonly port: number;
}

/** `link` is the superuser's, in the shop's database. An offer to somebody else ends. */
export async function offerKeys(link: SqlLink, role: string, { keys, port }: HandedOver): Promise<void> {
  await withdrawKeys(link);
  await link.query('insert into hub.hand_over (role, keys) values ($1, $2)', [role, `${port} ${spellShopKeys(keys)}`]);
}

export async function withdrawKeys(link: SqlLink): Promise<void> {
  await link.query('delete from hub.hand_over');
}

/** What was handed over, or null when it is not the keys of this CA (DER). */
export function readHandedOver(text: string, authority: Uint8Array): HandedOver | null {
  const [, port, spelt] = /^(\d+) (.+)$/s.exec(text) ?? [];
  if (port === undefined || spelt === undefined) return null;
  const keys = parseShopKeys(spelt);
  const isOurs = equalBytes(keys.authority, authority) && isAuthorityWhole(loadCertificateAuthority(keys.authority, keys.authorityKey));
  return isOurs ? { keys, port: Number(port) } : null;
}
