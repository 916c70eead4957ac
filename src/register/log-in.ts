/**
 * Logging in by PIN. Five wrong ones, then a pause of 30 s that doubles to 15 minutes, counted for this register as a whole and kept across
 * restarts, since a PIN alone says who somebody is. The pause is written before the PIN is looked at, so that parallel guesses count too.
 */
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import type { Right } from '../domain/rights.ts';
import { numberOf } from '../store/database.ts';
import { commit } from '../store/journal.ts';
import { listUsers, type UserRow } from '../store/queries/people.ts';
import type { Store } from '../store/store.ts';
import { isPin } from './hash-pin.ts';
import type { Register } from './register.ts';

const FREE_TRIES = 5;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
const SUBJECT = 'log-in';
/** Between the names of those who share a PIN; stands in no name. */
const NAMES_APART = ' · ';

/** Who types; `name` where two have that PIN and were asked which of them it is. */
export interface Typed {
  readonly pin: string;
  readonly name?: string | undefined;
}

/** Refuses with login.wrong-pin, login.shared-pin, login.paused. */
export async function logIn(register: Register, typed: Typed): Promise<Result<UserRow>> {
  const { store } = register;
  const user = await whoHas(store, typed, () => true);
  if (user.ok)
    commit(store, { kind: 'log-in', user: user.value.id }, (draft) =>
      ok(draft.insert('audit_entry', { kind: 'log-in', user: user.value.id, at: store.clock.nowMs() })),
    );
  return user;
}

/** Somebody who may, on the spot, for somebody who may not: journalled. Refuses with login.wrong-pin, .shared-pin, .paused, right.missing. */
export async function grantRight(
  { store }: Register,
  { right, user, ...typed }: Typed & { readonly right: Right; readonly user: Id | null },
): Promise<Result<UserRow>> {
  const mayGrant = ({ role }: UserRow): boolean => role?.rights.includes(right) === true;
  const granter = await whoHas(store, typed, mayGrant);
  if (!granter.ok) return granter;
  const { id, name } = granter.value;
  if (!mayGrant(granter.value)) return refuse('right.missing', { user: name, right });
  commit(store, { kind: 'granted', user: id }, (draft) =>
    ok(draft.insert('audit_entry', { kind: 'granted', user: id, at: store.clock.nowMs(), subject: right, detail: user ?? '' })),
  );
  return granter;
}

/** Of two who chose one PIN while their registers were apart, the one who `may`, or else the one who says so. */
async function whoHas(store: Store, { pin, name }: Typed, may: (user: UserRow) => boolean): Promise<Result<UserRow>> {
  const pausedMs = pauseLeft(store);
  if (pausedMs > 0) return refuse('login.paused', { seconds: Math.ceil(pausedMs / 1000) });
  const failures = countFailure(store);
  const holders = (await findByPin(store, pin)).filter((user) => name === undefined || user.name === name);
  const [first, ...others] = holders.some(may) ? holders.filter(may) : holders;
  if (first === undefined)
    return pauseLeft(store) > 0
      ? refuse('login.paused', { seconds: Math.ceil(pauseLeft(store) / 1000) })
      : refuse('login.wrong-pin', { left: FREE_TRIES - failures });
  store.db.transact('durable', () => ok(store.db.run('DELETE FROM throttle WHERE subject = ?', SUBJECT)));
  if (others.some((user) => user.name !== first.name))
    return refuse('login.shared-pin', { names: [first, ...others].map((user) => user.name).join(NAMES_APART) });
  return ok(first);
}

async function findByPin(store: Store, pin: string): Promise<UserRow[]> {
  const users = listUsers(store.db).filter(({ active, pinDigits }) => active && pinDigits === pin.length);
  const fits = await Promise.all(users.map(({ pinHash }) => isPin(pin, pinHash)));
  return users.filter((_, at) => fits[at]);
}

/** Is this PIN somebody's already? Who has one alone need not say who they are. */
export async function isPinTaken(store: Store, pin: string): Promise<boolean> {
  return (await findByPin(store, pin)).length > 0;
}

function pauseLeft(store: Store): number {
  const row = store.db.get('SELECT blocked_until FROM throttle WHERE subject = ?', SUBJECT);
  return row === undefined ? 0 : Math.max(0, numberOf(row['blocked_until']) - store.clock.nowMs());
}

function countFailure(store: Store): number {
  const row = store.db.get('SELECT failures FROM throttle WHERE subject = ?', SUBJECT);
  const failures = (row === undefined ? 0 : numberOf(row['failures'])) + 1;
  const pause = failures < FREE_TRIES ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - FREE_TRIES));
  store.db.transact('durable', () =>
    ok(
      store.db.run(
        'INSERT INTO throttle (subject, failures, blocked_until) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET failures = excluded.failures, blocked_until = excluded.blocked_until',
        SUBJECT,
        failures,
        pause === 0 ? 0 : store.clock.nowMs() + pause,
      ),
    ),
  );
  return failures;
}
