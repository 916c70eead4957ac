/**
 * A simulated register: its store on a disk that outlives it, and the program that runs on it: the real store, use cases and sync loops.
 * A crash drops the program and keeps the disk, or what of the disk had reached it (power cut). Crash points lie before and after every commit.
 */
import { SUPERUSER } from '../../src/hub/cluster-conf.ts';
import { copyFileSync, existsSync, mkdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { idFromBytes } from '../../src/base/id.ts';
import { present } from '../../src/base/assert.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Random } from '../../src/base/random.ts';
import { unwrap, type Result } from '../../src/base/result.ts';
import { noteUnanswered } from '../../src/register/ask-card.ts';
import { openRegister, type Register } from '../../src/register/register.ts';
import { bytesOf, type Database, type Durability } from '../../src/store/database.ts';
import { prepareChangesets } from '../../src/store/prepare.ts';
import { endWaiting, readRestored } from '../../src/store/restored.ts';
import { type Store } from '../../src/store/store.ts';
import { openStore, type StoreDeps } from '../../src/store/open-store.ts';
import { startMasterDuty, type MasterDuty } from '../../src/sync/master-duty.ts';
import { startSync, type Sync } from '../../src/sync/sync-loop.ts';
import type { SyncTools } from '../../src/sync/tools.ts';
import { seededRandom } from '../support/shop.ts';
import type { Network } from './network.ts';
import { machineClock, type VirtualTime } from './virtual-time.ts';

export class CrashError extends Error {}

export interface MachineInput {
  readonly name: string;
  readonly role: string;
  readonly master: boolean;
  readonly folder: string;
  /** The store file to begin with. */
  readonly image: string;
  readonly seed: number;
  readonly time: VirtualTime;
  readonly network: Network;
  /** Hashes of changesets whose commit was durable. */
  readonly committed: Set<string>;
  readonly trace: (line: string) => void;
  /** It was restored from a backup, and sells again because it has taken back what the shop has of it. */
  readonly onTakenBack: (machine: Machine) => void;
}

export interface Program {
  dead: boolean;
  readonly store: Store;
  readonly register: Register;
  sync: Sync | null;
  duty: MasterDuty | null;
}

export class Machine {
  readonly name: string;
  readonly input: MachineInput;
  program: Program | null = null;
  clockErrorMs = 0;
  /** The next commit ends the program before it, or after it. */
  armed: 'before-commit' | 'after-commit' | null = null;
  /** A bug planted on purpose: what was restored sells before it has taken anything back. */
  impatient = false;
  #file: string;
  #boots = 0;
  #copies = 0;
  #durableBytes = 0;

  constructor(input: MachineInput) {
    this.input = input;
    this.name = input.name;
    this.#file = this.#newFile();
    copyDisk(input.image, this.#file);
  }

  /** A disk of its own for each copy: a folder, as a register's data folder is. */
  #newFile(): string {
    return storeIn(join(this.input.folder, `${this.input.name}-${++this.#copies}`));
  }

  /** Other luck at each start. */
  #newLuck(): Random {
    const { seed, name } = this.input;
    return seededRandom(seed * 131 + ++this.#boots * 7919 + name.length * 31 + (name.codePointAt(1) ?? 0));
  }

  /** Starts the program on what is on the disk. */
  async boot(): Promise<void> {
    const { time, network, role, master, name } = this.input;
    let program: Program | null = null;
    const isDead = (): boolean => program?.dead === true;
    const clock = machineClock(time, { errorMs: () => this.clockErrorMs, isDead });
    const random = this.#newLuck();
    const store = unwrap(openStore(this.#file, { clock, random }));
    const { register, filled } = openRegister(store);
    const running: Program = { dead: false, store, register, sync: null, duty: null };
    program = running;
    this.program = running;
    this.#durableBytes = sizeOf(`${this.#file}-wal`);
    this.#watchCommits(program);
    await filled;
    if (!this.#noteUnanswered(program)) return;
    const tools: SyncTools = {
      store,
      prepare: (input) => Promise.resolve(prepareChangesets(input)),
      yieldTurn: async () => {
        await clock.sleep(0);
      },
      clock,
      random,
      log: silentLog,
    };
    const end = { name, isDead };
    program.sync = startSync({
      tools,
      register: idFromBytes(present(store.own, 'a chain').register),
      version: '0',
      connect: () => network.connect(end, role),
      onStatus: () => this.#sellAgain(running),
    });
    // The master's own link to its hub is a loopback: it never goes down alone.
    if (master) program.duty = startMasterDuty({ tools, connect: () => network.connect({ name: 'loopback', isDead }, SUPERUSER) });
    this.input.trace(`${name} boots`);
  }

  /** As the program does: once it is level with the shop, what was restored sells again. */
  #sellAgain({ store, sync }: Program): void {
    if (sync === null || !(sync.status().level || this.impatient) || readRestored(store.db)?.waits !== true) return;
    endWaiting(store);
    this.input.onTakenBack(this);
  }

  /** As every start does. False when it crashed over it. */
  #noteUnanswered({ register }: Program): boolean {
    try {
      noteUnanswered(register);
      return true;
    } catch (error) {
      if (error instanceof CrashError) return false;
      throw error;
    }
  }

  #watchCommits(program: Program): void {
    const { db } = program.store;
    const transact = db.transact.bind(db);
    db.transact = <T>(durability: Durability, work: () => Result<T>): Result<T> => {
      if (program.dead) throw new CrashError('the program is gone');
      const armed = this.armed;
      const before = program.store.own?.local ?? 0;
      const result = transact(durability, () => {
        const done = work();
        if (armed === 'before-commit') this.#die(program, 'kill');
        return done;
      });
      if (durability === 'durable' && result.ok) this.#noteCommitted(program, before);
      if (armed === 'after-commit') this.#die(program, 'kill');
      return result;
    };
  }

  #noteCommitted(program: Program, afterLocal: number): void {
    this.#durableBytes = sizeOf(`${this.#file}-wal`);
    const rows = program.store.db.all(
      'SELECT c.hash FROM changeset c JOIN chain k ON k.number = c.chain WHERE k.private_key IS NOT NULL AND c.local > ?',
      afterLocal,
    );
    for (const row of rows) this.input.committed.add(Buffer.from(bytesOf(row['hash'])).toString('hex'));
  }

  #die(program: Program, how: 'kill' | 'power'): never {
    this.armed = null;
    this.#drop(program, how);
    throw new CrashError(`${this.name} ends`);
  }

  #drop(program: Program, how: 'kill' | 'power'): void {
    this.input.trace(`${this.name} ${how}`);
    program.dead = true;
    this.program = null;
    const [file, next] = [this.#file, this.#newFile()];
    copyDisk(file, next);
    if (how === 'power' && existsSync(`${next}-wal`)) truncateSync(`${next}-wal`, Math.min(sizeOf(`${next}-wal`), this.#durableBytes));
    this.#file = next;
    // Its handle is let go of once nothing of it is on the stack.
    this.input.time.after(0, () => throwAway(program.store.db, file));
  }

  /** The end of the schedule: nobody looks at this disk again. */
  end(): void {
    const { program } = this;
    if (program === null) return;
    program.dead = true;
    throwAway(program.store.db, this.#file);
  }

  crash(how: 'kill' | 'power'): void {
    if (this.program !== null) this.#drop(this.program, how);
  }

  /** The disk as it is now, as an image that another machine, or this one later, may be given. */
  copyTo(name: string): string {
    const copy = storeIn(join(this.input.folder, name));
    copyDisk(this.#file, copy);
    return copy;
  }

  /** Only while no program runs. */
  putBack(image: string): void {
    this.#file = this.#newFile();
    copyDisk(image, this.#file);
  }

  /** Only while no program runs: an empty disk. */
  takeNewDisk(): void {
    this.#file = this.#newFile();
  }

  get file(): string {
    return this.#file;
  }

  /** Where a register has its store and what is beside it. */
  get dataFolder(): string {
    return dirname(this.#file);
  }

  /** Clock and luck of a program that runs beside the register's. */
  depsBeside(): StoreDeps {
    return { clock: machineClock(this.input.time, { errorMs: () => this.clockErrorMs, isDead: () => false }), random: this.#newLuck() };
  }
}

function storeIn(dataFolder: string): string {
  mkdirSync(dataFolder, { recursive: true });
  return join(dataFolder, 'store.db');
}

/** The file first, where an open one may go: closing moves the log into a file that is still there, which takes a while and is for nothing. */
function throwAway(db: Database, file: string): void {
  if (process.platform !== 'win32') rmSync(file);
  db.close();
}

/** What backups left beside the store goes with it. */
const BESIDE = 'backup-state.json';

function copyDisk(from: string, to: string): void {
  copyFileSync(from, to);
  if (existsSync(`${from}-wal`)) copyFileSync(`${from}-wal`, `${to}-wal`);
  const beside = join(dirname(from), BESIDE);
  if (existsSync(beside)) copyFileSync(beside, join(dirname(to), BESIDE));
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
