/** Users: adding and editing. A PIN is nobody else's here, long enough for the role, and the last owner cannot be taken out. */
import type { Id } from '../base/id.ts';
import { present } from '../base/assert.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { pinDigitsNeeded } from '../domain/rights.ts';
import { commit } from '../store/journal.ts';
import { listRoles, listUsers, readUser, type RoleRow, type UserRow } from '../store/queries/people.ts';
import type { Patch } from '../protocol/tables.ts';
import { hashPin } from './hash-pin.ts';
import { isPinTaken } from './log-in.ts';
import type { Changes, Register } from './register.ts';

export interface UserInput {
  readonly name: string;
  readonly pin: string;
  readonly role: Id;
}

/** Refuses with input.not-found, user.pin-too-short, input.invalid (PIN taken). */
export async function addUser(register: Register, input: UserInput, by: Id | null): Promise<Result<UserRow>> {
  const { store } = register;
  const role = listRoles(store.db).find((candidate) => candidate.id === input.role);
  if (role === undefined) return refuse('input.not-found', { what: 'role' });
  const checked = await checkPin(register, input.pin, role);
  if (!checked.ok) return checked;
  const added = commit(store, { kind: 'user-added', user: by }, (draft) =>
    ok(draft.create('user', { name: input.name, pin_hash: checked.value, pin_digits: input.pin.length, role: role.id, active: true })),
  );
  return added.ok ? ok(present(readUser(store.db, added.value), 'the new user')) : added;
}

/** Also refuses with user.last-owner. */
export async function editUser(
  register: Register,
  id: Id,
  input: Changes<UserInput> & { readonly active?: boolean | undefined },
  by: Id | null,
): Promise<Result<UserRow>> {
  const { store } = register;
  const user = readUser(store.db, id);
  if (user === null) return refuse('input.not-found', { what: 'user' });
  const role = input.role === undefined ? user.role : (listRoles(store.db).find((candidate) => candidate.id === input.role) ?? null);
  if (role === null) return refuse('input.not-found', { what: 'role' });
  if (isOwner(user) && (!isOwnerRole(role) || input.active === false) && countOwners(register) < 2) return refuse('user.last-owner');
  const values: Patch<'user'> = {};
  if (input.pin !== undefined) {
    const checked = await checkPin(register, input.pin, role);
    if (!checked.ok) return checked;
    Object.assign(values, { pin_hash: checked.value, pin_digits: input.pin.length });
  } else if (user.pinDigits < pinDigitsNeeded(role.rights)) return refuse('user.pin-too-short', { digits: pinDigitsNeeded(role.rights) });
  if (input.name !== undefined) values.name = input.name;
  if (input.role !== undefined) values.role = role.id;
  if (input.active !== undefined) values.active = input.active;
  const edited = commit(store, { kind: 'user-edited', user: by }, (draft) => {
    if (Object.keys(values).length > 0) draft.patch('user', id, values);
    return ok(null);
  });
  return edited.ok ? ok(present(readUser(store.db, id), 'the edited user')) : edited;
}

async function checkPin(register: Register, pin: string, role: RoleRow): Promise<Result<string>> {
  const digits = pinDigitsNeeded(role.rights);
  if (pin.length < digits) return refuse('user.pin-too-short', { digits });
  if (await isPinTaken(register.store, pin)) return refuse('input.invalid', { field: 'PIN', reason: 'somebody else has it' });
  return ok(await hashPin(pin, register.store.random));
}

function isOwnerRole(role: RoleRow | null): boolean {
  return role?.builtIn === 'owner';
}

function isOwner(user: UserRow): boolean {
  return user.active && isOwnerRole(user.role);
}

function countOwners(register: Register): number {
  return listUsers(register.store.db).filter(isOwner).length;
}
