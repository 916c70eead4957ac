/**
 * A changeset: all that one action changed, as one atomic, numbered, hash-chained, signed document.
 *   body   = number of the dictionary (1 byte), zstd frame of the JSON text
 *   hash   = SHA-256(previous hash, n as 8 bytes big-endian, SHA-256(body)); the hash is the identity
 *   signature = Ed25519 over the hash, by the chain's key
 * The previous hash of n = 1 is the chain's genesis, SHA-256(public key); the chain's id is the first 16 bytes of it, so a chain cannot
 * be claimed with another key. Bodies are made once and never recompressed. This file does no I/O.
 */
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { compareBytes, concatBytes, fromBase64Url, sha256, toBase64Url, toHex } from '../base/bytes.ts';
import { assert } from '../base/assert.ts';
import type { Id } from '../base/id.ts';
import type { Random } from '../base/random.ts';

/** The whole text; bounds what one reader must take in at once. */
export const MAX_TEXT_BYTES = 256 * 1024;
/** Rows: bounds the time one transaction takes, and fits the index of a ledger row into 9 bits. */
export const MAX_ROWS = 500;
export const INDEX_SPACE = 512;

export type Scalar = string | number | boolean | null;
export type Values = Readonly<Record<string, Scalar>>;

export interface InsertRow {
  readonly table: string;
  readonly op: 'insert';
  /** Records only. */
  readonly id?: string;
  /** Records only: UTC ms, see Stamp. */
  readonly stamp?: number;
  readonly values: Values;
}

export interface PatchRow {
  readonly table: string;
  readonly op: 'patch';
  readonly id: string;
  readonly stamp: number;
  /** Per group the stamp it overwrote, hex of 24 bytes; empty where there was none. */
  readonly over: Readonly<Record<string, string>>;
  /** Every column of each group it touches. */
  readonly values: Values;
}

export type ChangeRow = InsertRow | PatchRow;

export interface ChangesetText {
  /** UTC milliseconds by the author's clock, never running backwards within a chain. */
  readonly at: number;
  readonly user: Id | null;
  readonly kind: string;
  readonly rows: readonly ChangeRow[];
}

export interface SealedChangeset {
  readonly chain: Uint8Array;
  readonly n: number;
  readonly previous: Uint8Array;
  readonly hash: Uint8Array;
  readonly signature: Uint8Array;
  readonly body: Uint8Array;
}

/** Value of a personal column, on its way beside the changesets. */
export interface Detached {
  readonly hash: Uint8Array;
  readonly salt: Uint8Array;
  readonly value: string;
}

// ---- chains

export interface ChainKey {
  readonly chain: Uint8Array;
  readonly genesis: Uint8Array;
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
}

/** RFC 8032: an Ed25519 key is 32 random bytes. */
export function makeChainKey(random: Random): ChainKey {
  return importChainKey(concatBytes(PKCS8_ED25519, random.bytes(32)));
}

/** RFC 8410: what stands before the 32 bytes in PKCS#8 DER. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key from its PKCS#8 DER bytes, as exportChainKey gave them. */
export function importChainKey(der: Uint8Array): ChainKey {
  return chainKeyFrom(createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }));
}

export function exportChainKey(key: ChainKey): Uint8Array {
  return key.privateKey.export({ format: 'der', type: 'pkcs8' });
}

function chainKeyFrom(privateKey: KeyObject): ChainKey {
  const publicKey = rawPublicKey(createPublicKey(privateKey));
  const genesis = sha256(publicKey);
  return { chain: genesis.subarray(0, 16), genesis, publicKey, privateKey };
}

export function rawPublicKey(key: KeyObject): Uint8Array {
  const { x } = key.export({ format: 'jwk' });
  assert(typeof x === 'string', 'an Ed25519 key has an x');
  return fromBase64Url(x);
}

/** A shop has few keys, and many changesets are checked with each: making one takes a third of the time of a check. */
const publicKeys = new Map<string, KeyObject>();
const MAX_PUBLIC_KEYS = 2_000;

export function publicKeyFrom(raw: Uint8Array): KeyObject {
  const x = toBase64Url(raw);
  let key = publicKeys.get(x);
  if (key === undefined) {
    key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    if (publicKeys.size >= MAX_PUBLIC_KEYS) publicKeys.clear();
    publicKeys.set(x, key);
  }
  return key;
}

export function chainIdOf(publicKey: Uint8Array): Uint8Array {
  return sha256(publicKey).subarray(0, 16);
}

// ---- stamps

/**
 * When a column group was written: 8 bytes big-endian UTC ms, then the 16 bytes of the writer's chain; compared as bytes.
 * The writer takes max(clock corrected by the hub's, overwritten + 1), so that an edit always beats what its author saw.
 */
export function makeStamp(ms: number, chain: Uint8Array): Uint8Array {
  const stamp = Buffer.alloc(24);
  stamp.writeBigUInt64BE(BigInt(ms));
  stamp.set(chain, 8);
  return stamp;
}

export function stampMs(stamp: Uint8Array): number {
  return Number(Buffer.from(stamp.buffer, stamp.byteOffset, stamp.byteLength).readBigUInt64BE());
}

export const compareStamps = compareBytes;

// ---- sealing

export function hashChangeset(previous: Uint8Array, n: number, body: Uint8Array): Uint8Array {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(n));
  return sha256(previous, number, sha256(body));
}

export interface Dictionary {
  readonly number: number;
  readonly content: Uint8Array;
}

/** What most changesets fit into at once, 0.7 and 3.7 kB of a sale: room that is not needed costs a quarter of the time. */
const FRAME_CHUNK_BYTES = 4 * 1024;
const TEXT_CHUNK_BYTES = 8 * 1024;

/** The next changeset of a chain. Throws Bug when the text breaks a limit: use cases check before, this is the last wall. */
export function sealChangeset(
  key: ChainKey,
  n: number,
  previous: Uint8Array,
  text: ChangesetText,
  dictionary: Dictionary,
): SealedChangeset {
  assert(text.rows.length > 0 && text.rows.length <= MAX_ROWS, `a changeset holds 1 to ${MAX_ROWS} rows`);
  const bytes = Buffer.from(JSON.stringify(text), 'utf8');
  assert(bytes.length <= MAX_TEXT_BYTES, `a changeset's text holds at most ${MAX_TEXT_BYTES} bytes`);
  const frame = zstdCompressSync(bytes, {
    dictionary: dictionary.content,
    chunkSize: FRAME_CHUNK_BYTES,
    params: { [constants.ZSTD_c_compressionLevel]: 3 },
  });
  const body = concatBytes(Uint8Array.of(dictionary.number), frame);
  const hash = hashChangeset(previous, n, body);
  return { chain: key.chain, n, previous, hash, signature: sign(null, hash, key.privateKey), body };
}

export function isSigned(changeset: SealedChangeset, publicKey: KeyObject): boolean {
  return verify(null, changeset.hash, publicKey, changeset.signature);
}

/** Do body, number and previous hash give this hash? For n = 1 the chain id must follow from the genesis as well. */
export function isWhole(changeset: SealedChangeset): boolean {
  if (changeset.n === 1 && compareBytes(changeset.previous.subarray(0, 16), changeset.chain) !== 0) return false;
  return compareBytes(hashChangeset(changeset.previous, changeset.n, changeset.body), changeset.hash) === 0;
}

// ---- opening

export type Opened =
  | { readonly state: 'text'; readonly text: ChangesetText }
  /** A dictionary this program does not have yet: missing, never judged. */
  | { readonly state: 'missing-dictionary'; readonly dictionary: number }
  /** Not the envelope's grammar: set aside for ever. */
  | { readonly state: 'malformed' };

export function openBody(body: Uint8Array, dictionaries: ReadonlyMap<number, Uint8Array>): Opened {
  const number = body[0];
  if (number === undefined) return { state: 'malformed' };
  const dictionary = dictionaries.get(number);
  if (dictionary === undefined) return { state: 'missing-dictionary', dictionary: number };
  try {
    const bytes = zstdDecompressSync(body.subarray(1), { dictionary, chunkSize: TEXT_CHUNK_BYTES, maxOutputLength: MAX_TEXT_BYTES });
    const text: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isChangesetText(text) ? { state: 'text', text } : { state: 'malformed' };
  } catch {
    // zstd, UTF-8 and JSON errors all mean one thing here: these bytes are not a changeset.
    return { state: 'malformed' };
  }
}

/** The frozen grammar. Tables, columns and kinds are free texts: a newer program's are kept. */
function isChangesetText(value: unknown): value is ChangesetText {
  if (!isObject(value)) return false;
  const { at, user, kind, rows } = value;
  return (
    isInstant(at) &&
    (user === null || typeof user === 'string') &&
    typeof kind === 'string' &&
    Array.isArray(rows) &&
    rows.length > 0 &&
    rows.length <= MAX_ROWS &&
    rows.every(isChangeRow)
  );
}

function isChangeRow(value: unknown): value is ChangeRow {
  if (!isObject(value)) return false;
  const { table, op, id, stamp, over, values } = value;
  if (typeof table !== 'string' || !isObject(values) || !Object.values(values).every(isScalar)) return false;
  if (stamp !== undefined && !isInstant(stamp)) return false;
  if (op === 'insert') return id === undefined || (typeof id === 'string' && isInstant(stamp));
  return (
    op === 'patch' &&
    typeof id === 'string' &&
    isInstant(stamp) &&
    isObject(over) &&
    Object.values(over).every((o) => typeof o === 'string')
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isInstant(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** What a value may be: null, a flag, a safe integer, well-formed text without NUL. */
export function isScalar(value: unknown): value is Scalar {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0);
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
}

// ---- personal values

export const SALT_BYTES = 16;

export function detach(value: string, salt: Uint8Array): Detached {
  return { hash: sha256(salt, Buffer.from(value, 'utf8')), salt, value };
}

export function isDetachedWhole(detached: Detached): boolean {
  return detached.salt.length === SALT_BYTES && compareBytes(detach(detached.value, detached.salt).hash, detached.hash) === 0;
}

export function describeChangeset(changeset: SealedChangeset): string {
  return `${toHex(changeset.chain).slice(0, 8)}/${changeset.n} ${toHex(changeset.hash).slice(0, 12)}`;
}
