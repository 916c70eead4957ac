/**
 * Who holds the fullest copy of the shop, as far as this register heard of the others while it was online. Kept across a restart: the power cut
 * that takes the master takes everybody's memory too. What was heard is never ahead of what is, so whoever holds most sees nobody before it.
 */
import type { Clock } from '../base/clock.ts';
import { ok, RefusalError } from '../base/result.ts';
import type { Answer } from '../protocol/api/routes.ts';
import { ownRegisterId } from '../register/register.ts';
import { readFeedMark } from '../store/archive.ts';
import { readIncarnation } from '../store/queries/incarnations.ts';
import { listRegisters } from '../store/queries/shop.ts';
import { readMeta, writeMeta, type Store } from '../store/store.ts';
import type { Sync } from '../sync/sync-loop.ts';

/** What was heard at one hub: positions of its feed. */
export interface Heard {
  /** The hub's incarnation. */
  readonly hub: string | null;
  /** How far the feed went. */
  readonly end: number;
  readonly registers: readonly { readonly register: string; readonly position: number; readonly lastSeenMs: number }[];
}

export interface Copies {
  /** Changes that are known to be elsewhere and not here. */
  readonly lacks: number;
  /** Who could take over and holds more; null where nobody is known to. */
  readonly fuller: { readonly register: string; readonly lastSeenMs: number } | null;
}

/** Positions move with every sale of the shop; a minute's worth of them decides nothing. */
const WRITE_EVERY_MS = 60_000;

/** Told at every change of status; writes when the hub is lost, and now and then while it is not. */
export function keepHeard(store: Store, clock: Clock): (sync: Sync | null) => void {
  let wroteMs = -Infinity;
  let wrote = '';
  return (sync) => {
    const { state, greeting } = sync?.status() ?? {};
    const presences = sync?.presences() ?? [];
    const isDue = state === 'apart' || clock.monotonicMs() - wroteMs >= WRITE_EVERY_MS;
    if (greeting == null || presences.length === 0 || !isDue) return;
    const registers = presences.map(({ register, position, lastSeenMs }) => ({ register, position, lastSeenMs }));
    const end = Math.max(greeting.position, ...registers.map(({ position }) => position));
    const text = JSON.stringify({ hub: greeting.incarnation.id, end, registers } satisfies Heard);
    if (text === wrote) return;
    [wroteMs, wrote] = [clock.monotonicMs(), text];
    try {
      store.db.transact('fetched', () => ok(writeMeta(store.db, 'heard', text)));
    } catch (error) {
      // The room that is left is for sales.
      if (!(error instanceof RefusalError)) throw error;
    }
  };
}

/** Null where nobody was heard of at the hub that this register was last at (`hub`: its incarnation, null when it was at none since its start). */
export function viewCopies(store: Store, hub: string | null): Answer<'getStorage'>['copies'] {
  const text = readMeta(store.db, 'heard');
  const heard = typeof text === 'string' ? (JSON.parse(text) as Heard) : null;
  if (heard === null || (hub !== null && heard.hub !== hub)) return null;
  const master = readIncarnation(store)?.register;
  const own = ownRegisterId(store);
  const able = listRegisters(store.db).filter(({ id, revoked }) => !revoked && id !== own && id !== master);
  const { lacks, fuller } = compareCopies(readFeedMark(store).position, heard, new Set<string>(able.map(({ id }) => id)));
  const row = able.find(({ id }) => id === fuller?.register);
  const heardAt = Math.max(0, ...heard.registers.map(({ lastSeenMs }) => lastSeenMs));
  if (fuller === null || row === undefined) return { heardAt, lacks, fuller: null };
  return { heardAt, lacks, fuller: { code: row.code, name: row.name, lastSeenAt: fuller.lastSeenMs } };
}

/** `held`: position of this register; `able`: the other registers that could take over. */
export function compareCopies(held: number, { end, registers }: Heard, able: ReadonlySet<string>): Copies {
  const [fullest] = registers
    .filter(({ register, position }) => able.has(register) && position > held)
    .sort((a, b) => b.position - a.position || b.lastSeenMs - a.lastSeenMs);
  if (fullest === undefined) return { lacks: Math.max(0, end - held), fuller: null };
  const { register, position, lastSeenMs } = fullest;
  return { lacks: position - held, fuller: { register, lastSeenMs } };
}
