/** Handlers of what people may do and did: roles, deeds, edit histories. */
import type { Id } from '../../base/id.ts';
import { ok, type Result } from '../../base/result.ts';
import { pinDigitsNeeded } from '../../domain/rights.ts';
import type { PEOPLE } from '../../protocol/api/people.ts';
import type { RecordName } from '../../protocol/tables.ts';
import { addRole, editRole, removeRole } from '../../register/edit-role.ts';
import type { EditRow } from '../../store/queries/edits.ts';
import { listRoles, listUsers } from '../../store/queries/people.ts';
import type { Handlers } from '../handler.ts';
import type { Runtime } from '../runtime.ts';
import { actingUser } from './selling.ts';

/** Rows of a history on a screen; what is older is in the accounts and the archive. */
const SHOWN = 200;

export const PEOPLE_HANDLERS: Handlers<keyof typeof PEOPLE> = {
  listRoles: ({ register: { store } }) => {
    const users = listUsers(store.db);
    return ok({
      rows: listRoles(store.db).map(({ id, name, builtIn, rights }) => ({
        id,
        name,
        builtIn,
        rights: [...rights],
        pinDigits: pinDigitsNeeded(rights),
        users: users.filter(({ role }) => role?.id === id).length,
      })),
    });
  },
  addRole: (runtime, { body, caller }) => addRole(runtime.register, body, actingUser(runtime, caller)),
  editRole: (runtime, { params, body, caller }) => editRole(runtime.register, params.id, body, actingUser(runtime, caller)),
  removeRole: (runtime, { params, caller }) => {
    const removed = removeRole(runtime.register, params.id, actingUser(runtime, caller));
    return removed.ok ? ok({ done: true }) : removed;
  },
  listDeeds: async ({ reader }, { params }) => ok({ rows: await reader.ask('listDeeds', params.id, SHOWN) }),
  userEdits: (runtime, { params }) => edits(runtime, 'user', params.id),
  productEdits: (runtime, { params }) => edits(runtime, 'product', params.id),
  customerEdits: (runtime, { params }) => edits(runtime, 'customer', params.id),
};

async function edits(
  { reader }: Runtime,
  table: RecordName,
  id: Id,
): Promise<Result<{ rows: (EditRow & { changes: EditRow['changes'][number][] })[] }>> {
  const rows = await reader.ask('listEdits', table, id, SHOWN);
  return ok({ rows: rows.map((row) => ({ ...row, changes: [...row.changes] })) });
}
