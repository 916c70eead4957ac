/** A bad cable: one packet in five is lost each way, between two hosts on a LAN of their own. Real processes, real PostgreSQL. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { Answer } from '../../src/protocol/api/routes.ts';
import { percentile } from '../bench/figures.ts';
import type { Host } from '../support/namespaces.ts';
import { twoHosts } from './two-hosts.ts';
import { eventually } from '../support/shop-of-many.ts';

const ONE_IN = 5;
const SALES = 60;
/** A commit and the disk's wait; a sale that waited for the network would wait for a packet sent again, 200 ms and more. */
const PAID_WITHIN_MS = 150;

interface Sold {
  readonly label: string;
  readonly payMs: number;
}

/** Runs beside: the other host sells at the same time. */
async function sellAt(host: Host, data: string): Promise<readonly Sold[]> {
  const script = join(import.meta.dirname, 'sell-there.ts');
  const command = ['netns', 'exec', host.namespace, process.execPath, '--disable-warning=ExperimentalWarning', script, data, String(SALES)];
  const { stdout } = await promisify(execFile)('ip', command);
  return JSON.parse(stdout) as Sold[];
}

test(
  '[P2] [P6] [fault 9] one packet in five lost each way: a register finds its hub, both sell and feel nothing of it, all arrives',
  { timeout: 180_000 },
  async (t) => {
    const { master, slave, one, two, children } = twoHosts(t, '10.78.0.1', '10.78.0.2');
    const status = (host: Host, data: string): Answer<'getStatus'> => host.aurapos('status', '--data', data);
    const labels = (host: Host, data: string): string[] =>
      host
        .aurapos<Answer<'listSales'>>('sale', 'list', '--limit', '200', '--data', data)
        .rows.map(({ label }) => label)
        .toSorted();
    master.aurapos('setup', '--mode', 'master', '--data', one, '--pin', '482916', '--catalogue', 'demo');
    children.push(await master.start(one));
    await eventually('the master is up', () => status(master, one).state === 'online', 20_000);
    const { code } = master.aurapos<{ code: string }>('pair', '--data', one);
    slave.aurapos('setup', '--mode', 'slave', '--data', two, '--register', 'Stall', '--master', '10.78.0.1', '--code', code);
    slave.losePackets(ONE_IN);
    children.push(await slave.start(two));
    await eventually('the slave is online', () => status(slave, two).state === 'online', 60_000);

    const sold = (await Promise.all([sellAt(master, one), sellAt(slave, two)])).flat();
    const p95 = percentile(
      sold.map(({ payMs }) => payMs),
      0.95,
    );
    t.diagnostic(`paid within ${Math.round(p95)} ms (p95)`);
    const all = sold.map(({ label }) => label).toSorted();
    const startedMs = performance.now();
    const arrived = (): boolean => labels(master, one).join() === all.join() && labels(slave, two).join() === all.join();
    await eventually('all sales are on both', arrived, 60_000);
    const lost = slave.keepPackets();
    t.diagnostic(`${lost} packets lost; level ${Math.round(performance.now() - startedMs)} ms after the last sale`);
    assert.ok(lost > 50, `${lost} packets were lost`);
    assert.ok(p95 < PAID_WITHIN_MS, `paid within ${p95} ms (p95)`);
    for (const [host, data] of [
      [master, one],
      [slave, two],
    ] as const)
      assert.equal(host.aurapos<{ ok: boolean }>('verify', '--data', data).ok, true);
  },
);
