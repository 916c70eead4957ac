/** Two hosts on a LAN of their own: a link that is cut and mended, and a master whose address changes. Real processes, real PostgreSQL. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { present } from '../../src/base/assert.ts';
import { readSteps, type Step } from '../support/doc-steps.ts';
import type { Host } from '../support/namespaces.ts';
import { clusterFolder, postgresPid } from '../support/shop-of-tills.ts';
import { twoHosts } from './two-hosts.ts';

interface Status {
  readonly state: string;
  readonly sinceMs: number;
  readonly waitingSales: number;
  readonly counts: { readonly sales: number };
  readonly copies: { readonly lacks: number; readonly fuller: { readonly code: string } | null } | null;
  readonly otherMaster: { readonly register: string; readonly host: string } | null;
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
  { timeout: 240_000 },
  async (t) => {
    const { master, slave, one, two, children, another } = twoHosts(t, '10.77.0.1', '10.77.0.2');
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

    const third = another('t', '10.77.0.3');
    const statusOf = (host: Host, data: string): Status => host.aurapos<Status>('status', '--data', data);

    await t.test('[fault 48] the master dies while a register is off: the others tell it on the network that they hold more', async () => {
      const { code: next } = master.aurapos<{ code: string }>('pair', '--data', one);
      third.host.aurapos('setup', '--mode', 'slave', '--data', third.data, '--register', 'Yard', '--master', '10.77.0.9', '--code', next);
      const off = await third.host.start(third.data);
      await waitFor('the third is online', () => online(third.host, third.data), 20_000);
      await end(off);
      for (let at = 0; at < 3; at++) sell(master, one);
      await waitFor('the second has them', () => labels(slave, two).join() === labels(master, one).join(), 10_000);
      const server = postgresPid(await clusterFolder(one));
      const first = present(children[0], 'the master');
      const gone = once(first, 'exit');
      first.kill('SIGKILL');
      process.kill(server, 'SIGKILL');
      await gone;
      children.push(await third.host.start(third.data));
      await waitFor('it is told', () => statusOf(third.host, third.data).copies?.fuller?.code === 'R2', 30_000);
      assert.ok((statusOf(third.host, third.data).copies?.lacks ?? 0) >= 3);
      await waitFor('and the second that nobody holds more', () => statusOf(slave, two).copies?.fuller === null, 30_000);
    });

    await t.test('[fault 20] both take over without the recovery code: each is told of the other, and one joins it by a code', async () => {
      const all = [
        { host: slave, data: two, name: 'Stall' },
        { ...third, name: 'Yard' },
      ];
      for (const { host, data } of all) host.aurapos('storage', 'take-over', '--without-code', '--data', data);
      for (const { host, data, name } of all)
        await waitFor(`told of the other than ${name}`, () => (statusOf(host, data).otherMaster?.register ?? name) !== name, 20_000);
      const { host: address = '' } = statusOf(third.host, third.data).otherMaster ?? {};
      assert.equal(address, '10.77.0.2');
      // As docs/when-the-master-dies.md has it.
      const [stays, joins] = readSteps('when-the-master-dies.md').filter(({ on }) => on === 'stays' || on === 'joins');
      const { code: last } = slave.aurapos<{ code: string }>(...wordsOf(stays), '--data', two);
      third.host.aurapos(...wordsOf(joins).map((word) => ({ '192.168.1.11': address, CODE: last })[word] ?? word), '--data', third.data);
      await waitFor('they are together', () => online(third.host, third.data), 20_000);
      await waitFor('one history', () => labels(slave, two).join() === labels(third.host, third.data).join(), 10_000);
      for (const { host, data } of all) await waitFor('nobody else is one', () => statusOf(host, data).otherMaster === null, 10_000);
    });

    await t.test('every store is in order', () => {
      for (const [host, data] of [
        [master, one],
        [slave, two],
        [third.host, third.data],
      ] as const)
        assert.equal(host.aurapos<{ ok: boolean }>('verify', '--data', data).ok, true);
    });
  },
);

/** Of `bin/aurapos ...`, what comes after it. */
const wordsOf = (step: Step | undefined): string[] => present(step, 'a step').command.split(' ').slice(1);

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
}
