/** One schedule: a shop, people at its registers, faults by a seed, then peace until all is level, then the checker. */
import { SUPERUSER } from '../../src/hub/cluster-conf.ts';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { present } from '../../src/base/assert.ts';
import { check } from './checker.ts';
import { Dice } from './dice.ts';
import type { Machine } from './machine.ts';
import { planFaults } from './plan-faults.ts';
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
/** How long people work, in virtual milliseconds. From BRIEF_FROM on schedules are brief: as many faults, nearer to each other. */
const LONG_MS = [6_000, 16_000] as const;
const BRIEF_MS = [2_000, 5_000] as const;
export const BRIEF_FROM = 10_000;
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
  world.end();
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
export async function openWorld(stage: Stage, seed: number): Promise<{ world: World; close(): void }> {
  const folder = join(stage.folder, `seed-${seed}`);
  mkdirSync(folder, { recursive: true });
  await stage.hub.putBack('image');
  const world = new World(stage.hub, seed, folder);
  for (const [at, name] of REGISTERS.entries())
    await world.addMachine(name, present(ROLES[at], 'a role'), present(stage.images[at], 'an image'));
  return {
    world,
    close: () => {
      world.end();
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
  world.network.diesOverPush = null;
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
    const [least, most] = seed < BRIEF_FROM ? LONG_MS : BRIEF_MS;
    const forMs = world.dice.between(least, most);
    const untilMs = START_MS + forMs;
    for (const [at, machine] of world.machines.entries()) workAt(world, machine, new Dice(seed, 3, at), untilMs, bug);
    planFaults(world, forMs, bug);
    await world.time.runUntil(untilMs);
    await heal(world);
    const level = await untilLevel(world);
    const wrong = level ? [] : [`not level within ${LEVEL_WITHIN_MS / 1000} s: ${await describe(world)}`];
    wrong.push(...(await check(world, toVerify(world))));
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
    close();
  }
}

/** One store in every fifth schedule, a different one each time. */
function toVerify({ seed, machines }: World): Machine[] {
  return seed % 5 === 0 ? [present(machines[(seed / 5) % machines.length], 'a machine')] : [];
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
