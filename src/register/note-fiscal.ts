/** What a fiscal device was told and said, beside the sales themselves; and which device stands beside this register. */
import type { Id } from '../base/id.ts';
import { ok, type Result } from '../base/result.ts';
import { countryProfile } from '../domain/country.ts';
import { isFiscalSetting, NO_FISCAL, type FiscalRule, type FiscalSetting } from '../domain/fiscal.ts';
import { commit } from '../store/journal.ts';
import { isText, readCurrency, readSetting } from '../store/queries/shop.ts';
import { draftSetting } from './draft-setting.ts';
import type { Store } from '../store/store.ts';
import { tradingNow } from './open-shift.ts';
import { ownRegisterId, type Register } from './register.ts';

/** What the law of the shop's country wants; null when it wants none. */
export function fiscalRule({ db }: Store): FiscalRule | null {
  return countryProfile(readSetting(db, 'country', '', isText), readCurrency(db)).fiscal;
}

const keyOf = (store: Store): string => `fiscal.${ownRegisterId(store)}`;

export function readFiscal(store: Store): FiscalSetting {
  return readSetting(store.db, keyOf(store), NO_FISCAL, isFiscalSetting);
}

export function setFiscal({ store }: Register, setting: FiscalSetting, user: Id): Result<null> {
  return commit(store, { kind: 'setting-changed', user }, (draft) => {
    draftSetting(store, draft, keyOf(store), setting);
    return ok(null);
  });
}

export interface FiscalNote {
  readonly kind: 'start' | 'abort' | 'outage';
  readonly cart: Id;
  readonly device?: string;
  readonly number?: string | null;
  readonly signature?: string;
}

export function noteFiscal({ store }: Register, note: FiscalNote): void {
  commit(store, { kind: `fiscal-${note.kind}`, user: null }, (draft) => {
    draft.insert('fiscal_event', { ...note, register: ownRegisterId(store), at: tradingNow(store).at });
    return ok(null);
  });
}
