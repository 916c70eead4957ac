/** Two hosts on a LAN of their own: a link that is cut and mended, and a master whose address changes. Real processes, real PostgreSQL. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Host } from '../support/namespaces.ts';
import { twoHosts } from './two-hosts.ts';

interface Status {
  readonly state: string;
  readonly sinceMs: number;
  readonly waitingSales: number;
  readonly counts: { readonly sales: number };
}
interface Sales {
  readonly rows: readonly { readonly label: string; readonly uuid: string }[];
}

const BREAD = '2000000000015';

async function waitFor(what: string, holds: () => boolean, timeoutMs: number): Promise<number> {
  const startedMs = performance.now();
  while (!holds()) {
    if (performance.now() - startedMs > timeoutMs) assert.fail(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return performance.now() - startedMs;
}

test(
  '[P2] [fault 9, 18] [FIELD 4, 11] a link cut and mended, then a master whose address changes: found again, nothing lost',
  { timeout: 180_000 },
  async (t) => {
    const { master, slave, one, two, children } = twoHosts(t, '10.77.0.1', '10.77.0.2');
    master.aurapos('setup', '--mode', 'master', '--data', one, '--pin', '482916', '--catalogue', 'demo');
    children.push(await master.start(one));
    const online = (host: Host, data: string): boolean => host.aurapos<Status>('status', '--data', data).state === 'online';
    await waitFor('the master is up', () => online(master, one), 20_000);
    const { code } = master.aurapos<{ code: string }>('pair', '--data', one);
    slave.aurapos('setup', '--mode', 'slave', '--data', two, '--register', 'Stall', '--master', '10.77.0.1', '--code', code);
    children.push(await slave.start(two));
    await waitFor('the slave is online', () => online(slave, two), 20_000);
    const sell = (host: Host, data: string): string => host.aurapos<{ label: string }>('sell', '--barcode', BREAD, '--data', data).label;
    const labels = (host: Host, data: string): string[] =>
      host
        .aurapos<Sales>('sale', 'list', '--limit', '200', '--data', data)
        .rows.map(({ label }) => label)
        .sort();

    await t.test('the published test works from another host', () => {
      const said = slave.run(
        'env',
        'PGPASSWORD=7312',
        'psql',
        '-h',
        '10.77.0.1',
        '-p',
        '5432',
        '-U',
        'aurapos',
        '-d',
        'aurapos',
        '-Atc',
        'select shop from hello()',
      );
      assert.equal(said.trim(), 'My shop');
    });

    await t.test('cut: noticed, and both go on selling', async () => {
      const cutMs = Date.now();
      slave.setLink('down');
      await waitFor('the cut is noticed', () => !online(slave, two), 6_000);
      const { sinceMs } = slave.aurapos<Status>('status', '--data', two);
      t.diagnostic(`noticed after ${sinceMs - cutMs} ms`);
      for (let at = 0; at < 5; at++) sell(slave, two);
      for (let at = 0; at < 3; at++) sell(master, one);
      assert.equal(slave.aurapos<Status>('status', '--data', two).waitingSales, 5);
    });

    await t.test('mended: everything comes together by itself', async () => {
      slave.setLink('up');
      const mendedMs = Date.now();
      await waitFor('the slave is back', () => online(slave, two), 10_000);
      const { sinceMs } = slave.aurapos<Status>('status', '--data', two);
      t.diagnostic(`back after ${sinceMs - mendedMs} ms`);
      await waitFor('both histories are equal', () => labels(slave, two).join() === labels(master, one).join(), 10_000);
      assert.equal(labels(master, one).length, 8);
    });

    await t.test('the master’s address changes: found again without a hand', async () => {
      master.setAddress('10.77.0.9');
      await waitFor('the old address is gone', () => !online(slave, two), 8_000);
      sell(slave, two);
      const foundMs = await waitFor('the slave found the master', () => online(slave, two), 30_000);
      t.diagnostic(`found after ${Math.round(foundMs)} ms`);
      await waitFor('both histories are equal', () => labels(slave, two).join() === labels(master, one).join(), 10_000);
    });

    await t.test('an address by hand: kept when the shop’s own master answers there, else refused', () => {
      assert.throws(() => slave.aurapos('storage', 'address', '10.77.0.77', '--data', two), /hub\.no-answer/);
      slave.aurapos('storage', 'address', '10.77.0.9', '--data', two);
      assert.ok(online(slave, two));
    });

    await t.test('every store is in order', () => {
      for (const [host, data] of [
        [master, one],
        [slave, two],
      ] as const)
        assert.equal(host.aurapos<{ ok: boolean }>('verify', '--data', data).ok, true);
    });
  },
);
