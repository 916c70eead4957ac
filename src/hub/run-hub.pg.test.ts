/** The hub through deaths: of the program, of PostgreSQL, of set-up at any moment. Real processes, real kill -9. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { unwrap } from '../base/result.ts';
import { runningServer, startCluster, stopCluster } from './cluster.ts';
import { SHOP_DATABASE } from './cluster-conf.ts';
import type { HubMasterClient } from './hub-client.ts';
import { connectHub } from './pg-link.ts';
import { runHub, type RunningHub } from './run-hub.ts';
import { setUpHub, type SetUpOptions } from './set-up-hub.ts';
import { makeTestChain } from './testing/test-chain.ts';
import { refusalCode, testOptions, tools } from './testing/test-hub.ts';
import { freePort } from '../../test/support/free-port.ts';

const SCRIPT = fileURLToPath(new URL('./testing/hub-process.ts', import.meta.url));

function startProcess(options: SetUpOptions): { child: ChildProcess; said: (line: string) => Promise<void> } {
  const child = spawn(process.execPath, [SCRIPT, options.folder, String(options.port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  assert.ok(child.stdout);
  const lines = createInterface({ input: child.stdout });
  return {
    child,
    said: (wanted) =>
      new Promise((resolve, reject) => {
        lines.on('line', (line) => line === wanted && resolve());
        child.once('exit', () => reject(new Error(`ended before ${wanted}`)));
      }),
  };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

async function master(hub: RunningHub): Promise<HubMasterClient> {
  return unwrap(await hub.connectMaster());
}

async function until(what: () => boolean | Promise<boolean>, limitMs: number): Promise<number> {
  const start = performance.now();
  while (!(await what())) {
    assert.ok(performance.now() - start < limitMs, 'took too long');
    await tools.clock.sleep(50);
  }
  return performance.now() - start;
}

async function end(hub: RunningHub, options: SetUpOptions): Promise<void> {
  await hub.stop({ server: 'stop' });
  await rm(options.folder, { recursive: true, force: true });
}

test('[fault 7] the program killed with -9 leaves PostgreSQL running, and the next start adopts it', async (t) => {
  const options = await testOptions();
  const { child, said } = startProcess(options);
  await said('running');
  await kill(child);
  const hub = unwrap(await runHub(options));
  // Who runs it last ends it: a server that one stops while the other guards it would be started anew.
  let guard = hub;
  t.after(() => end(guard, options));
  const server = await runningServer(hub.hub.cluster);
  assert.ok(server);
  const client = await master(hub);
  await client.admit(makeTestChain(1).next(2), []);
  await client.close();
  await hub.stop({ server: 'leave' });
  const steps: string[] = [];
  const again = unwrap(await runHub({ ...options, onStep: (p) => p.state === 'done' && steps.push(p.detail) }));
  guard = again;
  assert.ok(steps.some((detail) => detail.startsWith('adopted')));
  assert.equal((await runningServer(again.hub.cluster))?.pid, server.pid);
});

test('[fault 7] PostgreSQL killed with -9 is back in seconds, with everything it had accepted, and its watchdog with it', async (t) => {
  const options = await testOptions();
  const hub = unwrap(await runHub(options));
  t.after(() => end(hub, options));
  const client = await master(hub);
  await client.admit(makeTestChain(2).next(3), []);
  const server = await runningServer(hub.hub.cluster);
  assert.ok(server);
  const lost = new Promise<void>((resolve) => client.link.onLost(() => resolve()));
  process.kill(server.pid, 'SIGKILL');
  await lost;
  await until(() => {
    const state = hub.state();
    return state.state === 'up' && state.pid !== server.pid;
  }, 15_000);
  const again = await master(hub);
  assert.equal((await again.greet()).position, 3);
  const state = hub.state();
  assert.ok(state.state === 'up' && state.restarts === 1);
  await until(
    async () => (await again.link.query(`select 1 from pg_stat_activity where application_name = 'aurapos watchdog'`)).length === 2,
    5_000,
  );
  await again.close();
});

test('[fault 30] set-up killed at any moment starts again and ends once', async (t) => {
  const options = await testOptions();
  const moments: readonly (readonly [line: string, afterMs: number])[] = [
    ['postgres done', 0],
    ['keys running', 2],
    ['keys done', 0],
    ['cluster running', 100],
    ['cluster running', 500],
    ['cluster done', 0],
    ['start running', 30],
    ['start done', 0],
    ['databases running', 20],
    ['functions running', 15],
    ['projection running', 15],
    ['front-door running', 15],
  ];
  const codes = new Set<string>();
  for (const [line, afterMs] of moments) {
    const { child, said } = startProcess(options);
    await said(line).catch(() => undefined);
    await tools.clock.sleep(afterMs);
    await kill(child);
    if (existsSync(path.join(options.folder, 'keys', 'shop-id')))
      codes.add(await readFile(path.join(options.folder, 'keys', 'recovery-code'), 'utf8'));
  }
  const hub = unwrap(await runHub(options));
  t.after(() => end(hub, options));
  codes.add(hub.hub.keys.recoveryCode ?? '');
  assert.equal(codes.size, 1, 'the code that was shown stays the one');
  const client = await master(hub);
  const [verdict] = await client.admit(makeTestChain(3).next(1), []);
  assert.equal(verdict?.verdict, 'accepted');
  assert.equal((await client.greet()).shopName, 'Test shop');
  await client.close();
  assert.deepEqual(
    (await readdir(hub.hub.folder.cluster)).filter((name) => name.startsWith('attempt-')),
    [],
  );
});

test('a port that another program holds is named', async (t) => {
  const options = await testOptions();
  const other = createServer();
  other.listen(options.port, '127.0.0.1');
  await once(other, 'listening');
  assert.equal(refusalCode(await setUpHub(options)), 'hub.port-taken');
  // On every address PostgreSQL comes up with those that are left: whoever asks this machine would meet the other program.
  assert.equal(refusalCode(await setUpHub({ ...options, listen: '*' })), 'hub.port-taken');
  assert.equal(await runningServer({ folder: path.join(options.folder, 'cluster') }), null);
  other.close();
  const moved = { ...options, port: await freePort() };
  const hub = unwrap(await setUpHub(moved));
  t.after(async () => {
    await stopCluster(hub.cluster);
    await rm(options.folder, { recursive: true, force: true });
  });
  // Moved once more while it runs.
  const again = unwrap(await setUpHub({ ...moved, port: await freePort() }));
  assert.notEqual((await runningServer(again.cluster))?.port, hub.cluster.settings.port);
});

/** Of PostgreSQL's log, written after the last checkpoint: a few hundred MB are replayed in a second or more. */
const ROWS_TO_REPLAY = 200_000;
const TRIES = 2_000;

test('hub.starting while PostgreSQL replays its log, hub.postgres-failed when it cannot start', async (t) => {
  const options = await testOptions();
  const hub = unwrap(await setUpHub(options));
  t.after(async () => {
    await stopCluster(hub.cluster);
    await rm(options.folder, { recursive: true, force: true });
  });
  const address = await hub.address(SHOP_DATABASE);
  const link = unwrap(await connectHub(address, tools));
  await link.run('create table ballast (text text)');
  for (let part = 0; part < 10; part++)
    await link.query('insert into ballast select repeat($1, 100) from generate_series(1, $2::int)', ['x', ROWS_TO_REPLAY]);
  const server = await runningServer(hub.cluster);
  assert.ok(server);
  process.kill(server.pid, 'SIGKILL');
  await until(async () => (await runningServer(hub.cluster)) === null, 10_000);

  const codes = new Set<string>();
  const started = startCluster(hub.cluster, tools.clock);
  for (let tries = 0; tries < TRIES && !codes.has('ok'); tries++) {
    const tried = await connectHub(address, tools);
    if (tried.ok) await tried.value.close();
    codes.add(refusalCode(tried));
    await tools.clock.sleep(10);
  }
  unwrap(await started);
  assert.ok(codes.has('hub.starting') && codes.has('ok'), [...codes].join(', '));

  await stopCluster(hub.cluster);
  await writeFile(path.join(hub.cluster.folder, 'data', 'global', 'pg_control'), Buffer.alloc(8_192));
  const failed = await startCluster(hub.cluster, tools.clock);
  assert.equal(refusalCode(failed), 'hub.postgres-failed');
  assert.match(failed.ok ? '' : String(failed.refusal.params['detail']), /incompatible with server/);
});
