/** A simulated shop in one schedule: machines, hub, network, time, and what was acknowledged on the way. */
import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { toHex } from '../../src/base/bytes.ts';
import { present } from '../../src/base/assert.ts';
import { readFeedMark, readOutbox } from '../../src/store/archive.ts';
import { Dice } from './dice.ts';
import { Machine } from './machine.ts';
import { Network } from './network.ts';
import { REGISTERS } from './shop-image.ts';
import { SUPERUSER } from '../../src/hub/cluster-conf.ts';
import type { SimHub } from './sim-hub.ts';
import { START_MS, VirtualTime } from './virtual-time.ts';

/** A sale whose screen said paid. */
export interface Acknowledged {
  readonly hash: string;
  readonly uuid: string;
  readonly series: string;
  readonly number: number;
}

export interface WorldFigures {
  crashes: number;
  clones: number;
  putBacks: number;
  hubPutBacks: number;
  takeOvers: number;
  restores: number;
  standbys: number;
  hubCrashes: number;
  sales: number;
  zs: number;
  vouchersUsed: number;
  cardsAsked: number;
}

export class World {
  readonly time = new VirtualTime();
  readonly network: Network;
  readonly machines: Machine[] = [];
  readonly hub: SimHub;
  readonly dice: Dice;
  readonly acknowledged: Acknowledged[] = [];
  readonly committed = new Set<string>();
  /** What card terminals took, by the reference of what they were asked; a person reads it off the terminal. */
  readonly terminal = new Map<string, boolean>();
  /** Changesets of acknowledged sales that no disk holds any more: a disk was put back while nobody else had them. */
  readonly gone = new Set<string>();
  /** What was wrong on the way, in words: the checker says it again. */
  readonly wrong: string[] = [];
  /** Counts the databases that the shop's hub was: put back, promoted, or begun anew. */
  hubNumber = 0;
  readonly figures: WorldFigures = {
    crashes: 0,
    clones: 0,
    putBacks: 0,
    hubPutBacks: 0,
    takeOvers: 0,
    restores: 0,
    standbys: 0,
    hubCrashes: 0,
    sales: 0,
    zs: 0,
    vouchersUsed: 0,
    cardsAsked: 0,
  };
  readonly seed: number;
  readonly folder: string;
  readonly #trace = createHash('sha256');
  log: ((line: string) => void) | null = null;

  constructor(hub: SimHub, seed: number, folder: string) {
    this.hub = hub;
    this.seed = seed;
    this.folder = folder;
    this.dice = new Dice(seed, 1);
    this.network = new Network(this.time, hub, new Dice(seed, 2), (line) => this.trace(line));
  }

  trace(line: string): void {
    const told = `${(this.time.nowMs - START_MS).toFixed(3)} ${line}`;
    this.#trace.update(`${told}\n`);
    this.log?.(told);
  }

  traceHash(): string {
    return this.#trace.copy().digest('hex').slice(0, 16);
  }

  async addMachine(name: string, role: string, image: string): Promise<Machine> {
    const { time, network, folder, committed } = this;
    const machine = new Machine({
      name,
      role,
      master: name === REGISTERS[0],
      folder,
      image,
      seed: this.seed,
      time,
      network,
      committed,
      trace: (line) => this.trace(line),
      onTakenBack: (restored) => this.#checkTakenBack(restored),
    });
    this.machines.push(machine);
    await machine.boot();
    return machine;
  }

  machine(name: string): Machine {
    return present(
      this.machines.find((machine) => machine.name === name),
      name,
    );
  }

  async restart(machine: Machine): Promise<void> {
    if (machine.program === null) await machine.boot();
  }

  /** Before a disk is thrown away: what only it holds will be gone. `without` is its machine, or the hub. */
  async noteLoss(without: Machine | 'hub', instead: () => void | Promise<void>): Promise<void> {
    await instead();
    if (without === 'hub') {
      this.hubNumber++;
      this.network.answered = null;
    }
    const held = new Set<string>(
      (await this.hub.query<{ hash: Uint8Array }>(SUPERUSER, 'select hash from hub.feed')).map(({ hash }) => toHex(hash)),
    );
    for (const machine of this.machines) for (const hash of hashesOn(machine.file)) held.add(hash);
    for (const { hash } of this.acknowledged) if (!held.has(hash)) this.gone.add(hash);
    this.trace(`${without === 'hub' ? 'hub' : without.name} put back, ${this.gone.size} gone`);
  }

  /** What was restored sells again: it must hold all that the shop had of it when it connected. */
  #checkTakenBack(machine: Machine): void {
    const position = machine.program?.sync?.status().greeting?.position ?? Number.MAX_SAFE_INTEGER;
    const { hubNumber } = this;
    this.trace(`${machine.name} has taken back what the shop has of it`);
    this.time.after(0, async () => {
      if (this.hubNumber !== hubNumber) return;
      const held = new Set(hashesOn(machine.file));
      const had = await this.hub.query<{ hash: Uint8Array }>(
        SUPERUSER,
        'select f.hash from hub.feed f join hub.chain c using (chain) where f.position <= $1::bigint and c.role = $2::text',
        [position, machine.input.role],
      );
      const lacking = had.filter(({ hash }) => !held.has(toHex(hash))).length;
      if (lacking > 0) this.wrong.push(`${machine.name} has not taken back ${lacking} changesets, and sells`);
    });
  }

  /** Nothing waits anywhere, and everybody has read to the end. The hub is asked once every register says so. */
  async isLevel(): Promise<boolean> {
    const positions = new Set<number>();
    for (const { name, program } of this.machines) {
      if (!this.network.isLinked(name)) return false;
      if (program === null || program.sync?.status().state !== 'online' || readOutbox(program.store, 1, 1e6) !== null) return false;
      positions.add(readFeedMark(program.store).position);
    }
    if (positions.size !== 1) return false;
    const [head] = await this.hub.query<{ position: number; projected: number; offered: number }>(
      SUPERUSER,
      'select h.position, p.position as projected, (select count(*)::int from hub.offered) as offered from hub.head h, hub.projection p',
    );
    return head !== undefined && head.offered === 0 && head.projected === head.position && positions.has(head.position);
  }

  end(): void {
    for (const machine of this.machines) machine.end();
  }
}

/** Hashes of the changesets on a disk, read by hand. */
export function hashesOn(file: string): string[] {
  const db = new DatabaseSync(file);
  try {
    return db
      .prepare('SELECT hash FROM changeset WHERE state <> 1')
      .all()
      .map((row) => Buffer.from(row['hash'] as Uint8Array).toString('hex'));
  } finally {
    db.close();
  }
}
