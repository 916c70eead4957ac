/** The disk under a register, full to the last byte: real processes on small disks of their own, which the test fills. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../../src/base/assert.ts';
import type { Answer } from '../../src/protocol/api/routes.ts';
import { aurapos } from '../e2e/aurapos-command.ts';
import { temporaryFolder } from '../support/shop.ts';
import { eventually } from '../support/shop-of-many.ts';
import { putOnSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { cashMethod, refusedWith, sell, setUpTill, startTill } from '../support/till.ts';
import { openShop, settle } from '../support/shop-of-tills.ts';

const MIB = 1024 * 1024;

test('[fault 13] disk.full, disk.no-new-sale: warned early, the open sale is finished in the reserve, then none begins until there is room', async (t) => {
  const data = temporaryFolder();
  const disk = putOnSmallDisk(data.path, 400 * MIB);
  let small = await startTill(data.path);
  t.after(async () => {
    await small.stop();
    disk.unmount();
    data.remove();
  });
  await setUpTill(small, 'single', { catalogue: 'demo' });
  const { rows } = await small.call('listProducts', { query: { limit: 1 } });
  const product = present(rows[0], 'a product').id;
  const level = async (): Promise<string> => (await small.call('getStatus')).disk.level;
  const pay = async ({ id, totalMinor }: Answer<'getCart'>): Promise<Answer<'pay'>> => {
    const tenders = [{ method: await cashMethod(small), amountMinor: Math.ceil(totalMinor / 5) * 5 }];
    return small.call('pay', { body: { cart: id, totalMinor, tenders } });
  };
  assert.equal(await level(), 'enough');
  disk.fill(100 * MIB);
  const { level: warned, freeBytes } = (await small.call('getStatus')).disk;
  assert.equal(warned, 'low');
  assert.ok(freeBytes > 90 * MIB && freeBytes < 120 * MIB, `${freeBytes} bytes are left`);
  await sell(small, [product], await cashMethod(small));

  let cart = await small.call('addLine', { body: { product } });
  disk.fill();
  // What was written and given back before may still have room for a few.
  for (let line = 0; line < 2_000 && (await level()) !== 'full'; line++) cart = await small.call('addLine', { body: { product } });
  const { problem } = await small.call('getStatus');
  assert.equal(problem?.code, 'disk.no-new-sale');
  // The freed reserve is there for the open sale: it grows, and is paid.
  cart = await small.call('addLine', { body: { product } });
  assert.equal((await pay(cart)).label, 'R1-000002');
  await assert.rejects(small.call('addLine', { body: { product } }), refusedWith('disk.no-new-sale'));
  await small.kill();
  small = await startTill(data.path);
  assert.equal(await level(), 'full');
  await assert.rejects(small.call('addLine', { body: { product } }), refusedWith('disk.no-new-sale'));

  // Without even that room a sale is refused whole, before money is taken.
  disk.makeRoom();
  await eventually('there is a reserve again', async () => (await level()) === 'enough', 10_000);
  cart = await small.call('addLine', { body: { product } });
  disk.fill();
  for (let line = 0; line < 2_000 && (await level()) !== 'full'; line++) cart = await small.call('addLine', { body: { product } });
  disk.fill();
  await assert.rejects(pay(cart), refusedWith('disk.full'));
  disk.makeRoom();
  assert.equal((await pay(await small.call('getCart'))).label, 'R1-000003');
  assert.equal(((await aurapos(data.path, 'verify')) as { ok: boolean }).ok, true);
});

test('[fault 13] a slave whose own disk fills while it takes changes in says so, finishes its sale, sends it, and catches up once there is room', async (t) => {
  const shop = await openShop(1);
  const folder = shop.folders[1] ?? '';
  let disk: SmallDisk | undefined;
  t.after(async () => {
    for (const till of shop.tills) await till.stop();
    disk?.unmount();
    await shop.stop();
  });
  await settle(shop);
  await shop.tills[1]?.stop();
  disk = putOnSmallDisk(folder, 96 * MIB);
  await shop.restart(1);
  await settle(shop);
  const [master, slave] = [present(shop.tills[0], 'the master'), present(shop.tills[1], 'the slave')];
  const [product] = (await master.call('listProducts', { query: { limit: 1 } })).rows;
  const cash = await cashMethod(master);
  const open = await slave.call('addLine', { body: { product: present(product, 'a product').id } });
  disk.fill();
  const said = async (): Promise<string> => {
    const { state, problem, disk: own } = await slave.call('getStatus');
    return `${state}: ${problem?.code ?? 'nothing'}, ${own.level}`;
  };
  for (let sold = 0; sold < 400 && (await said()) !== 'apart: disk.full, low'; sold++)
    await sell(master, [present(product, 'a product').id], cash);
  assert.equal(await said(), 'apart: disk.full, low');
  const tenders = [{ method: cash, amountMinor: Math.ceil(open.totalMinor / 5) * 5 }];
  assert.equal((await slave.call('pay', { body: { cart: open.id, totalMinor: open.totalMinor, tenders } })).label, 'R2-000001');
  await assert.rejects(sell(slave, [present(product, 'a product').id], cash), refusedWith('disk.no-new-sale'));
  assert.equal(await said(), 'apart: disk.no-new-sale, full');
  await eventually(
    'its sale leaves the full disk, and is in the master’s history',
    async () => (await master.call('listSales', { query: { limit: 5 } })).rows.some(({ label }) => label === 'R2-000001'),
    10_000,
  );
  disk.makeRoom();
  await settle(shop);
  assert.match(await said(), /^online: nothing/);
});
