/**
 * Where a single register that joins another shop keeps what it will be: DATA/joining holds a store that belongs to that shop, beside the one that
 * sells, until it takes its place. The store that was there is moved to DATA/kept, whole, under a name of its own, and never written over. Cut
 * short anywhere, a start finds the one store in place or the other.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder, writeWhole } from '../../backup/target.ts';
import { assert } from '../../base/assert.ts';
import { toHex } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { ok, unwrap, type Refusal } from '../../base/result.ts';
import { bringOwn, Bringing, type Choices } from '../../register/bring-over.ts';
import type { Holdings } from '../../register/compare-shops.ts';
import type { Database } from '../../store/database.ts';
import { openStore } from '../../store/open-store.ts';
import { settleFile } from '../../store/restore-parts.ts';
import { closeStore, readMeta, type Store } from '../../store/store.ts';

/** How far the joining is, in a file of its own: the register reads it without opening the other store. */
export interface JoiningStand {
  /** The chain of the store that sells, hex: one that was put back from a backup since writes another. */
  readonly chain: string;
  readonly shop: string;
  readonly currency: string;
  readonly host: string;
  readonly port: number;
  /** Null until both sides were compared. */
  readonly holdings: Holdings | null;
  /** Null until somebody chose. */
  readonly choices: Choices | null;
  /** Whose word it was: who makes the last closing there. */
  readonly user: string | null;
  /** Why the last try to take its place failed. */
  readonly problem: Refusal | null;
}

const JOINING = 'joining';
const STAND = 'stand.json';
const READY = 'ready.json';
const STORE = 'store.db';
export const KEPT = 'kept';

export function joiningFolder(dataFolder: string): string {
  return join(dataFolder, JOINING);
}

export function joiningStore(dataFolder: string): string {
  return join(dataFolder, JOINING, STORE);
}

/** Null when nothing is on its way. */
export function readStand(dataFolder: string): JoiningStand | null {
  const file = join(dataFolder, JOINING, STAND);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as JoiningStand) : null;
}

export function writeStand(dataFolder: string, stand: JoiningStand): void {
  mkdirSync(join(dataFolder, JOINING), { recursive: true, mode: 0o700 });
  writeWhole(join(dataFolder, JOINING, STAND), Buffer.from(JSON.stringify(stand)));
}

export function throwAway(dataFolder: string): void {
  rmSync(join(dataFolder, JOINING), { recursive: true, force: true });
}

/** All but the lock of whoever does this. */
export function clearJoining(dataFolder: string): void {
  for (const name of [STAND, READY, STORE, `${STORE}-wal`, `${STORE}-shm`]) rmSync(join(dataFolder, JOINING, name), { force: true });
}

export function isReady(dataFolder: string): boolean {
  return existsSync(join(dataFolder, JOINING, READY));
}

/** The word that the other store takes this one's place at the next start; this one is closed to selling by then. */
export function makeReady(dataFolder: string, nowMs: number): void {
  const day = new Date(nowMs).toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  const taken = (name: string): boolean => existsSync(join(dataFolder, KEPT, name));
  let keptAs = `${day}.db`;
  for (let count = 2; taken(keptAs); count++) keptAs = `${day}-${count}.db`;
  writeWhole(join(dataFolder, JOINING, READY), Buffer.from(JSON.stringify({ keptAs })));
}

/**
 * Lets the other store take the place of this one, if that was made ready: brings what was sold last, and exchanges the two. Finds its work done
 * or does it. What goes wrong before the exchange leaves this store in place, open to selling again. Only while nobody has the store open.
 */
export function takePlace(dataFolder: string, deps: { readonly clock: Clock; readonly random: Random; readonly log: Log }): void {
  const folder = join(dataFolder, JOINING);
  if (!existsSync(join(folder, READY))) return;
  const { keptAs } = JSON.parse(readFileSync(join(folder, READY), 'utf8')) as { keptAs: string };
  const [present, next] = [join(dataFolder, STORE), join(folder, STORE)];
  if (existsSync(next)) {
    if (existsSync(present)) {
      try {
        bringTheRest(dataFolder, deps);
      } catch (error) {
        deps.log.error('joining.not-ended', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
        giveBack(dataFolder, deps);
        return;
      }
      mkdirSync(join(dataFolder, KEPT), { recursive: true, mode: 0o700 });
      renameSync(present, join(dataFolder, KEPT, keptAs));
      syncFolder(join(dataFolder, KEPT));
      syncFolder(dataFolder);
    }
    // Of a register that hosted its shop's database once: the next shop's is another.
    const hub = join(dataFolder, 'hub');
    if (existsSync(hub)) renameSync(hub, join(dataFolder, KEPT, keptAs.replace(/\.db$/, '-hub')));
    renameSync(next, present);
    syncFolder(dataFolder);
    deps.log.info('joining.ended', { keptAs });
  }
  rmSync(folder, { recursive: true, force: true });
}

/** The chain that a store writes, hex. */
export function chainOf(db: Database): string {
  const chain = db.get('SELECT id FROM chain WHERE number = ?', readMeta(db, 'own_chain'))?.['id'];
  return chain instanceof Uint8Array ? toHex(chain) : '';
}

function bringTheRest(dataFolder: string, deps: { readonly clock: Clock; readonly random: Random }): void {
  const { choices, chain } = readStand(dataFolder) ?? {};
  const before = unwrap(openStore(join(dataFolder, STORE), deps));
  assert(chain === chainOf(before.db), 'it is the store that things were brought from');
  const store = unwrap(openStore(joiningStore(dataFolder), deps));
  const chosen = choices ?? { products: false, customers: false, sales: false };
  const bringing = new Bringing(store, before.db, chosen);
  while (bringing.step());
  bringOwn(store, before.db, chosen);
  closeWhole(before);
  closeWhole(store);
}

/** On the disk to its last byte, and a file by itself: no log beside it that could be left behind. */
function closeWhole(store: Store): void {
  settleFile(store);
  store.db.sqlite.exec('PRAGMA journal_mode = DELETE');
  const { file } = store;
  closeStore(store);
  const descriptor = openSync(file, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** A bug of ours must not keep the shop from selling. */
function giveBack(dataFolder: string, deps: { readonly clock: Clock; readonly random: Random }): void {
  rmSync(join(dataFolder, JOINING, READY), { force: true });
  const store = unwrap(openStore(join(dataFolder, STORE), deps));
  store.db.transact('durable', () => ok(store.db.run("DELETE FROM meta WHERE name = 'leaving'")));
  closeStore(store);
  const stand = readStand(dataFolder);
  if (stand !== null) writeStand(dataFolder, { ...stand, choices: null, problem: { code: 'bug', params: {} } });
}
