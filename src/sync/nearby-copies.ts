/**
 * Registers of one shop that have no master tell each other how full their copies are, on the network and without a hub between them: whoever
 * takes over is to be the one with the fullest, and one that was off while the master told of the others has heard of nobody. Signed with the
 * register's own chain's key, so that no stranger sends the owner to the wrong register; an old one that is said again is never ahead of what is.
 */
import { sign, verify } from 'node:crypto';
import { equalBytes, fromBase64Url, toBase64Url } from '../base/bytes.ts';
import { present } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import { idFromBytes, type Id } from '../base/id.ts';
import type { Log } from '../base/log.ts';
import { framed, type SignedPart } from '../protocol/certificate.ts';
import { publicKeyFrom } from '../protocol/changeset.ts';
import { readFeedMark } from '../store/archive.ts';
import { knownChains } from '../store/chains.ts';
import { readMeta, type Store } from '../store/store.ts';
import { announce, listen, type Announcement, type Heard } from './discovery.ts';

export interface NearbyCopy {
  readonly register: Id;
  /** How far it has read the shop's feed: as many changes of the shop it holds, not counting those that only it has. */
  readonly position: number;
}

const COPIES = 'aurapos-copy';
/** Nothing listens for it: whoever announces itself names a port. */
const NO_PORT = 9;
const MAX_POSITION_DIGITS = 15;

/** Says what this register holds now, until it is stopped. */
export function announceCopy(store: Store, clock: Clock, log: Log): Announcement {
  const txt = spellCopy(store);
  return announce({ type: COPIES, name: `AuraPOS copy ${txt.chain.slice(0, 12)}`, port: NO_PORT, txt }, clock, log);
}

export function spellCopy(store: Store): { readonly chain: string; readonly position: string; readonly signature: string } {
  const { key, register } = present(store.own, 'the own chain');
  const { position } = readFeedMark(store);
  const signature = sign(null, signedParts(shopOf(store), idFromBytes(register), position), key.privateKey);
  return { chain: toBase64Url(key.chain), position: String(position), signature: toBase64Url(signature) };
}

/** What other registers of this shop say while it listens. */
export async function findCopies(store: Store, listenMs: number, clock: Clock, log: Log, signal: AbortSignal): Promise<NearbyCopy[]> {
  const heard = await listen(COPIES, listenMs, clock, log, signal);
  return heard.flatMap(({ txt }) => readCopy(store, txt) ?? []);
}

/** Null where no chain that this register trusts says it. */
export function readCopy(store: Store, txt: Heard['txt']): NearbyCopy | null {
  const { chain = '', position = '', signature = '' } = txt;
  const id = fromBase64Url(chain);
  const known = knownChains(store.db).find((one) => equalBytes(one.chain, id));
  if (known === undefined || !/^\d+$/.test(position) || position.length > MAX_POSITION_DIGITS) return null;
  const parts = signedParts(shopOf(store), known.register, Number(position));
  const isSigned = verify(null, parts, publicKeyFrom(known.publicKey), fromBase64Url(signature));
  return isSigned ? { register: known.register, position: Number(position) } : null;
}

function signedParts(...parts: readonly [shop: string, register: Id, position: number]): Uint8Array {
  return framed('copy', parts satisfies readonly SignedPart[]);
}

const shopOf = ({ db }: Store): string => String(readMeta(db, 'shop_id'));
