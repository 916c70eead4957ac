/** A setting of the shop as JSON: one row a key, whose id follows from it, so that two registers change the same row. */
import type { Draft } from '../store/journal.ts';
import { hasSetting, settingId } from '../store/queries/shop.ts';
import type { Store } from '../store/store.ts';

export function draftSetting(store: Store, draft: Draft, key: string, content: unknown): void {
  const value = JSON.stringify(content);
  if (hasSetting(store.db, key)) draft.patch('setting', settingId(key), { value });
  else draft.create('setting', { key, value }, settingId(key));
}
