/** The master is gone: another register takes the shop over. Real processes, a real PostgreSQL 18, real kill -9. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { checkShop, openShop, settle, type ShopOfTills } from '../support/shop-of-tills.ts';
import { eventually } from '../support/shop-of-many.ts';
import { cashMethod, freePort, sell, waitForJob, type Till } from '../support/till.ts';

async function sellOn(till: Till | undefined, count: number, acknowledged: Map<string, string>): Promise<void> {
  assert.ok(till);
  const products = (await till.call('listProducts', { query: { limit: 10 } })).rows.map(({ id }) => id);
  const cash = await cashMethod(till);
  for (let at = 0; at < count; at++) {
    const sold = await sell(till, products.slice(0, 2), cash);
    acknowledged.set(sold.uuid.replaceAll('-', ''), sold.label);
  }
}

async function shopOfThree(t: TestContext): Promise<ShopOfTills> {
  const shop = await openShop(2);
  t.after(() => shop.stop());
  return shop;
}

/** The shop as its new master sees it: the others, the new master first. */
function without(shop: ShopOfTills, gone: number, first: number, hubPort: number): ShopOfTills {
  const order = [first, ...shop.tills.keys().filter((at) => at !== gone && at !== first)];
  const pick = <T>(list: readonly T[]): T[] => order.flatMap((at) => list[at] ?? []);
  return { ...shop, hubPort, folders: pick(shop.folders), tills: pick(shop.tills) };
}

test(
  '[P1] [P3] [fault 19] the master is killed and gone: a slave takes over with the recovery code, the other follows by its address, nothing is lost',
  { timeout: 180_000 },
  async (t) => {
    const shop = await shopOfThree(t);
    const [master, second, third] = shop.tills;
    assert.ok(master && second && third);
    const acknowledged = new Map<string, string>();
    for (const till of shop.tills) await sellOn(till, 3, acknowledged);
    await settle(shop);
    await shop.destroyMaster();
    // Both sell while there is no master.
    await sellOn(second, 2, acknowledged);
    await sellOn(third, 2, acknowledged);
    const hubPort = await freePort();
    await assert.rejects(
      second
        .call('takeOver', { body: { recoveryCode: 'AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA', hubPort } })
        .then(({ job }) => waitForJob(second, job)),
      /recovery\.wrong-code/,
    );
    const { job } = await second.call('takeOver', { body: { recoveryCode: shop.recoveryCode, hubPort } });
    await waitForJob(second, job);
    assert.equal((await second.call('getState')).mode, 'master');
    await third.call('setMasterAddress', { body: { host: '127.0.0.1', port: hubPort } });
    const now = without(shop, 0, 1, hubPort);
    await settle(now);
    await sellOn(third, 1, acknowledged);
    await settle(now);
    assert.deepEqual(await checkShop(now, acknowledged), []);
    const { rows } = await third.call('listRegisters');
    assert.deepEqual(
      rows.map(({ code, isMaster }) => `${code} ${isMaster}`),
      ['R1 false', 'R2 true', 'R3 false'],
    );
  },
);

test(
  '[P3] a planned hand-over: the master lives, the others hear of the new one by themselves, the old one joins it by one tap',
  { timeout: 180_000 },
  async (t) => {
    const shop = await shopOfThree(t);
    const [master, second, third] = shop.tills;
    assert.ok(master && second && third);
    const acknowledged = new Map<string, string>();
    for (const till of shop.tills) await sellOn(till, 2, acknowledged);
    await settle(shop);
    const hubPort = await freePort();
    const { job } = await second.call('takeOver', { body: { recoveryCode: shop.recoveryCode, hubPort } });
    await waitForJob(second, job);
    await eventually('the old master knows', async () => (await master.call('getStatus')).problem?.code === 'master.replaced', 10_000);
    await sellOn(master, 2, acknowledged);
    await master.call('joinNewMaster');
    await eventually('it is a slave', async () => (await master.call('getState')).mode === 'slave', 5_000);
    const now: ShopOfTills = { ...shop, hubPort, folders: [1, 0, 2].map((at) => shop.folders[at] ?? ''), tills: [second, master, third] };
    await settle(now);
    await sellOn(third, 1, acknowledged);
    await settle(now);
    assert.deepEqual(await checkShop(now, acknowledged), []);
  },
);

test(
  '[P3] [fault 20] two registers take over at once, both sell; the dead master returns: one holds, the others join it, nothing is lost or doubled',
  { timeout: 240_000 },
  async (t) => {
    const shop = await shopOfThree(t);
    const [, second, third] = shop.tills;
    assert.ok(second && third);
    const acknowledged = new Map<string, string>();
    for (const till of shop.tills) await sellOn(till, 2, acknowledged);
    await settle(shop);
    await shop.killMaster(0);
    const ports = [await freePort(), await freePort()];
    const jobs = await Promise.all(
      [second, third].map((till, at) =>
        till.call('takeOver', { body: { recoveryCode: shop.recoveryCode, hubPort: ports[at] ?? 0 } }).then(({ job }) => waitForJob(till, job)),
      ),
    );
    assert.deepEqual(
      jobs.map(({ state }) => state),
      ['done', 'done'],
    );
    for (const till of [second, third]) await sellOn(till, 3, acknowledged);
    await shop.restart(0);
    const first = shop.tills[0];
    assert.ok(first);
    await sellOn(first, 1, acknowledged);
    // Each hears of the other where the shop's word, or the network, says that it is.
    const isReplaced = async (till: Till): Promise<boolean> => (await till.call('getStatus')).problem?.code === 'master.replaced';
    await eventually('all but one are replaced', async () => (await Promise.all(shop.tills.map(isReplaced))).filter(Boolean).length === 2, 30_000);
    const replaced = await Promise.all(shop.tills.map(isReplaced));
    assert.ok(replaced[0], 'the old master does not hold');
    for (const [at, till] of shop.tills.entries()) if (replaced[at] === true) await till.call('joinNewMaster');
    const holder = replaced.indexOf(false);
    const order = [holder, ...[0, 1, 2].filter((at) => at !== holder)];
    const now = {
      ...shop,
      hubPort: ports[holder - 1] ?? 0,
      folders: order.map((at) => shop.folders[at] ?? ''),
      tills: order.flatMap((at) => shop.tills[at] ?? []),
    };
    await settle(now);
    for (const till of now.tills) await sellOn(till, 1, acknowledged);
    await settle(now);
    assert.deepEqual(await checkShop(now, acknowledged), []);
  },
);
