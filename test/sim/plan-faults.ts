/**
 * What befalls a simulated shop, by its seed: links cut, programs killed, power lost, clocks set wrong, hubs that die, are put back or replaced,
 * disks cloned, put back or lost and restored from a backup, standbys promoted.
 *
 * A standby here is the hub's tables as of a moment: asynchronous, a little before the primary died; synchronous, as of the last commit
 * that anybody heard of, with or without the one that nobody did. The WAL between two servers, its timelines, and how a client finds the one
 * that writes are not simulated: test/chaos/standby.test.ts has them, with two real servers.
 */
import { equalBytes } from '../../src/base/bytes.ts';
import { unwrap } from '../../src/base/result.ts';
import { SUPERUSER } from '../../src/hub/cluster-conf.ts';
import { listMembers } from '../../src/hub/members.ts';
import { endWaiting } from '../../src/store/restored.ts';
import { knownChains } from '../../src/store/chains.ts';
import { firstPush } from '../../src/sync/first-push.ts';
import { backUp, restore, type Restore } from './backups.ts';
import { Dice } from './dice.ts';
import { CrashError, type Machine } from './machine.ts';
import type { PlantedBug } from './planted-bug.ts';
import { workAt } from './workload.ts';
import type { World } from './world.ts';

type Fault =
  | 'cut'
  | 'kill'
  | 'power'
  | 'before-commit'
  | 'after-commit'
  | 'cut-after-push'
  | 'hub-crash'
  | 'hub-put-back'
  | 'take-over'
  | 'clone'
  | 'put-back'
  | 'clock';

const COMMON: readonly Fault[] = [
  'cut',
  'cut',
  'cut',
  'kill',
  'power',
  'before-commit',
  'after-commit',
  'cut-after-push',
  'cut-after-push',
  'hub-crash',
  'clock',
];
const RARE: readonly Fault[] = ['hub-put-back', 'clone', 'put-back'];
const TAKE_OVERS = 0.2;
const RESTORES = 0.15;
const STANDBYS = 0.15;

export function planFaults(world: World, forMs: number, bug: PlantedBug | null): void {
  const { dice, time } = world;
  const count = Math.floor(dice.between(2, 9));
  for (let at = 0; at < count; at++) {
    const fault = dice.pick(COMMON);
    time.after(dice.between(0, forMs), () => strike(world, fault, dice.pick(world.machines)));
  }
  if (bug === null && dice.chance(0.45)) {
    const fault = dice.pick(RARE);
    const savedMs = dice.between(0, forMs * 0.6);
    const machine = dice.pick(world.machines);
    let copy = '';
    time.after(savedMs, async () => {
      if (fault === 'hub-put-back') await world.hub.save('older');
      else copy = machine.copyTo(`older-${machine.name}`);
    });
    time.after(dice.between(savedMs + 1_000, forMs + 500), () => strikeRarely(world, fault, machine, copy));
  }
  // Dice of their own: the schedules of the seeds before there were take-overs stay what they were.
  const fate = new Dice(world.seed, 22);
  if (bug === null && fate.chance(TAKE_OVERS))
    time.after(fate.between(0, forMs), () => strikeRarely(world, 'take-over', fate.pick(world.machines), ''));
  // And these likewise: numbers by which no seed that once failed is struck.
  planRestore(world, forMs, bug, new Dice(world.seed, 27));
  planStandby(world, forMs, bug, new Dice(world.seed, 29));
}

async function strike(world: World, fault: Fault, machine: Machine): Promise<void> {
  const { dice, time, network } = world;
  world.trace(`${fault} ${machine.name}`);
  switch (fault) {
    case 'cut':
      network.cut(machine.name);
      time.after(dice.between(100, 6_000), () => network.mend(machine.name));
      return;
    case 'kill':
    case 'power':
      crash(world, machine, fault);
      return;
    case 'before-commit':
    case 'after-commit':
      machine.armed = fault;
      time.after(dice.between(500, 4_000), () => world.restart(machine));
      world.figures.crashes++;
      return;
    case 'cut-after-push':
      network.cutAfterPush.add(machine.name);
      return;
    case 'hub-crash':
      world.figures.hubCrashes++;
      network.hubDown = true;
      network.cutAll();
      time.after(dice.between(200, 3_000), () => {
        network.hubDown = false;
      });
      return;
    case 'clock':
      machine.clockErrorMs = dice.pick([-86_400_000, 86_400_000, 3_600_000, -3_600_000, 365 * 86_400_000, 5_000]);
      return;
    default:
      await Promise.reject(new Error(`${fault} strikes rarely`));
  }
}

function crash(world: World, machine: Machine, how: 'kill' | 'power'): void {
  if (machine.program === null) return;
  world.figures.crashes++;
  machine.crash(how);
  world.time.after(world.dice.between(200, 3_000), () => world.restart(machine));
}

async function strikeRarely(world: World, fault: Fault, machine: Machine, copy: string): Promise<void> {
  const { network, figures, dice } = world;
  world.trace(`${fault} ${machine.name}`);
  if (fault === 'hub-put-back') {
    figures.hubPutBacks++;
    network.cutAll();
    await world.noteLoss('hub', () => world.hub.putBack('older'));
  } else if (fault === 'take-over') {
    figures.takeOvers++;
    network.cutAll();
    await world.noteLoss('hub', () => world.hub.putBack('empty'));
    void fillHub(world, machine);
  } else if (fault === 'put-back') {
    figures.putBacks++;
    machine.crash('kill');
    await world.noteLoss(machine, () => machine.putBack(copy));
    await machine.boot();
  } else {
    figures.clones++;
    const clone = await world.addMachine(`${machine.name}x`, machine.input.role, copy);
    workAt(world, clone, new Dice(world.seed, 4), world.time.nowMs + dice.between(500, 4_000), null);
  }
}

/** The master is gone with its hub: an empty one is filled by the first push out of this machine's store, while the others come and go. */
async function fillHub(world: World, machine: Machine): Promise<void> {
  const { program } = machine;
  let over = false;
  const again = (why: string): void => {
    if (over) return;
    over = true;
    world.trace(`${machine.name} fills the hub again: ${why}`);
    world.time.after(FILL_AGAIN_MS, () => void fillHub(world, machine));
  };
  // It crashed over it: as every restart does, the next one begins again. Nothing answers a program that is dead.
  const watch = (): void => {
    if (program?.dead === true) again('it died');
    else if (!over) world.time.after(FILL_AGAIN_MS, watch);
  };
  try {
    if (program === null) throw new Error('it is down');
    watch();
    const hub = unwrap(await world.network.connect({ name: 'loopback', isDead: () => program.dead }, SUPERUSER));
    await firstPush(program.store, hub, { onPushed: () => {} });
    const roles = new Map((await listMembers(hub.link)).map(({ register, role }) => [register, role]));
    for (const { chain, register } of knownChains(program.store.db)) {
      const role = roles.get(register);
      if (role !== undefined) await hub.assignChain(chain, role);
    }
    over = true;
    world.trace(`${machine.name} filled the hub`);
  } catch (error) {
    again(error instanceof Error ? error.name : '');
  }
}

const FILL_AGAIN_MS = 500;

// ---- backups

/** One or two backups of a register, then its disk is lost, or there and no longer trusted. */
function planRestore(world: World, forMs: number, bug: PlantedBug | null, fate: Dice): void {
  const isWanted = fate.chance(RESTORES);
  if (bug === null ? !isWanted : bug !== 'restored-sells-early') return;
  const { time } = world;
  const machine = fate.pick(world.machines);
  machine.impatient = bug === 'restored-sells-early';
  const firstMs = fate.between(0, forMs * 0.5);
  const againMs = fate.chance(0.6) ? fate.between(firstMs, forMs * 0.8) : firstMs;
  time.after(firstMs, () => backUp(world, machine));
  if (againMs > firstMs) time.after(againMs, () => backUp(world, machine));
  const how: Restore = { which: fate.chance(0.75) ? 'newest' : 'oldest', disk: fate.chance(0.7) ? 'lost' : 'there' };
  const patienceMs = fate.chance(0.3) ? fate.between(0, 3_000) : Infinity;
  time.after(fate.between(againMs + 500, forMs + 500), async () => {
    world.trace(`restore ${machine.name}`);
    if ((await restore(world, machine, how)) && patienceMs < Infinity) time.after(patienceMs, () => goOnWithout(world, machine));
  });
}

/** A person sells on, whatever the shop may have that is not here. */
function goOnWithout(world: World, { program, name }: Machine): void {
  if (program === null) return;
  world.trace(`${name} goes on without`);
  try {
    endWaiting(program.store);
  } catch (error) {
    if (!(error instanceof CrashError)) throw error;
  }
}

// ---- standbys

function planStandby(world: World, forMs: number, bug: PlantedBug | null, fate: Dice): void {
  const isWanted = fate.chance(STANDBYS);
  if (bug === null ? !isWanted : bug !== 'standby-lags') return;
  const { time, hub } = world;
  const atMs = fate.between(500, forMs);
  const isSynchronous = fate.chance(0.5);
  const lagMs = fate.between(5, 500);
  if (bug === 'standby-lags' || !isSynchronous) {
    let stoodBy = -1;
    time.after(atMs - lagMs, async () => {
      stoodBy = world.hubNumber;
      await hub.save('standby');
    });
    time.after(bug === null ? atMs : atMs + 3_000, async () => {
      // Another took the place of the primary meanwhile: this one stood by for nobody.
      if (stoodBy === world.hubNumber)
        await promote(world, fate, bug === null ? 'asynchronous' : 'synchronous', () => hub.putBack('standby'));
    });
    return;
  }
  const hasIt = fate.chance(0.5);
  time.after(atMs, () => dieOverPush(world, fate, hasIt));
}

/** A synchronous standby takes over while a push is under way. Nobody was told of that one: it may have reached the standby or not. */
export function dieOverPush(world: World, fate: Dice, hasIt: boolean): void {
  const { hub, network } = world;
  network.diesOverPush = async (push) => {
    await hub.save('standby');
    await push();
    await promote(world, fate, 'synchronous', () => (hasIt ? Promise.resolve() : hub.putBack('standby')));
  };
}

/** The primary is gone; its links break, and find the standby once it writes. */
export async function promote(world: World, fate: Dice, kind: 'asynchronous' | 'synchronous', become: () => Promise<void>): Promise<void> {
  const { network, hub } = world;
  const { answered } = network;
  world.figures.standbys++;
  world.trace(`${kind} standby promoted`);
  network.cutAll();
  network.hubDown = true;
  world.time.after(fate.between(100, 2_500), () => {
    network.hubDown = false;
  });
  await world.noteLoss('hub', async () => {
    await become();
    // A standby has no rows of unlogged tables.
    await hub.query(SUPERUSER, 'delete from hub.presence');
  });
  if (kind === 'asynchronous' || answered === null) return;
  const [row] = await hub.query<{ running_hash: Uint8Array }>(SUPERUSER, 'select running_hash from hub.feed where position = $1::bigint', [
    answered.position,
  ]);
  if (row === undefined || !equalBytes(row.running_hash, answered.running))
    world.wrong.push('a synchronous standby lacks what a register was told is there');
}
