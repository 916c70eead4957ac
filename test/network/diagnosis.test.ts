/**
 * Every cause of the published troubleshooting, made for real between hosts on a LAN of their own: `aurapos doctor` on the slave names it, and
 * so does the connection test of a new register's wizard. Real processes, real PostgreSQL, real nftables.
 */
import assert from 'node:assert/strict';
import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Answer } from '../../src/protocol/api/routes.ts';
import { makeLan, type Host } from '../support/namespaces.ts';
import { clusterFolder } from '../support/shop-of-tills.ts';
import { eventually } from '../support/shop-of-many.ts';
import { temporaryFolder } from '../support/shop.ts';
import { PROGRAM } from '../support/program.ts';

const [MASTER_AT, SLAVE_AT, NEW_AT] = ['10.79.0.1', '10.79.0.2', '10.79.0.3'] as const;
const ONE_IN = 6;
const ATTEMPT_MS = 7_000;
const STALLED_MS = 1_000;

interface Doctor {
  readonly code: number | null;
  readonly running: boolean;
  readonly link: { readonly samples: readonly (number | null)[] } | null;
  of(id: string): Answer<'diagnose'>['checks'][number] | undefined;
}

function doctor(host: Host, data: string, ...args: readonly string[]): Doctor {
  const command = ['netns', 'exec', host.namespace, process.execPath, '--disable-warning=ExperimentalWarning', PROGRAM];
  const { stdout, stderr, status } = spawnSync('ip', [...command, 'doctor', '--json', '--data', data, ...args], { encoding: 'utf8' });
  assert.ok(stdout.startsWith('{'), stdout + stderr);
  const said = JSON.parse(stdout) as Answer<'diagnose'> & Pick<Doctor, 'link' | 'running'>;
  return { code: status, running: said.running, link: said.link, of: (id) => said.checks.find((check) => check.id === id) };
}

/** What the wizard of the fresh register that runs on this host is told of an address: 'ok', 'slow', or the refusal. */
function wizard(host: Host, address: string): string {
  const ask = `fetch('http://127.0.0.1:7312/api/setup/test', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ host: '${address}' }) })`;
  const answer = JSON.parse(host.run(process.execPath, '-e', `${ask}.then((r) => r.text()).then(console.log)`)) as {
    readonly error?: { readonly code: string };
    readonly link?: string;
  };
  return answer.error?.code ?? (answer.link === 'poor' ? 'slow' : 'ok');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

test(
  '[fault 9, 18] each cause of a refused connection is named right by doctor and by the wizard: firewall, PostgreSQL stopped, address changed, other subnet; and a slow link',
  { timeout: 300_000 },
  async (t) => {
    const lan = makeLan();
    const [master, slave, fresh] = [lan.host('m', MASTER_AT), lan.host('s', SLAVE_AT), lan.host('n', NEW_AT)];
    const folder = temporaryFolder();
    const [one, two, three] = ['R1', 'R2', 'new'].map((name) => join(folder.path, name)) as [string, string, string];
    const children: ChildProcess[] = [];
    const begin = async (host: Host, data: string): Promise<ChildProcess> => {
      const child = await host.start(data);
      children.push(child);
      return child;
    };
    t.after(async () => {
      for (const child of children.toReversed()) await end(child);
      rmSync(await clusterFolder(one), { recursive: true, force: true });
      folder.remove();
      lan.remove();
    });
    const online = (host: Host, data: string): boolean => host.aurapos<Answer<'getStatus'>>('status', '--data', data).state === 'online';
    master.aurapos('setup', '--mode', 'master', '--data', one, '--pin', '482916', '--catalogue', 'demo');
    let atMaster = await begin(master, one);
    await eventually('the master is up', () => online(master, one), 20_000);
    const { code } = master.aurapos<{ code: string }>('pair', '--data', one);
    slave.aurapos('setup', '--mode', 'slave', '--data', two, '--register', 'Stall', '--master', MASTER_AT, '--code', code);
    const atSlave = await begin(slave, two);
    await begin(fresh, three);
    await eventually('the slave is online', () => online(slave, two), 20_000);

    await t.test('all is well: every line says so, the plot has its samples', () => {
      assert.equal(wizard(fresh, MASTER_AT), 'ok');
      const said = doctor(slave, two, '--seconds', '4');
      for (const id of [
        'hub',
        'address',
        'subnet',
        'certificate',
        'clock',
        'version',
        'behind',
        'link',
        'store',
        'disk',
        'fsync',
        'printer',
      ])
        assert.equal(said.of(id)?.level, 'good', `${id}: ${JSON.stringify(said.of(id))}`);
      assert.equal(said.code, 0);
      assert.equal(said.running, true);
      const samples = said.link?.samples ?? [];
      assert.ok(samples.length >= 30 && samples.every((ms) => ms !== null && ms > 0), String(samples));
      const there = doctor(master, one, '--seconds', '1');
      for (const id of ['postgres', 'port', 'firewall', 'address', 'connections', 'certificate', 'clock', 'version', 'behind', 'link'])
        assert.equal(there.of(id)?.level, 'good', `${id}: ${JSON.stringify(there.of(id))}`);
      const { used, allowed } = there.of('connections')?.params ?? {};
      assert.ok(Number(used) >= 3 && Number(allowed) > Number(used), `${used} of ${allowed}`);
    });

    await t.test('slow synchronisation: packets are lost, so use a cable', () => {
      slave.losePackets(ONE_IN);
      const said = doctor(slave, two, '--seconds', '12');
      const lost = slave.keepPackets();
      const link = said.of('link');
      t.diagnostic(`${lost} packets lost: ${JSON.stringify(link?.params)}`);
      assert.ok(link?.finding === 'poor' || link?.finding === 'bad', JSON.stringify(link));
      // Either many come late, or several losses in a row hold up all that is asked after them.
      assert.ok(Number(link.params['lost']) > 3 || Number(link.params['p99']) > STALLED_MS, JSON.stringify(link));
    });

    await t.test('slow synchronisation, in the wizard: said with a warning, and it goes on', async () => {
      fresh.losePackets(2 * ONE_IN);
      // The connection itself may take longer than the test waits.
      await eventually('it says slow', () => wizard(fresh, MASTER_AT) === 'slow', 40_000);
      fresh.keepPackets();
      assert.equal(wizard(fresh, MASTER_AT), 'ok');
    });

    await t.test('hub.firewall: the master is there, and a firewall swallows', () => {
      // As most firewalls are: all that nobody asked for is swallowed.
      const rules =
        'iifname eth0 ct state established,related accept; iifname eth0 udp dport 5353 accept; iifname eth0 meta l4proto { tcp, udp } drop;';
      master.run('nft', `table inet fence { chain input { type filter hook input priority 0; ${rules} }; }`);
      const said = doctor(slave, two, '--seconds', '0');
      assert.equal(said.of('hub')?.refusal?.code, 'hub.firewall', JSON.stringify(said.of('hub')));
      assert.equal(said.code, 1);
      assert.equal(wizard(fresh, MASTER_AT), 'hub.firewall');
      master.run('nft', 'delete table inet fence');
    });

    await t.test('hub.firewall: one that swallows all there is, announcements too', () => {
      master.run('nft', 'table inet fence { chain input { type filter hook input priority 0; iifname eth0 drop; }; }');
      assert.equal(doctor(slave, two, '--seconds', '0').of('hub')?.refusal?.code, 'hub.firewall');
      master.run('nft', 'delete table inet fence');
    });

    await t.test('hub.firewall: one that answers as firewalld does, with "prohibited"', () => {
      const rule = 'iifname eth0 tcp dport 5432 reject with icmpx type admin-prohibited;';
      master.run('nft', `table inet fence { chain input { type filter hook input priority 0; ${rule} }; }`);
      assert.equal(doctor(slave, two, '--seconds', '0').of('hub')?.refusal?.code, 'hub.firewall');
      assert.equal(wizard(fresh, MASTER_AT), 'hub.firewall');
      master.run('nft', 'delete table inet fence');
    });

    await t.test('hub.port-closed: PostgreSQL is stopped', async () => {
      await end(atMaster);
      const said = doctor(slave, two, '--seconds', '0');
      assert.equal(said.of('hub')?.refusal?.code, 'hub.port-closed');
      assert.equal(said.of('behind')?.finding, 'apart');
      assert.equal(wizard(fresh, MASTER_AT), 'hub.port-closed');
      const there = doctor(master, one, '--seconds', '0');
      assert.equal(there.running, false);
      assert.deepEqual([there.of('postgres')?.finding, there.code], ['stopped', 1]);
    });

    await t.test('hub.moved: the master’s address has changed, and it announces itself', async () => {
      // One that runs has found it already; this one is asked before it has.
      await end(atSlave);
      const moved = '10.79.0.77';
      master.setAddress(moved);
      atMaster = await begin(master, one);
      await eventually('the master is up', () => online(master, one), 20_000);
      const said = doctor(slave, two, '--seconds', '0');
      assert.equal(said.of('hub')?.refusal?.code, 'hub.moved', JSON.stringify(said.of('hub')));
      assert.equal(said.of('hub')?.refusal?.params['found'], moved);
      assert.deepEqual(said.of('hub')?.mend, { kind: 'command', command: `aurapos storage address ${moved}` });
      assert.equal(wizard(fresh, MASTER_AT), 'hub.moved');
      assert.equal(doctor(master, one, '--seconds', '0').of('address')?.finding, 'changed');
      // And when the router gave the old address to somebody else, whose port is closed.
      fresh.run('ip', 'addr', 'add', `${MASTER_AT}/24`, 'dev', 'eth0');
      slave.run('ip', 'neigh', 'flush', 'all');
      assert.equal(doctor(slave, two, '--seconds', '0').of('hub')?.refusal?.code, 'hub.moved');
      fresh.run('ip', 'addr', 'del', `${MASTER_AT}/24`, 'dev', 'eth0');
      slave.run('ip', 'neigh', 'flush', 'all');
      // The command that it names mends it.
      slave.aurapos('storage', 'address', moved, '--data', two);
      assert.equal(doctor(slave, two, '--seconds', '0').of('hub')?.level, 'good');
      master.setAddress(MASTER_AT);
      slave.aurapos('storage', 'address', MASTER_AT, '--data', two);
    });

    await t.test('hub.no-answer: nobody is at that address', async () => {
      await end(atMaster);
      master.setLink('down');
      // It answered for its address just now: for some seconds nobody can know.
      await new Promise((resolve) => setTimeout(resolve, ATTEMPT_MS));
      const said = doctor(slave, two, '--seconds', '0');
      assert.equal(said.of('hub')?.refusal?.code, 'hub.no-answer', JSON.stringify(said.of('hub')));
      assert.equal(wizard(fresh, MASTER_AT), 'hub.no-answer');
      master.setLink('up');
    });

    await t.test('hub.other-subnet: the register is in another network', async () => {
      await begin(master, one);
      await eventually('the master is up', () => online(master, one), 20_000);
      slave.setAddress('10.80.0.2');
      fresh.setAddress('10.80.0.3');
      const said = doctor(slave, two, '--seconds', '0');
      assert.equal(said.of('hub')?.refusal?.code, 'hub.other-subnet', JSON.stringify(said.of('hub')));
      assert.deepEqual([said.of('subnet')?.finding, said.of('subnet')?.level], ['other', 'bad']);
      assert.equal(wizard(fresh, MASTER_AT), 'hub.other-subnet');
    });
  },
);
