/**
 * Roles of the shop's own: adding, editing, removing. Those that come with the program stay as it has them. What a role may do is read with
 * every call, so that a right which is taken away is gone at once on each register that has heard of it.
 */
import type { Id } from '../base/id.ts';
import { present } from '../base/assert.ts';
import { ok, refuse, type Refused, type Result } from '../base/result.ts';
import { pinDigitsNeeded, RIGHTS, type Right } from '../domain/rights.ts';
import type { Patch } from '../protocol/tables.ts';
import type { Database } from '../store/database.ts';
import { commit } from '../store/journal.ts';
import { listRoles, listUsers, type RoleRow } from '../store/queries/people.ts';
import type { Changes, Register } from './register.ts';

export interface RoleInput {
  readonly name: string;
  readonly rights: readonly Right[];
}

/** Refuses with role.name-taken. */
export function addRole({ store }: Register, input: RoleInput, by: Id | null): Result<RoleRow> {
  if (isNameTaken(store.db, input.name, null)) return refuse('role.name-taken', { name: input.name });
  const added = commit(store, { kind: 'role-added', user: by }, (draft) =>
    ok(draft.create('role', { name: input.name, rights: written(input.rights) })),
  );
  return added.ok ? ok(present(findRole(store.db, added.value), 'the new role')) : added;
}

/** Refuses with input.not-found, role.built-in, role.name-taken, role.pin-too-short. */
export function editRole({ store }: Register, id: Id, input: Changes<RoleInput>, by: Id | null): Result<RoleRow> {
  const role = ownRole(store.db, id);
  if (!role.ok) return role;
  if (input.name !== undefined && isNameTaken(store.db, input.name, id)) return refuse('role.name-taken', { name: input.name });
  const tooShort = input.rights === undefined ? null : shortestPin(store.db, id, input.rights);
  if (tooShort !== null) return tooShort;
  const values: Patch<'role'> = {};
  if (input.name !== undefined) values.name = input.name;
  if (input.rights !== undefined) values.rights = written(input.rights);
  const edited = commit(store, { kind: 'role-edited', user: by }, (draft) => {
    if (Object.keys(values).length > 0) draft.patch('role', id, values);
    return ok(null);
  });
  return edited.ok ? ok(present(findRole(store.db, id), 'the edited role')) : edited;
}

/** Refuses with input.not-found, role.built-in, role.in-use. */
export function removeRole({ store }: Register, id: Id, by: Id | null): Result<null> {
  const role = ownRole(store.db, id);
  if (!role.ok) return role;
  const [holder] = listUsers(store.db).filter((user) => user.role?.id === id);
  if (holder !== undefined) return refuse('role.in-use', { user: holder.name });
  return commit(store, { kind: 'role-removed', user: by }, (draft) => {
    draft.remove('role', id);
    return ok(null);
  });
}

function findRole(db: Database, id: Id): RoleRow | undefined {
  return listRoles(db).find((role) => role.id === id);
}

function ownRole(db: Database, id: Id): Result<RoleRow> {
  const role = findRole(db, id);
  if (role === undefined) return refuse('input.not-found', { what: 'role' });
  return role.builtIn === null ? ok(role) : refuse('role.built-in');
}

function isNameTaken(db: Database, name: string, besides: Id | null): boolean {
  return listRoles(db).some((role) => role.id !== besides && role.name.toLowerCase() === name.toLowerCase());
}

/** More rights may need a longer PIN than somebody with this role has. */
function shortestPin(db: Database, role: Id, rights: readonly Right[]): Refused | null {
  const digits = pinDigitsNeeded(rights);
  const holder = listUsers(db).find((user) => user.role?.id === role && user.pinDigits < digits);
  return holder === undefined ? null : refuse('role.pin-too-short', { user: holder.name, digits });
}

/** In the order of the list, so that the same rights are the same text. */
function written(rights: readonly Right[]): string {
  return RIGHTS.filter((right) => rights.includes(right)).join(' ');
}
