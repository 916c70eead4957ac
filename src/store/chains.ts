/**
 * Chains and who vouches for them: the shop's CA by certificate, or a predecessor's key in changeset 1.
 */
import { verify } from 'node:crypto';
import { equalBytes, fromBase64Url, sha256, toHex } from '../base/bytes.ts';
import { idFromBytes, idToBytes, isId, type Id } from '../base/id.ts';
import { isSignedByAuthority, readChainCertificate } from '../protocol/certificate.ts';
import { chainIdOf, publicKeyFrom, type ChangesetText, type Values } from '../protocol/changeset.ts';
import { bytesOf, bytesOrNull, numberOf, type Database } from './database.ts';
import { noteClone } from './exceptions.ts';
import { readMeta, writeMeta } from './look-up.ts';
import type { Prepared } from './prepare.ts';
import type { Store } from './store.ts';

/** The small local number of a chain; made when it is new here. */
export function chainNumber(db: Database, chain: Uint8Array): number {
  const row = db.get('SELECT number FROM chain WHERE id = ?', chain);
  return row === undefined ? db.run('INSERT INTO chain (id) VALUES (?)', chain).rowid : numberOf(row['number']);
}

/** The key that signs this chain, once somebody vouched for it; null until then. */
export function trustedKey(db: Database, chain: Uint8Array): Uint8Array | null {
  return bytesOrNull(db.get('SELECT public_key FROM chain WHERE id = ?', chain)?.['public_key']);
}

function trust(db: Database, publicKey: Uint8Array): void {
  db.run(
    'UPDATE chain SET public_key = ?, genesis = ? WHERE number = ?',
    publicKey,
    sha256(publicKey),
    chainNumber(db, chainIdOf(publicKey)),
  );
}

/** A certificate row: it proves itself by the CA's signature, whoever wrote it. Later certificates of one chain change nothing. */
export function learnCertificate(store: Store, values: Values): void {
  const { der, register } = values;
  if (typeof der !== 'string') return;
  const key = trustCertificate(store, fromBase64Url(der));
  if (key !== null && isId(register)) store.db.run('UPDATE chain SET register = ? WHERE id = ?', idToBytes(register), key);
}

/** Takes the chain's key from a certificate of this shop's CA. Returns the chain, or null when the certificate is none of ours. */
export function trustCertificate(store: Store, der: Uint8Array): Uint8Array | null {
  const key = store.authority === null ? null : readChainCertificate(der, store.authority);
  if (key === null) return null;
  trust(store.db, key.publicKey);
  return key.chain;
}

/**
 * A sealed box names its CA. One that the present CA signed over to is the shop's from now on, and so is whichever that one signed over to:
 * a register that was away for two of them follows both.
 */
export function learnAuthority(store: Store): void {
  const passed = new Set<string>();
  for (let held = store.authority; held !== null && !passed.has(toHex(held));) {
    const authority = held;
    passed.add(toHex(authority));
    const next = store.db
      .all('SELECT box, ca, signature FROM sealed_box ORDER BY number, id')
      .map((row) => ({ box: bytesOf(row['box']), ca: bytesOf(row['ca']), signature: bytesOf(row['signature']) }))
      .find(({ box, ca, signature }) => !equalBytes(ca, authority) && isSignedByAuthority(authority, signature, 'rotation', ca, box));
    if (next === undefined) return;
    held = next.ca;
    store.authority = next.ca;
    writeMeta(store.db, 'authority', next.ca);
  }
}

/** The same for one that came before the changeset which tells of it: kept by itself, so that this register can vouch for others already. */
export function keepCertificate(store: Store, der: Uint8Array): void {
  const chain = trustCertificate(store, der);
  if (chain !== null) writeMeta(store.db, `${KEPT_CERTIFICATE}${toHex(chain)}`, der);
}

const KEPT_CERTIFICATE = 'certificate:';

/** What changeset 1 says of its chain. Only reached once somebody vouched for the key. */
export function learnChainStart(store: Store, chain: Uint8Array, values: Values): void {
  const { register, series, predecessor } = values;
  const before = typeof predecessor === 'string' ? fromBase64Url(predecessor) : null;
  store.db.run(
    'UPDATE chain SET register = ?, series = ?, predecessor = ? WHERE number = ?',
    isId(register) ? idToBytes(register) : null,
    typeof series === 'string' ? series : null,
    before,
    chainNumber(store.db, chain),
  );
  if (before !== null) noteClone(store.db, before, store.clock.nowMs());
}

/** Changeset 1 of a chain nobody certified yet: accepted at once when the predecessor's key signed the new key. */
export function trustBySuccession(store: Store, chain: Uint8Array, text: ChangesetText): boolean {
  const key = successorKey(chain, text, (predecessor) => trustedKey(store.db, predecessor));
  if (key !== null) trust(store.db, key);
  return key !== null;
}

/** The key that changeset 1 names, when that of the predecessor, as `keyOf` has it, vouches for it. */
function successorKey(chain: Uint8Array, text: ChangesetText, keyOf: (chain: Uint8Array) => Uint8Array | null): Uint8Array | null {
  const start = text.rows[0];
  if (start?.table !== 'chain_start') return null;
  const { public_key, predecessor, predecessor_signature } = start.values;
  if (typeof public_key !== 'string' || typeof predecessor !== 'string' || typeof predecessor_signature !== 'string') return null;
  const publicKey = fromBase64Url(public_key);
  const predecessorKey = keyOf(fromBase64Url(predecessor));
  if (predecessorKey === null || !equalBytes(chainIdOf(publicKey), chain)) return null;
  return verify(null, publicKey, publicKeyFrom(predecessorKey), fromBase64Url(predecessor_signature)) ? publicKey : null;
}

/** Adds to trusted keys by hex chain id those of chains that begin here and follow one of them. Did any? */
export function addSuccessors(keys: Map<string, Uint8Array>, prepared: readonly Prepared[]): boolean {
  const before = keys.size;
  for (const { changeset, opened, signature } of prepared) {
    if (signature !== 'no-key' || opened.state !== 'text') continue;
    const key = successorKey(changeset.chain, opened.text, (chain) => keys.get(toHex(chain)) ?? null);
    if (key !== null) keys.set(toHex(changeset.chain), key);
  }
  return keys.size > before;
}

/** All chains this store wrote, oldest first. */
export function ownChains(db: Database): { number: number; chain: Uint8Array; sentN: number; register: Id }[] {
  return db.all('SELECT number, id, sent_n, register FROM chain WHERE private_key IS NOT NULL ORDER BY number').map((row) => ({
    number: numberOf(row['number']),
    chain: bytesOf(row['id']),
    sentN: numberOf(row['sent_n']),
    register: idFromBytes(bytesOf(row['register'])),
  }));
}

export interface KnownChain {
  readonly chain: Uint8Array;
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly register: Id;
}

/** Every chain that somebody vouched for and whose register is known. */
export function knownChains(db: Database): KnownChain[] {
  return db
    .all('SELECT id, public_key, register FROM chain WHERE public_key IS NOT NULL AND register IS NOT NULL ORDER BY number')
    .map((row) => ({
      chain: bytesOf(row['id']),
      publicKey: bytesOf(row['public_key']),
      register: idFromBytes(bytesOf(row['register'])),
    }));
}

/** Certificates that rows brought, the last one first, then those kept by themselves; DER, of whatever CA. */
export function listCertificates(db: Database): Uint8Array[] {
  const rows = db.all('SELECT der FROM certificate ORDER BY id DESC').map((row) => bytesOf(row['der']));
  const kept = db.all('SELECT value FROM meta WHERE name GLOB ?', `${KEPT_CERTIFICATE}*`).map((row) => bytesOf(row['value']));
  return [...rows, ...kept];
}

export interface HeldRevocation {
  readonly chain: Uint8Array;
  readonly fromN: number;
  readonly signature: Uint8Array;
}

/** Revocations that rows brought, signed by whatever CA. */
export function listRevocations(db: Database): HeldRevocation[] {
  return db.all('SELECT chain, from_n, signature FROM revocation ORDER BY id').map((row) => ({
    chain: bytesOf(row['chain']),
    fromN: numberOf(row['from_n']),
    signature: bytesOf(row['signature']),
  }));
}

export interface HeldBox {
  readonly number: number;
  readonly box: Uint8Array;
  /** The CA whose key lies in it, DER. */
  readonly ca: Uint8Array;
}

/** Sealed boxes, the newest first; that of the pairing last: it is there before the shop's history is. */
export function listSealedBoxes(db: Database): HeldBox[] {
  const [box, ca] = [readMeta(db, 'paired_box'), readMeta(db, 'authority')];
  const paired = box instanceof Uint8Array && ca instanceof Uint8Array ? [{ number: 0, box, ca }] : [];
  const rows = db.all('SELECT number, box, ca FROM sealed_box ORDER BY number DESC, id DESC').map((row) => ({
    number: numberOf(row['number']),
    box: bytesOf(row['box']),
    ca: bytesOf(row['ca']),
  }));
  return [...rows, ...paired];
}
