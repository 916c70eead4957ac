/** Settings of how the shop sells, over HTTP at a real register: each holds with the next call, and only who may changes them. */
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

test('the limit of a discount, a reason for what is taken out, and eaten in or not: as the shop sets them', async () => {
  const asOwner = await logInAt(till, OWNER_PIN);
  const cashier = present(
    (await asOwner('listRoles')).rows.find(({ builtIn }) => builtIn === 'cashier'),
    'the cashier role',
  );
  await asOwner('addUser', { body: { name: 'Sam', pin: '4711', role: cashier.id } });
  const asSam = await logInAt(till, '4711');
  await assert.rejects(asSam('setSelling', { body: { discountLimitPpm: 1_000_000 } }), refusedWith('right.missing'));

  const [product] = (await asSam('listProducts', { query: { limit: 1 } }).catch(() => asOwner('listProducts', { query: { limit: 1 } })))
    .rows;
  const cart = await asSam('addLine', { body: { product: present(product, 'a product').id } });
  const line = present(cart.lines[0], 'the line').line;
  const discount = { kind: 'percent' as const, ppm: 80_000 };
  await asSam('changeLine', { params: { line }, body: { discount } });
  await asOwner('setSelling', { body: { discountLimitPpm: 50_000, voidReason: true, eatIn: false, dayEndsAt: 180 } });
  await assert.rejects(asSam('changeLine', { params: { line }, body: { discount } }), refusedWith('right.missing'));
  assert.deepEqual((await asSam('getState')).selling, { eatIn: false, voidReason: true, dayEndsAt: 180 });
  await assert.rejects(asSam('removeLine', { params: { line } }), refusedWith('void.reason-needed'));
  await asSam('changeLine', { params: { line }, body: { quantityMilli: 3000 } });
  await assert.rejects(asSam('changeLine', { params: { line }, body: { quantityMilli: 2000 } }), refusedWith('void.reason-needed'));
  await asSam('changeLine', { params: { line }, body: { quantityMilli: 2000, reason: 'one too many' } });
  await assert.rejects(asSam('clearCart'), refusedWith('void.reason-needed'));
  assert.equal((await asSam('clearCart', { body: { reason: 'not wanted' } })).lines.length, 0);
  assert.equal((await asSam('undo')).lines.length, 1);
  assert.equal((await asSam('removeLine', { params: { line }, body: { reason: 'not wanted' } })).lines.length, 0);

  const methods = (await asOwner('listPaymentMethods')).rows;
  const card = present(
    methods.find(({ kind }) => kind === 'card'),
    'card',
  );
  await asOwner('setRounding', { params: { id: card.id }, body: { stepMinor: 5 } });
  assert.equal((await asOwner('listPaymentMethods')).rows.find(({ id }) => id === card.id)?.roundingStepMinor, 5);
  await assert.rejects(asOwner('setSelling', { body: { scalePattern: 'XX' } }), refusedWith('input.invalid'));
});
