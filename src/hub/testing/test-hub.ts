/** A real hub in a folder of its own, for *.pg.test.ts; one a test file, because a start takes about two seconds. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { unwrap, type Result } from '../../base/result.ts';
import { stopCluster } from '../cluster.ts';
import { REGISTER_SCRAM_ITERATIONS, SHOP_DATABASE } from '../cluster-conf.ts';
import { makeHubClient, makeHubMasterClient, type HubClient, type HubMasterClient } from '../hub-client.ts';
import { connectHub, type HubAddress } from '../pg-link.ts';
import { setUpHub, type Hub, type SetUpOptions } from '../set-up-hub.ts';

export const tools = { clock: systemClock, random: systemRandom };

export interface TestHub {
  readonly hub: Hub;
  readonly options: SetUpOptions;
  /** As the superuser, in the shop's database. */
  master(): Promise<HubMasterClient>;
  /** Makes a register's role and connects as it. */
  register(name: string): Promise<HubClient>;
  registerAddress(name: string): Promise<HubAddress>;
  end(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function testOptions(changed: Partial<SetUpOptions> = {}): Promise<SetUpOptions> {
  return {
    folder: await mkdtemp(path.join(os.tmpdir(), 'aurapos-hub-')),
    shop: { id: '01890000-0000-7000-8000-00000000000a', name: 'Test shop' },
    port: await freePort(),
    listen: '127.0.0.1',
    registers: 10,
    memoryBytes: 1024 ** 3,
    incarnationNumber: 1,
    ...tools,
    log: silentLog,
    onStep: () => undefined,
    ...changed,
  };
}

export async function openFolder(folder: string): Promise<void> {
  // mkdtemp closes it to others, and the server's user must pass.
  const { chmod } = await import('node:fs/promises');
  await chmod(folder, 0o711);
}

export async function startTestHub(changed: Partial<SetUpOptions> = {}): Promise<TestHub> {
  const options = await testOptions(changed);
  await openFolder(options.folder);
  const hub = unwrap(await setUpHub(options));
  const open: { close(): Promise<void> }[] = [];

  async function link(address: HubAddress) {
    const connected = unwrap(await connectHub(address, tools));
    open.push(connected);
    return connected;
  }

  async function registerAddress(name: string): Promise<HubAddress> {
    const master = await link(await hub.address(SHOP_DATABASE));
    const role = `aurapos_r_${name}`;
    await master.run(`create role ${role} login password 'secret-of-${name}' in role aurapos_register`);
    return { ...(await hub.address(SHOP_DATABASE)), user: role, password: `secret-of-${name}`, iterations: REGISTER_SCRAM_ITERATIONS };
  }

  return {
    hub,
    options,
    registerAddress,
    master: async () => makeHubMasterClient(await link(await hub.address(SHOP_DATABASE))),
    register: async (name) => makeHubClient(await link(await registerAddress(name))),
    async end() {
      for (const connection of open) await connection.close();
      await stopCluster(hub.cluster);
      await rm(options.folder, { recursive: true, force: true });
    },
  };
}

export function refusalCode(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.refusal.code;
}
