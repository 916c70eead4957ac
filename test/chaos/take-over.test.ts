/** The master is gone: another register takes the shop over. Real processes, a real PostgreSQL 18, real kill -9. */
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { makeHistory } from '../bench/register.ts';
import { checkShop, clusterFolder, openShop, settle, type ShopOfTills } from '../support/shop-of-tills.ts';
import { eventually } from '../support/shop-of-many.ts';
import { joinTill, sellTimes, startTill, waitForJob, type Till } from '../support/till.ts';
import { freePort } from '../support/free-port.ts';

/** One shop of three registers whose main register changes from test to test; only the last of these leaves it with two. */
let shop: ShopOfTills;
let recoveryCode = '';
const acknowledged = new Map<string, string>();
before(async () => {
  shop = await openShop(2);
  ({ recoveryCode } = shop);
});
after(() => shop.stop());

const sellOn = (till: Till | undefined, count: number, noted = acknowledged): Promise<string[]> => sellTimes(till, count, noted);

test(
  '[P7] new keys while the shop sells: who is online follows, who was off pairs again and keeps all, the old recovery code opens nothing',
  { timeout: 240_000 },
  async () => {
    const [master, second, third] = shop.tills;
    assert.ok(master && second && third);
    for (const till of shop.tills) await sellOn(till, 2);
    await settle(shop);
    assert.deepEqual(await master.call('showRecoveryCode'), { code: shop.recoveryCode });
    assert.equal((await master.call('getStatus')).recoveryUnprinted, true);
    await assert.rejects(master.call('recoveryCodePrinted', { body: { code: 'AAAA' } }), /recovery\.wrong-code/);
    await master.call('recoveryCodePrinted', { body: { code: shop.recoveryCode } });
    assert.deepEqual(await master.call('showRecoveryCode'), { code: null });
    await third.stop();

    const { recoveryCode: renewed } = await waitForJob(master, (await master.call('renewKeys')).job);
    assert.ok(renewed !== null && renewed !== shop.recoveryCode);
    const two = { hubPort: shop.hubPort, folders: shop.folders.slice(0, 2), tills: shop.tills.slice(0, 2) };
    for (const till of two.tills) await sellOn(till, 1);
    await settle(two);

    await shop.restart(2);
    const off = shop.tills[2];
    assert.ok(off);
    await sellOn(off, 1);
    await eventually('it is told', async () => (await off.call('getStatus')).problem?.code === 'hub.not-trusted', 10_000);
    const { code } = await master.call('startPairing');
    await waitForJob(off, (await off.call('joinAgain', { body: { host: '127.0.0.1', port: shop.hubPort, code } })).job);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, acknowledged), []);

    const hubPort = await freePort();
    const old = await second.call('takeOver', { body: { recoveryCode: shop.recoveryCode, hubPort } });
    await assert.rejects(waitForJob(second, old.job), /recovery\.wrong-code/);
    const { code: another } = await master.call('renewRecoveryCode');
    for (const right of [another, renewed]) assert.notEqual(right, shop.recoveryCode);
    recoveryCode = another;
    await settle(shop);
  },
);

test(
  '[P3] the master gives its part to another register, and that one has it taken from it: nobody pairs anew, everybody sells all the while',
  { timeout: 240_000 },
  async () => {
    const [first, second, third] = shop.tills;
    assert.ok(first && second && third);
    for (const till of shop.tills) await sellOn(till, 2);
    await settle(shop);
    const { rows } = await first.call('listRegisters');
    const secondId = rows.find(({ code }) => code === 'R2')?.id ?? '';
    await assert.rejects(second.call('handOver', { body: { register: secondId } }), /mode\.not-master/);

    // Given: one call on the master, and no hand anywhere else.
    const hubPort = await freePort();
    await first.call('handOver', { body: { register: secondId, hubPort } });
    const modes = async (): Promise<string> =>
      (await Promise.all(shop.tills.map((till) => till.call('getState')))).map(({ mode }) => mode).join();
    for (const till of shop.tills) await sellOn(till, 1);
    await eventually('the second is the master', async () => (await modes()) === 'slave,master,slave', 60_000);
    const before = shop.hubPort;
    shop.reorder([1, 0, 2], hubPort);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, acknowledged), []);

    // Taken: with the recovery code, while the master lives. It learns of it, and joins by one tap.
    const { job } = await first.call('takeOver', { body: { recoveryCode, hubPort: before } });
    await waitForJob(first, job);
    await eventually('the master knows', async () => (await second.call('getStatus')).problem?.code === 'master.replaced', 10_000);
    await sellOn(second, 2);
    await second.call('joinNewMaster');
    shop.reorder([1, 0, 2], before);
    await settle(shop);
    for (const till of shop.tills) await sellOn(till, 1);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, acknowledged), []);
  },
);

test(
  '[P3] [fault 20] two registers take over at once, both sell; the dead master returns: one holds, the others join it, nothing is lost or doubled',
  { timeout: 240_000 },
  async () => {
    const [, second, third] = shop.tills;
    assert.ok(second && third);
    for (const till of shop.tills) await sellOn(till, 2);
    await settle(shop);
    await shop.killMaster(0);
    const ports = [await freePort(), await freePort()];
    const jobs = await Promise.all(
      [second, third].map((till, at) =>
        till.call('takeOver', { body: { recoveryCode, hubPort: ports[at] ?? 0 } }).then(({ job }) => waitForJob(till, job)),
      ),
    );
    assert.deepEqual(
      jobs.map(({ state }) => state),
      ['done', 'done'],
    );
    for (const till of [second, third]) await sellOn(till, 3);
    await shop.restart(0);
    const first = shop.tills[0];
    assert.ok(first);
    await sellOn(first, 1);
    // Each hears of the other where the shop's word, or the network, says that it is.
    const isReplaced = async (till: Till): Promise<boolean> => (await till.call('getStatus')).problem?.code === 'master.replaced';
    await eventually(
      'all but one are replaced',
      async () => (await Promise.all(shop.tills.map(isReplaced))).filter(Boolean).length === 2,
      30_000,
    );
    const replaced = await Promise.all(shop.tills.map(isReplaced));
    assert.ok(replaced[0], 'the old master does not hold');
    for (const [at, till] of shop.tills.entries()) if (replaced[at] === true) await till.call('joinNewMaster');
    const holder = replaced.indexOf(false);
    const order = [holder, ...[0, 1, 2].filter((at) => at !== holder)];
    shop.reorder(order, ports[holder - 1] ?? 0);
    await settle(shop);
    for (const till of shop.tills) await sellOn(till, 1);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, acknowledged), []);
  },
);

test(
  '[P3] [fault 20] the old master returns while the new one is off: whoever knows better tells it, and all come together when the new one is back',
  { timeout: 180_000 },
  async () => {
    const [, second, third] = shop.tills;
    assert.ok(second && third);
    for (const till of shop.tills) await sellOn(till, 1);
    await settle(shop);
    await shop.killMaster(0);
    const hubPort = await freePort();
    await waitForJob(second, (await second.call('takeOver', { body: { recoveryCode, hubPort } })).job);
    await third.call('setMasterAddress', { body: { host: '127.0.0.1', port: hubPort } });
    await settle({ hubPort, folders: shop.folders.slice(1), tills: shop.tills.slice(1) });
    await second.stop();
    // Somebody typed the old address: what answers there is not the shop's database any more.
    await shop.restart(0);
    const first = shop.tills[0];
    assert.ok(first);
    await sellOn(first, 1);
    await eventually(
      'it can be reached',
      () =>
        third.call('setMasterAddress', { body: { host: '127.0.0.1', port: shop.hubPort } }).then(
          () => true,
          () => false,
        ),
      20_000,
    );
    await eventually('it is told', async () => (await third.call('getStatus')).problem?.code === 'hub.replaced', 10_000);
    await eventually('so is the old master', async () => (await first.call('getStatus')).problem?.code === 'master.replaced', 10_000);
    await shop.restart(1);
    await first.call('joinNewMaster');
    shop.reorder([1, 0, 2], hubPort);
    await third.call('setMasterAddress', { body: { host: '127.0.0.1', port: hubPort } }).catch(() => undefined);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, acknowledged), []);
  },
);

test(
  '[P1] [P3] [fault 19] the master is killed and gone: a slave takes over with the recovery code, the other follows by its address, nothing is lost',
  { timeout: 180_000 },
  async () => {
    const [, second, third] = shop.tills;
    assert.ok(second && third);
    for (const till of shop.tills) await sellOn(till, 3);
    await settle(shop);
    await shop.destroyMaster();
    // Both sell while there is no master.
    await sellOn(second, 2);
    await sellOn(third, 2);
    const hubPort = await freePort();
    await assert.rejects(
      second
        .call('takeOver', { body: { recoveryCode: 'AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA', hubPort } })
        .then(({ job }) => waitForJob(second, job)),
      /recovery\.wrong-code/,
    );
    const { job } = await second.call('takeOver', { body: { recoveryCode, hubPort } });
    await waitForJob(second, job);
    assert.equal((await second.call('getState')).mode, 'master');
    await third.call('setMasterAddress', { body: { host: '127.0.0.1', port: hubPort } });
    shop.reorder([1, 2], hubPort);
    await settle(shop);
    await sellOn(third, 1);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, acknowledged), []);
    const mine = (await second.call('listRegisters')).rows.find(({ isThis }) => isThis)?.code;
    const { rows } = await third.call('listRegisters');
    assert.deepEqual(
      rows.map(({ code, isMaster }) => `${code} ${isMaster}`),
      ['R1', 'R2', 'R3'].map((code) => `${code} ${code === mine}`),
    );
  },
);

test(
  '[P3] [P4] [fault 19] [fault 20] no recovery code, and two take over at once: each has new keys and lets somebody in; one joins the other by a code, all come together, no number is there twice',
  { timeout: 240_000 },
  async (t) => {
    const shop = await openShop(2);
    t.after(() => shop.stop());
    const [, second, third] = shop.tills;
    assert.ok(second && third);
    const acknowledged = new Map<string, string>();
    for (const till of shop.tills) await sellOn(till, 2, acknowledged);
    await settle(shop);
    await shop.destroyMaster();
    await sellOn(third, 2, acknowledged);
    const masters = [
      { till: second, port: await freePort() },
      { till: third, port: await freePort() },
    ] as const;
    const codes = await Promise.all(
      masters.map(async ({ till, port }) => {
        const { job } = await till.call('takeOver', { body: { recoveryCode: null, hubPort: port } });
        return (await waitForJob(till, job)).recoveryCode;
      }),
    );
    assert.equal(new Set([shop.recoveryCode, null, ...codes]).size, 4, 'each shows a new code');
    // Neither knows of the other: both let in an R4.
    const added: Till[] = [];
    for (const [at, { till, port }] of masters.entries()) added.push(await addTill(t, shop, `N${at}`, till, port));
    const series = new Set(
      (await Promise.all(added.map((till) => sellOn(till, 2, acknowledged)))).flat().map((label) => label.slice(0, -7)),
    );
    assert.equal(series.size, 2, [...series].join());
    for (const label of series) assert.match(label, /^R4-[0-9a-z]{4}$/);
    for (const { till } of masters) await sellOn(till, 2, acknowledged);

    const [{ port: hubPort }, { port: otherPort }] = masters;
    const join = async (till: Till | undefined, code: string): Promise<unknown> => {
      assert.ok(till);
      return waitForJob(till, (await till.call('joinAgain', { body: { host: '127.0.0.1', port: hubPort, code } })).job);
    };
    // A wrong code costs a main register nothing: it goes on serving the others.
    await second.call('startPairing');
    await assert.rejects(join(third, 'AAAA-AAAA-AAAA'), /pairing\.wrong-code/);
    const apart = [2, 4];
    await sellOn(added[1], 1, acknowledged);
    await settle({ hubPort: otherPort, folders: pick(shop.folders, apart), tills: pick(shop.tills, apart) });
    // The keys of one prove nothing to the other's registers.
    const [, late] = added;
    assert.ok(late);
    await assert.rejects(late.call('setMasterAddress', { body: { host: '127.0.0.1', port: hubPort } }), /hub\.not-trusted/);
    for (const till of [third, late]) await join(till, (await second.call('startPairing')).code);
    assert.equal((await third.call('getState')).mode, 'slave');
    assert.ok(!existsSync(resolve(shop.folders[2] ?? '', 'hub', 'keys')), 'it has no keys of the shop any more');
    shop.reorder([1, 2, 3, 4], hubPort);
    await settle(shop);
    for (const till of shop.tills) await sellOn(till, 1, acknowledged);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, acknowledged), []);
    const { rows } = await third.call('listRegisters');
    assert.deepEqual(rows.map((row) => `${row.code} ${row.name} ${row.isMaster}`).toSorted(), [
      'R1 Front till false',
      'R2 Till 2 true',
      'R3 Till 3 false',
      'R4 N0 false',
      'R4 N1 false',
    ]);
    // Somebody else's shop is no place for it.
    const stranger = await openShop(0);
    t.after(() => stranger.stop());
    const { code: strangeCode } = (await stranger.tills[0]?.call('startPairing')) ?? { code: '' };
    const joining = await third.call('joinAgain', { body: { host: '127.0.0.1', port: stranger.hubPort, code: strangeCode } });
    await assert.rejects(waitForJob(third, joining.job), /pairing\.other-shop/);
    await settle(shop);
  },
);

const pick = <T>(list: readonly T[], ats: readonly number[]): T[] => ats.flatMap((at) => list[at] ?? []);

test(
  '[P3] [fault 48] a register that is not yet a full copy takes over, and does not know one that was paired last: all is offered, that one pairs again',
  { timeout: 240_000 },
  async (t) => {
    const shop = await openShop(1);
    t.after(() => shop.stop());
    const [master, second] = shop.tills;
    assert.ok(master && second);
    const acknowledged = new Map<string, string>();
    await sellOn(master, 1, acknowledged);
    await settle(shop);
    // History that a new register takes a while to read.
    await master.stop();
    makeHistory(shop.folders[0] ?? '', HISTORY);
    await shop.restart(0);
    await settle(shop);
    const third = await addTill(t, shop, 'R3');
    await assert.rejects(third.call('toSingle'), /storage\.not-full-copy/);
    await third.kill();
    const fourth = await addTill(t, shop, 'R4');
    await sellOn(fourth, 1, acknowledged);
    await shop.destroyMaster();
    await sellOn(second, 2, acknowledged);
    shop.tills[2] = await startTill(shop.folders[2] ?? '');
    const [, , taker] = shop.tills;
    assert.ok(taker);
    assert.equal((await taker.call('getStatus')).fullCopy, false, 'it takes over before it has read all');
    const hubPort = await freePort();
    await waitForJob(taker, (await taker.call('takeOver', { body: { recoveryCode: shop.recoveryCode, hubPort } })).job);
    await second.call('setMasterAddress', { body: { host: '127.0.0.1', port: hubPort } });
    await assert.rejects(fourth.call('setMasterAddress', { body: { host: '127.0.0.1', port: hubPort } }), /pairing\.not-known/);
    const { code } = await taker.call('startPairing');
    await waitForJob(fourth, (await fourth.call('joinAgain', { body: { host: '127.0.0.1', port: hubPort, code } })).job);
    shop.reorder([2, 1, 3], hubPort);
    await settle(shop, 120_000);
    for (const till of shop.tills) await sellOn(till, 1, acknowledged);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, acknowledged), []);
  },
);

const HISTORY = 1_500;

/** Another register of the shop, paired with its master. */
async function addTill(t: TestContext, shop: ShopOfTills, name: string, master = shop.tills[0], hubPort = shop.hubPort): Promise<Till> {
  const [first = ''] = shop.folders;
  const folder = resolve(dirname(first), name);
  const till = await startTill(folder);
  assert.ok(master);
  await joinTill(till, master, '127.0.0.1', hubPort, name);
  const at = shop.folders.push(folder) - 1;
  shop.tills[at] = till;
  const cluster = await clusterFolder(folder);
  t.after(() => rmSync(cluster, { recursive: true, force: true }));
  return till;
}
