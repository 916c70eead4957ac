import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import { unwrap, type Result } from '../base/result.ts';
import { makeShop, OWNER_PIN } from '../../test/support/shop.ts';
import { listDeeds } from '../store/queries/deeds.ts';
import { listEdits } from '../store/queries/edits.ts';
import { listProducts } from '../store/queries/catalogue.ts';
import { listRoles, readUser } from '../store/queries/people.ts';
import { addRole, editRole, removeRole } from './edit-role.ts';
import { editProduct } from './edit-product.ts';
import { addUser, editUser } from './edit-user.ts';
import { logIn } from './log-in.ts';
import { noteAudit } from './note-audit.ts';
import { setSelling } from './set-selling.ts';

function codeOf(result: Result<unknown>): string | null {
  return result.ok ? null : result.refusal.code;
}

test('a role of the shop’s own is added, edited and removed; those of the program stay, and so does one that somebody has', async () => {
  const { register, store, owner, close } = await makeShop();
  const role = unwrap(addRole(register, { name: 'Stock keeper', rights: ['stock', 'sell'] }, owner));
  assert.deepEqual(role.rights, ['sell', 'stock']);
  assert.equal(codeOf(addRole(register, { name: 'stock KEEPER', rights: [] }, owner)), 'role.name-taken');

  const cashier = present(
    listRoles(store.db).find(({ builtIn }) => builtIn === 'cashier'),
    'the cashier role',
  );
  assert.equal(codeOf(editRole(register, cashier.id, { rights: ['settings'] }, owner)), 'role.built-in');
  assert.equal(codeOf(removeRole(register, cashier.id, owner)), 'role.built-in');

  const plain = unwrap(addRole(register, { name: 'Weekend', rights: ['sell'] }, owner));
  const sam = unwrap(await addUser(register, { name: 'Sam', pin: '4711', role: plain.id }, owner));
  assert.equal(codeOf(editRole(register, plain.id, { rights: ['sell', 'refund'] }, owner)), 'role.pin-too-short');
  unwrap(await editUser(register, sam.id, { pin: '471147' }, owner));
  unwrap(editRole(register, plain.id, { name: 'Weekend crew', rights: ['refund', 'sell'] }, owner));
  assert.deepEqual(readUser(store.db, sam.id)?.role?.rights, ['sell', 'refund']);
  unwrap(editRole(register, plain.id, { rights: ['sell'] }, owner));
  assert.deepEqual(readUser(store.db, sam.id)?.role?.rights, ['sell'], 'a right that is taken away is gone at once');

  assert.equal(codeOf(removeRole(register, plain.id, owner)), 'role.in-use');
  unwrap(removeRole(register, role.id, owner));
  assert.ok(!listRoles(store.db).some(({ name }) => name === 'Stock keeper'));
  assert.equal(codeOf(await editUser(register, owner, { role: plain.id }, owner)), 'user.last-owner');
  close();
});

test('what a user did is listed newest first, and a record tells who changed what from what', async () => {
  const { register, store, owner, clock, close } = await makeShop();
  unwrap(await logIn(register, { pin: OWNER_PIN }));
  clock.advance(1_000);
  unwrap(noteAudit(register, { kind: 'no-sale', user: owner, detail: { reason: 'change for a note' } }));
  clock.advance(1_000);
  unwrap(setSelling(register, { blindCount: true }, owner));
  assert.deepEqual(
    listDeeds(store.db, owner, 3).map(({ kind, subject, reason }) => [kind, subject, reason]),
    [
      ['setting', 'blindCount', null],
      ['no-sale', '', 'change for a note'],
      ['log-in', '', null],
    ],
  );

  const [product] = listProducts(store.db, { category: null, hidden: false, sort: 'name', offset: 0, limit: 1, nowMs: clock.nowMs() }).rows;
  const { id, priceMinor, name } = present(product, 'a product');
  clock.advance(1_000);
  unwrap(editProduct(register, id, { priceMinor: priceMinor + 10, codes: ['5410000000026'] }, owner));
  const [newest, first] = listEdits(store.db, 'product', id, 10);
  assert.equal(newest?.user, 'Mina');
  assert.deepEqual(
    newest?.changes.filter(({ column }) => column === 'price_minor'),
    [{ column: 'price_minor', before: priceMinor, after: priceMinor + 10 }],
  );
  assert.ok(newest?.changes.some(({ column, after }) => column === 'code' && after === '5410000000026'));
  assert.ok(first?.changes.some(({ column, before, after }) => column === 'name' && before === null && after === name));

  const user = listEdits(store.db, 'user', owner, 10)[0];
  assert.deepEqual(
    user?.changes.filter(({ column }) => ['name', 'role', 'pin_hash'].includes(column)).map(({ column, after }) => [column, after]),
    [
      ['name', 'Mina'],
      ['pin_hash', null],
      ['role', 'owner'],
    ],
    'names are told by their text, a PIN never',
  );
  close();
});
