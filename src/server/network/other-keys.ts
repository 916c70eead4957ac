/**
 * A master of this shop whose keys are not those that this register trusts: two registers took over at once without the recovery code, new keys
 * were made on two that could not see each other, or this one was off meanwhile. Neither can be believed on its word, so nothing flows between
 * them; a person says which one stays, and pairs the other with it by a code.
 */
import { fromBase64Url } from '../../base/bytes.ts';
import { readMeta, type Store } from '../../store/store.ts';
import { authorityMark, type FoundMaster } from '../../sync/discovery.ts';
import { readAccount } from './slave-link.ts';

/** As it announces itself: words for a person, who decides. */
export type OtherMaster = Pick<FoundMaster, 'register' | 'host' | 'port'>;

/** The first of those found. Null where there is none, or this register trusts no keys yet. */
export function masterOfOtherKeys(store: Store, found: readonly FoundMaster[]): OtherMaster | null {
  if (store.authority === null) return null;
  const next = readAccount(store)?.next?.authority;
  const trusted = [store.authority, ...(next === undefined ? [] : [fromBase64Url(next)])].map(authorityMark);
  const shop = readMeta(store.db, 'shop_id');
  const other = found.find(({ shopId, authority }) => shopId === shop && !trusted.includes(authority));
  return other === undefined ? null : { register: other.register, host: other.host, port: other.port };
}
