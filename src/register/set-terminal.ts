/** Which card terminal stands beside a register: a setting of the shop, one a register. */
import type { Id } from '../base/id.ts';
import { ok, type Result } from '../base/result.ts';
import { BY_HAND, isTerminalSetting, type TerminalSetting } from '../domain/terminal-setting.ts';
import { commit } from '../store/journal.ts';
import { readSetting } from '../store/queries/shop.ts';
import { draftSetting } from './draft-setting.ts';
import type { Store } from '../store/store.ts';
import { ownRegisterId, type Register } from './register.ts';

function keyOf(store: Store): string {
  return `terminal.${ownRegisterId(store)}`;
}

export function readTerminal(store: Store): TerminalSetting {
  return readSetting(store.db, keyOf(store), BY_HAND, isTerminalSetting);
}

export function setTerminal({ store }: Register, terminal: TerminalSetting, user: Id): Result<null> {
  return commit(store, { kind: 'setting-changed', user }, (draft) => {
    draftSetting(store, draft, keyOf(store), terminal);
    return ok(null);
  });
}
