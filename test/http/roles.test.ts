/** Roles over HTTP, at a real register: a right that a role loses is gone with the next call of whoever has it, without a new log-in. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { present } from '../../src/base/assert.ts';
import { temporaryFolder } from '../support/shop.ts';
import { OWNER_PIN, type Till, logInAt, refusedWith, setUpTill, startTill } from '../support/till.ts';

let till: Till;
const folder = temporaryFolder();
before(async () => {
  till = await startTill(folder.path);
  await setUpTill(till, 'single', { catalogue: 'demo' });
});
after(async () => {
  await till.stop();
  folder.remove();
});

test('a role of the shop’s own gives rights and takes them away at once; it goes only when nobody has it', async () => {
  const asOwner = await logInAt(till, OWNER_PIN);
  const { id } = await asOwner('addRole', { body: { name: 'Baker', rights: ['sell', 'stock', 'products'] } });
  await assert.rejects(asOwner('addRole', { body: { name: 'Baker', rights: [] } }), refusedWith('role.name-taken'));
  const made = (await asOwner('listRoles')).rows.find((role) => role.id === id);
  assert.deepEqual(made, { id, name: 'Baker', builtIn: null, rights: ['sell', 'products', 'stock'], pinDigits: 6, users: 0 });

  const user = await asOwner('addUser', { body: { name: 'Bo', pin: '112233', role: id } });
  const asBo = await logInAt(till, '112233');
  const [product] = (await asBo('listProducts', { query: { limit: 1 } })).rows;
  const params = { id: present(product, 'a product').id };
  await asBo('editProduct', { params, body: { priceMinor: 777 } });
  await asOwner('editRole', { params: { id }, body: { rights: ['sell'] } });
  await assert.rejects(asBo('editProduct', { params, body: { priceMinor: 778 } }), refusedWith('right.missing'));
  assert.deepEqual((await asBo('getState')).user?.rights, ['sell']);

  await assert.rejects(asOwner('removeRole', { params: { id } }), refusedWith('role.in-use'));
  const second = await asOwner('addRole', { body: { name: 'Helper', rights: ['sell'] } });
  const four = await asOwner('addUser', { body: { name: 'Al', pin: '9081', role: second.id } });
  await assert.rejects(asOwner('editRole', { params: second, body: { rights: ['settings'] } }), refusedWith('role.pin-too-short'));
  await asOwner('editUser', { params: { id: user.id }, body: { role: second.id } });
  await asOwner('removeRole', { params: { id } });
  const owner = present(
    (await asOwner('listRoles')).rows.find(({ builtIn }) => builtIn === 'owner'),
    'the owner role',
  );
  await assert.rejects(asOwner('editRole', { params: { id: owner.id }, body: { rights: [] } }), refusedWith('role.built-in'));
  await assert.rejects(asBo('listRoles'), refusedWith('right.missing'));

  const deeds = (await asOwner('listDeeds', { params: { id: user.id } })).rows.map(({ kind }) => kind);
  assert.deepEqual(deeds, ['log-in']);
  const { rows } = await asOwner('productEdits', { params });
  assert.equal(rows[0]?.user, 'Bo');
  assert.ok(rows[0]?.changes.some(({ column, after }) => column === 'price_minor' && after === 777));
  assert.equal((await asOwner('userEdits', { params: { id: four.id } })).rows[0]?.kind, 'user-added');
});
