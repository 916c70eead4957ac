/** Two hosts on a LAN of their own, each with a data folder for its register; everything goes when the test ends. */
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import type { TestContext } from 'node:test';
import { makeLan, type Host } from '../support/namespaces.ts';
import { clusterFolder } from '../support/shop-of-tills.ts';
import { temporaryFolder } from '../support/shop.ts';

export interface TwoHosts {
  /** Another one on the same LAN, and its data folder. */
  another(name: string, address: string): { readonly host: Host; readonly data: string };
  readonly master: Host;
  readonly slave: Host;
  readonly one: string;
  readonly two: string;
  /** Registers started, to be ended. */
  readonly children: ChildProcess[];
}

export function twoHosts(t: TestContext, masterAddress: string, slaveAddress: string): TwoHosts {
  const lan = makeLan();
  const folder = temporaryFolder();
  const [one, two] = [join(folder.path, 'R1'), join(folder.path, 'R2')];
  const folders = [one, two];
  const children: ChildProcess[] = [];
  t.after(async () => {
    for (const child of children.toReversed()) if (child.exitCode === null && child.signalCode === null) await end(child);
    for (const data of folders.filter((data) => existsSync(data))) rmSync(await clusterFolder(data), { recursive: true, force: true });
    folder.remove();
    lan.remove();
  });
  return {
    another: (name, address) => {
      const data = join(folder.path, name);
      folders.push(data);
      return { host: lan.host(name, address), data };
    },
    master: lan.host('m', masterAddress),
    slave: lan.host('s', slaveAddress),
    one,
    two,
    children,
  };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
