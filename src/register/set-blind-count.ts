/** Whether people count their drawer without seeing what is expected in it: a setting of the shop. */
import type { Id } from '../base/id.ts';
import { ok, type Result } from '../base/result.ts';
import type { Database } from '../store/database.ts';
import { commit } from '../store/journal.ts';
import { hasSetting, readSetting, settingId } from '../store/queries/shop.ts';
import type { Register } from './register.ts';

const KEY = 'blindCount';

export function isBlindCount(db: Database): boolean {
  return readSetting(db, KEY, false, (value) => typeof value === 'boolean');
}

export function setBlindCount({ store }: Register, blind: boolean, user: Id): Result<null> {
  return commit(store, { kind: 'setting-changed', user }, (draft) => {
    const value = JSON.stringify(blind);
    if (hasSetting(store.db, KEY)) draft.patch('setting', settingId(KEY), { value });
    else draft.create('setting', { key: KEY, value }, settingId(KEY));
    return ok(null);
  });
}
