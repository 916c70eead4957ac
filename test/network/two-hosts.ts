/** Two hosts on a LAN of their own, each with a data folder for its register; everything goes when the test ends. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import type { TestContext } from 'node:test';
import { makeLan, type Host } from '../support/namespaces.ts';
import { clusterFolder } from '../support/shop-of-tills.ts';
import { temporaryFolder } from '../support/shop.ts';

export interface TwoHosts {
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
  const children: ChildProcess[] = [];
  t.after(async () => {
    for (const child of children.toReversed()) await end(child);
    rmSync(await clusterFolder(one), { recursive: true, force: true });
    folder.remove();
    lan.remove();
  });
  return { master: lan.host('m', masterAddress), slave: lan.host('s', slaveAddress), one, two, children };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
