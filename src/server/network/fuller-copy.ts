/**
 * Who holds the fullest copy of the shop, as far as this register heard of the others: from the master while it was online, and without one from
 * themselves (hear-nearby.ts). The first is kept across a restart: the power cut that takes the master takes everybody's memory too. What was
 * heard is never ahead of what is, so whoever holds most sees nobody before it. Positions of two hubs are compared as they are: each feed begins
 * with all that the shop held.
 */
import type { Clock } from '../../base/clock.ts';
import { ok, RefusalError } from '../../base/result.ts';
import type { Answer } from '../../protocol/api/routes.ts';
import { ownRegisterId } from '../../register/register.ts';
import { readFeedMark } from '../../store/archive.ts';
import { readIncarnation } from '../../store/queries/incarnations.ts';
import { listRegisters } from '../../store/queries/shop.ts';
import { readMeta, writeMeta, type Store } from '../../store/store.ts';
import type { Sync } from '../../sync/sync-loop.ts';

/** How far others had read the shop's feed. */
export interface Heard {
  /** How far it went. */
  readonly end: number;
  readonly registers: readonly { readonly register: string; readonly position: number; readonly lastSeenMs: number }[];
}

/** What was heard at one hub. */
interface HeardAtHub extends Heard {
  /** Its incarnation. */
  readonly hub: string | null;
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
    const text = JSON.stringify({ hub: greeting.incarnation.id, end, registers } satisfies HeardAtHub);
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

/**
 * Null where nobody was heard of: neither at the hub that this register was last at (`hub`: its incarnation, null when it was at none since its
 * start), nor nearby.
 */
export function viewCopies(store: Store, hub: string | null, nearby: Heard['registers']): Answer<'getStorage'>['copies'] {
  const heard = join(readHeard(store, hub), nearby);
  if (heard === null) return null;
  const master = readIncarnation(store)?.register;
  const own = ownRegisterId(store);
  const able = listRegisters(store.db).filter(({ id, revoked }) => !revoked && id !== own && id !== master);
  const { lacks, fuller } = compareCopies(readFeedMark(store).position, heard, new Set<string>(able.map(({ id }) => id)));
  const row = able.find(({ id }) => id === fuller?.register);
  const heardAt = Math.max(0, ...heard.registers.map(({ lastSeenMs }) => lastSeenMs));
  if (fuller === null || row === undefined) return { heardAt, lacks, fuller: null };
  return { heardAt, lacks, fuller: { code: row.code, name: row.name, lastSeenAt: fuller.lastSeenMs } };
}

function readHeard({ db }: Store, hub: string | null): Heard | null {
  const text = readMeta(db, 'heard');
  const heard = typeof text === 'string' ? (JSON.parse(text) as HeardAtHub) : null;
  return heard === null || (hub !== null && heard.hub !== hub) ? null : heard;
}

/** Who says now how full it is knows better than what was said of it. */
export function join(heard: Heard | null, nearby: Heard['registers']): Heard | null {
  if (nearby.length === 0) return heard;
  const saying = new Set(nearby.map(({ register }) => register));
  const others = (heard?.registers ?? []).filter(({ register }) => !saying.has(register));
  return { end: Math.max(heard?.end ?? 0, ...nearby.map(({ position }) => position)), registers: [...others, ...nearby] };
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
