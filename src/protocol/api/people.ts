/** Routes of what people may do and did: roles of the shop's own, who did what, and the edit history of a record. */
import { z } from 'zod';
import { RIGHTS } from '../../domain/rights.ts';
import { done, idText, instant, minor, name, route, withId } from './route.ts';

const params = withId;
const rights = z.array(z.enum(RIGHTS)).max(RIGHTS.length);

export const roleRow = withId.extend({
  name: z.string(),
  /** 'owner', 'manager' or 'cashier' of those that come with the program. */
  builtIn: z.string().nullable(),
  rights,
  pinDigits: z.int(),
  /** How many have it. */
  users: z.int(),
});

const deed = z.object({
  at: instant,
  /** 'sale', 'refund', 'exchange', an entry of the journal, or 'setting'; the screen has the words. */
  kind: z.string(),
  /** A receipt's number, an article, a right, a setting. */
  subject: z.string(),
  amountMinor: minor.nullable(),
  reason: z.string().nullable(),
  sale: idText.nullable(),
});

const scalar = z.union([z.string(), z.number(), z.boolean()]).nullable();
const edit = z.object({
  at: instant,
  /** Empty: the program itself, or somebody whose name was forgotten. */
  user: z.string(),
  kind: z.string(),
  /** Values of a secret column are null: only that it changed is told. */
  changes: z.array(z.object({ column: z.string(), before: scalar, after: scalar })),
});
const edits = z.object({ rows: z.array(edit) });

export const PEOPLE = {
  listRoles: route({
    method: 'GET',
    path: '/api/roles',
    access: 'users',
    summary: 'Roles and their rights',
    answer: z.object({ rows: z.array(roleRow) }),
  }),
  addRole: route({
    method: 'POST',
    path: '/api/roles',
    access: 'users',
    summary: 'Add a role of the shop’s own',
    body: z.object({ name, rights }),
    answer: withId,
  }),
  editRole: route({
    method: 'PATCH',
    path: '/api/roles/:id',
    access: 'users',
    summary: 'Edit a role of the shop’s own: name, rights. It holds at once on every register',
    params,
    body: z.object({ name, rights }).partial(),
    answer: withId,
  }),
  removeRole: route({
    method: 'DELETE',
    path: '/api/roles/:id',
    access: 'users',
    summary: 'Remove a role that nobody has',
    params,
    answer: done,
  }),
  listDeeds: route({
    method: 'GET',
    path: '/api/users/:id/deeds',
    access: 'users',
    summary: 'What a user did lately: sales, refunds, lines taken back, drawers opened, grants, settings; newest first',
    params,
    answer: z.object({ rows: z.array(deed) }),
  }),
  userEdits: route({
    method: 'GET',
    path: '/api/users/:id/edits',
    access: 'users',
    summary: 'Who changed what of a user, and when',
    params,
    answer: edits,
  }),
  productEdits: route({
    method: 'GET',
    path: '/api/products/:id/edits',
    access: 'products',
    summary: 'Who changed what of a product, and when',
    params,
    answer: edits,
  }),
  customerEdits: route({
    method: 'GET',
    path: '/api/customers/:id/edits',
    access: 'customers',
    summary: 'Who changed what of a customer, and when',
    params,
    answer: edits,
  }),
};
