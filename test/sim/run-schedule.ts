/** One schedule: a shop, people at its registers, faults by a seed, then peace until all is level, then the checker. */
import { SUPERUSER } from '../../src/hub/cluster-conf.ts';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { present } from '../../src/base/assert.ts';
import { unwrap } from '../../src/base/result.ts';
import { listMembers } from '../../src/hub/members.ts';
import { knownChains } from '../../src/store/chains.ts';
import { firstPush } from '../../src/sync/first-push.ts';
import { check } from './checker.ts';
import { Dice } from './dice.ts';
import type { Machine } from './machine.ts';
import { makeStores, REGISTERS } from './shop-image.ts';
import { SimHub, simulatedDisks } from './sim-hub.ts';
import { START_MS } from './virtual-time.ts';
import type { PlantedBug } from './planted-bug.ts';
import { workAt } from './workload.ts';
import { World, type WorldFigures } from './world.ts';

export interface Outcome {
  readonly seed: number;
  readonly wrong: readonly string[];
  readonly traceHash: string;
  readonly virtualMs: number;
  readonly events: number;
  readonly figures: WorldFigures & { readonly cuts: number; readonly cutsBeforeAnswer: number; readonly forks: number };
}

export interface Stage {
  readonly hub: SimHub;
  readonly folder: string;
  readonly images: readonly string[];
  close(): Promise<void>;
}

const ROLES = ['r1', 'r2', 'r3'];
/** Once healed, everything must be level within this virtual time. */
const LEVEL_WITHIN_MS = 90_000;

/** The hub and the disks that all schedules begin with: three registers, level. */
export async function setStage(): Promise<Stage> {
  // Simulated disks in memory where there is room for them: what a power cut takes is decided here, not by the machine's disk.
  const path = mkdtempSync(join(simulatedDisks(), 'aurapos-sim-'));
  const hub = await SimHub.make(ROLES);
  const fresh = await makeStores(path);
  const world = new World(hub, 0, path);
  for (const [at, name] of REGISTERS.entries()) await world.addMachine(name, present(ROLES[at], 'a role'), present(fresh[at], 'an image'));
  await untilLevel(world);
  await hub.save('image');
  const images = world.machines.map((machine) => machine.copyTo(`level-${machine.name}`));
  await world.stop();
  return {
    hub,
    folder: path,
    images,
    close: async () => {
      await hub.close();
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** A shop as it is at the start of every schedule, in a folder of its own. */
export async function openWorld(stage: Stage, seed: number): Promise<{ world: World; close(): Promise<void> }> {
  const folder = join(stage.folder, `seed-${seed}`);
  mkdirSync(folder, { recursive: true });
  await stage.hub.putBack('image');
  const world = new World(stage.hub, seed, folder);
  for (const [at, name] of REGISTERS.entries())
    await world.addMachine(name, present(ROLES[at], 'a role'), present(stage.images[at], 'an image'));
  return {
    world,
    close: async () => {
      await world.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** True when level within the limit. */
export async function untilLevel(world: World, withinMs = LEVEL_WITHIN_MS): Promise<boolean> {
  const until = world.time.nowMs + withinMs;
  while (world.time.nowMs < until) {
    await world.time.runUntil(world.time.nowMs + 700);
    if (await world.isLevel()) return true;
  }
  return false;
}

export async function heal(world: World): Promise<void> {
  world.network.unruly = false;
  world.network.hubDown = false;
  world.network.cutAfterPush.clear();
  for (const machine of world.machines) {
    world.network.mend(machine.name);
    machine.armed = null;
    machine.clockErrorMs = 0;
    await world.restart(machine);
  }
}

export async function runSchedule(
  stage: Stage,
  seed: number,
  options: { readonly bug?: PlantedBug; readonly log?: (line: string) => void } = {},
): Promise<Outcome> {
  const { world, close } = await openWorld(stage, seed);
  const bug = options.bug ?? null;
  world.log = options.log ?? null;
  try {
    world.network.unruly = true;
    if (bug === 'cursor-skips') skipNow(world, new Dice(seed, 9));
    const forMs = world.dice.between(6_000, 16_000);
    const untilMs = START_MS + forMs;
    for (const [at, machine] of world.machines.entries()) workAt(world, machine, new Dice(seed, 3, at), untilMs, bug);
    planFaults(world, forMs, bug);
    await world.time.runUntil(untilMs);
    await heal(world);
    const level = await untilLevel(world);
    const wrong = level ? [] : [`not level within ${LEVEL_WITHIN_MS / 1000} s: ${await describe(world)}`];
    wrong.push(...(await check(world, seed % 10 === 0)));
    const forks = await world.hub.query(SUPERUSER, 'select chain from hub.chain where forked');
    const { cuts, cutsBeforeAnswer } = world.network.figures;
    return {
      seed,
      wrong,
      traceHash: world.traceHash(),
      virtualMs: world.time.nowMs - START_MS,
      events: world.time.events,
      figures: { ...world.figures, cuts, cutsBeforeAnswer, forks: forks.length },
    };
  } finally {
    await close();
  }
}

async function describe(world: World): Promise<string> {
  const [hub] = await world.hub.query<Record<string, unknown>>(
    SUPERUSER,
    'select h.position, p.position as projected, (select count(*)::int from hub.offered) as offered from hub.head h, hub.projection p',
  );
  const machines = world.machines.map(
    ({ name, program }) => `${name} ${program?.sync?.status().state ?? 'dead'} ${program?.sync?.status().problem?.code ?? ''}`,
  );
  return `${JSON.stringify(hub)} ${machines.join(', ')}`;
}

/** A pull that moves the cursor without applying: now and then a row arrives whose body is not its own, and is passed over. */
function skipNow(world: World, dice: Dice): void {
  world.network.spoil = (text, rows) =>
    text.includes('hub.pull(') ? rows.map((row) => (dice.chance(0.3) ? { ...(row as object), body: Buffer.of(1, 2) } : row)) : rows;
}

// ---- faults

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

function planFaults(world: World, forMs: number, bug: PlantedBug | null): void {
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
  try {
    if (program === null) throw new Error('it is down');
    const hub = unwrap(await world.network.connect({ name: 'loopback', isDead: () => program.dead }, SUPERUSER));
    await firstPush(program.store, hub, { onPushed: () => {} });
    const roles = new Map((await listMembers(hub.link)).map(({ register, role }) => [register, role]));
    for (const { chain, register } of knownChains(program.store.db)) {
      const role = roles.get(register);
      if (role !== undefined) await hub.assignChain(chain, role);
    }
    world.trace(`${machine.name} filled the hub`);
  } catch (error) {
    // It crashed over it: as every restart does, the next one begins again.
    world.trace(`${machine.name} fills the hub again: ${error instanceof Error ? error.name : ''}`);
    world.time.after(FILL_AGAIN_MS, () => void fillHub(world, machine));
  }
}

const FILL_AGAIN_MS = 500;
