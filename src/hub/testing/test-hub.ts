/** A real hub in a folder of its own, for *.pg.test.ts; one a test file, because a start takes about two seconds. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { makeId } from '../../base/id.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { unwrap, type Result } from '../../base/result.ts';
import { stopCluster } from '../cluster.ts';
import { SHOP_DATABASE } from '../cluster-conf.ts';
import { makeHubClient, makeHubMasterClient, type HubClient, type HubMasterClient } from '../hub-client.ts';
import { ensureMember } from '../members.ts';
import { registerPassword } from '../sealed-box.ts';
import { connectHub, type HubAddress } from '../pg-link.ts';
import { setUpHub, type Hub, type SetUpOptions } from '../set-up-hub.ts';
import { freePort } from '../../../test/support/free-port.ts';

export const tools = { clock: systemClock, random: systemRandom };

export interface TestHub {
  readonly hub: Hub;
  readonly options: SetUpOptions;
  /** As the superuser, in the shop's database. */
  master(): Promise<HubMasterClient>;
  /** Makes a register's role and connects as it. */
  register(): Promise<HubClient>;
  registerAddress(): Promise<HubAddress>;
  end(): Promise<void>;
}

export async function testOptions(changed: Partial<SetUpOptions> = {}): Promise<SetUpOptions> {
  const folder = changed.folder ?? (await mkdtemp(path.join(os.tmpdir(), 'aurapos-hub-')));
  // mkdtemp closes it to others, and the server's user must pass.
  await chmod(folder, 0o711);
  return {
    folder,
    shop: { id: '01890000-0000-7000-8000-00000000000a', name: 'Test shop' },
    port: await freePort(),
    listen: '127.0.0.1',
    registers: 10,
    memoryBytes: 1024 ** 3,
    version: '0.1.0',
    frontDoorOpen: true,
    incarnation: { number: 1, id: '01890000-0000-7000-8000-0000000000aa' },
    open: true,
    ...tools,
    log: silentLog,
    onStep: () => undefined,
    ...changed,
  };
}

export async function startTestHub(changed: Partial<SetUpOptions> = {}): Promise<TestHub> {
  const options = await testOptions(changed);
  const hub = unwrap(await setUpHub(options));
  const open: { close(): Promise<void> }[] = [];

  async function link(address: HubAddress) {
    const connected = unwrap(await connectHub(address, tools));
    open.push(connected);
    return connected;
  }

  async function registerAddress(): Promise<HubAddress> {
    const master = await link(await hub.address(SHOP_DATABASE));
    const [register, pairing] = [makeId(systemClock, systemRandom), makeId(systemClock, systemRandom)];
    const { role } = await ensureMember(master, hub.keys.secret, { register, pairing }, systemRandom);
    return { ...(await hub.address(SHOP_DATABASE)), user: role, password: registerPassword(hub.keys.secret, pairing) };
  }

  return {
    hub,
    options,
    registerAddress,
    master: async () => makeHubMasterClient(await link(await hub.address(SHOP_DATABASE))),
    register: async () => makeHubClient(await link(await registerAddress())),
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
