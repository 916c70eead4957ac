/** Registers that were apart, for long or while the other changed what it sells by. Real processes and a real PostgreSQL 18. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { present } from '../../src/base/assert.ts';
import { idFromBytes, type Id } from '../../src/base/id.ts';
import { systemRandom } from '../../src/base/random.ts';
import { ok, unwrap } from '../../src/base/result.ts';
import type { Answer } from '../../src/protocol/api/routes.ts';
import type { RecordName } from '../../src/protocol/tables.ts';
import { bytesOf } from '../../src/store/database.ts';
import { commit } from '../../src/store/journal.ts';
import { openStore } from '../../src/store/open-store.ts';
import { closeStore } from '../../src/store/store.ts';
import { eventually } from '../support/shop-of-many.ts';
import { checkShop, openShop, settle, type ShopOfTills } from '../support/shop-of-tills.ts';
import { logInAt, refusedWith } from '../support/till.ts';
import { folder, noted, runApart, sellSome, till } from './run-apart.ts';

/** One shop of a master and a slave: each test leaves it in order for the next. */
let shop: ShopOfTills;
before(async () => {
  shop = await openShop(1);
});
after(() => shop.stop());

/** All that a sale is computed from, changed in the store of a register that is not running. */
function changeEverything(data: string): void {
  const store = unwrap(openStore(join(data, 'store.db'), { clock: systemClock, random: systemRandom }));
  const ids = (table: RecordName): Id[] => store.db.all(`SELECT id FROM ${table}`).map((row) => idFromBytes(bytesOf(row['id'])));
  unwrap(
    commit(store, { kind: 'test', user: null }, (draft) => {
      for (const id of ids('product')) draft.patch('product', id, { name: 'Renamed', price_minor: 9_990, price_includes_tax: false });
      for (const id of ids('tax_rate')) draft.patch('tax_rate', id, { rate_ppm: 330_000 });
      for (const id of ids('payment_method')) draft.patch('payment_method', id, { rounding_step_minor: 10, rounding_scope: 'whole' });
      return ok(null);
    }),
  );
  closeStore(store);
}

test(
  '[P5] [FIELD 8] prices, taxes and rounding changed elsewhere before a sale arrives: it is everywhere what the customer paid',
  { timeout: 120_000 },
  async () => {
    await settle(shop);
    await till(shop, 0).stop();
    const sold = [await sellSome(till(shop, 1), 1), await sellSome(till(shop, 1), 3), await sellSome(till(shop, 1), 6)];
    const paid: Answer<'getSale'>[] = [];
    for (const { uuid } of sold) paid.push(await till(shop, 1).call('getSale', { params: { uuid } }));
    await till(shop, 1).stop();
    changeEverything(folder(shop, 0));
    await shop.restart(0);
    await shop.restart(1);
    await settle(shop);
    for (const at of [0, 1])
      for (const receipt of paid) assert.deepEqual(await till(shop, at).call('getSale', { params: { uuid: receipt.uuid } }), receipt);
    const later = await sellSome(till(shop, 1), 1);
    const [line] = (await till(shop, 1).call('getSale', { params: { uuid: later.uuid } })).lines;
    assert.deepEqual([line?.name, line?.unitPriceMinor, line?.taxRatePpm], ['Renamed', 9_990, 330_000]);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, noted([...sold, later])), []);
  },
);

test(
  '[fault 27] a user switched off while a register is apart: what was sold under that name stays, the log-in ends when it hears of it',
  { timeout: 120_000 },
  async () => {
    const { rows: roles } = await till(shop, 0).call('listRoles');
    const role = present(
      roles.find(({ builtIn }) => builtIn === 'cashier'),
      'a cashier',
    );
    const sam = await till(shop, 0).call('addUser', { body: { name: 'Sam', pin: '4711', role: role.id } });
    await settle(shop);
    await till(shop, 1).stop();
    await till(shop, 0).call('editUser', { params: { id: sam.id }, body: { active: false } });
    await till(shop, 0).stop();
    await shop.restart(1);
    const call = await logInAt(till(shop, 1), '4711');
    const sold = await sellSome({ call }, 2);
    await shop.restart(0);
    await settle(shop);
    await assert.rejects(call('getCart'), /login\.needed/);
    await assert.rejects(logInAt(till(shop, 1), '4711'), /login\.wrong-pin/);
    for (const at of [0, 1]) assert.equal((await till(shop, at).call('getSale', { params: { uuid: sold.uuid } })).user, 'Sam');
    assert.deepEqual(await checkShop(shop, noted([sold])), []);
  },
);

test(
  '[P2] [P6] [fault 10] 2,000 sales on each of two registers apart (10,000 with `npm run chaos`): all arrive, both go on selling meanwhile, and progress is shown',
  { timeout: 300_000 },
  async (t) => {
    const { said, wrong } = await runApart(2_000);
    t.diagnostic(said);
    assert.deepEqual(wrong, []);
  },
);

test(
  '[fault 26] a cart that a register had open when it died is taken from it, once nobody reaches that one, and not before',
  { timeout: 120_000 },
  async () => {
    const [master, slave] = [till(shop, 0), till(shop, 1)];
    const { rows } = await slave.call('listProducts', { query: { limit: 1 } });
    const put = await slave.call('addLine', { body: { product: present(rows[0], 'a product').id } });
    await slave.call('holdCart', { body: { name: 'Table 4' } });
    await settle(shop);
    const waiting = async (): Promise<Answer<'listHeldCarts'>['rows'][number]> =>
      present((await master.call('listHeldCarts')).rows[0], 'the held cart');
    const { id } = await waiting();
    await slave.call('recallCart', { params: { id }, body: {} });
    await eventually('the master sees who has it, and hears of it', async () => (await waiting()).takenBy?.reachable === true);
    const take = (fromUnreachable: boolean): Promise<Answer<'recallCart'>> =>
      master.call('recallCart', { params: { id }, body: { fromUnreachable } });
    await assert.rejects(take(true), refusedWith('held.taken'));
    await slave.kill();
    await assert.rejects(take(true), refusedWith('held.taken'), 'it was heard of a moment ago');
    await eventually('it is not heard of any more', async () => (await waiting()).takenBy?.reachable === false, 20_000);
    await assert.rejects(take(false), refusedWith('held.taken'), 'nobody said that it may be taken');
    assert.equal((await take(true)).totalMinor, put.totalMinor);
  },
);
