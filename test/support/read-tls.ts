/**
 * TLS 1.3 as somebody on the cable sees it (RFC 8446): its records, and, with the secrets that one end noted, what is in them. Throws on every
 * byte that belongs to no record.
 */
import { createDecipheriv, createHmac, type DecipherChaCha20Poly1305, type DecipherGCM } from 'node:crypto';
import { assert, present } from '../../src/base/assert.ts';

const HEADER_BYTES = 5;
const CHANGE_CIPHER_SPEC = 20;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const KNOWN_TYPES: ReadonlySet<number> = new Set([CHANGE_CIPHER_SPEC, 21, HANDSHAKE, APPLICATION_DATA]);
const MAX_RECORD_BYTES = 16_384 + 256;
const TAG_BYTES = 16;

export interface TlsRecord {
  readonly type: number;
  readonly header: Buffer;
  readonly body: Buffer;
}

/** A connection that was cut may end in the middle of a record. */
export function readRecords(stream: Buffer): TlsRecord[] {
  const records: TlsRecord[] = [];
  for (let at = 0; at + HEADER_BYTES <= stream.length;) {
    const header = stream.subarray(at, at + HEADER_BYTES);
    const [type, length] = [header.readUInt8(0), header.readUInt16BE(3)];
    assert(KNOWN_TYPES.has(type) && header[1] === 3 && length <= MAX_RECORD_BYTES, `byte ${at} begins no TLS record`);
    const body = stream.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
    if (body.length === length) records.push({ type, header, body });
    at += HEADER_BYTES + length;
  }
  return records;
}

/** Handshake messages that are not encrypted: the two hellos, nothing else. */
export function plainHandshakes(records: readonly TlsRecord[]): number[] {
  return records.filter(({ type }) => type === HANDSHAKE).map(({ body }) => body.readUInt8(0));
}

export type Secrets = ReadonlyMap<string, Buffer>;

/** The file that `node --tls-keylog` writes (NSS key log format): secrets by label and the client's random. */
export function readSecrets(text: string): Secrets {
  return new Map(
    text
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line))
      .map((line) => {
        const [label = '', random = '', secret = ''] = line.split(' ');
        return [`${label} ${random}`, Buffer.from(secret, 'hex')] as const;
      }),
  );
}

/** What each end said, in the clear. */
export function decrypt(
  fromRegister: readonly TlsRecord[],
  fromHub: readonly TlsRecord[],
  secrets: Secrets,
): { readonly fromRegister: Buffer; readonly fromHub: Buffer } {
  const random = firstHello(fromRegister).subarray(6, 38).toString('hex');
  const suite = readSuite(firstHello(fromHub));
  const open = (records: readonly TlsRecord[], labels: readonly string[]): Buffer =>
    openRecords(
      records,
      labels.map((label) => present(secrets.get(`${label} ${random}`), label)),
      suite,
    );
  return {
    fromRegister: open(fromRegister, ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'CLIENT_TRAFFIC_SECRET_0']),
    fromHub: open(fromHub, ['SERVER_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_TRAFFIC_SECRET_0']),
  };
}

function firstHello(records: readonly TlsRecord[]): Buffer {
  return present(
    records.find(({ type }) => type === HANDSHAKE),
    'a hello',
  ).body;
}

interface Suite {
  readonly keyBytes: number;
  readonly hash: 'sha256' | 'sha384';
  readonly decipher: (key: Buffer, nonce: Buffer) => DecipherGCM | DecipherChaCha20Poly1305;
}

const TAG = { authTagLength: TAG_BYTES };
const SUITES: Readonly<Record<number, Suite>> = {
  0x1301: { keyBytes: 16, hash: 'sha256', decipher: (key, nonce) => createDecipheriv('aes-128-gcm', key, nonce, TAG) },
  0x1302: { keyBytes: 32, hash: 'sha384', decipher: (key, nonce) => createDecipheriv('aes-256-gcm', key, nonce, TAG) },
  0x1303: { keyBytes: 32, hash: 'sha256', decipher: (key, nonce) => createDecipheriv('chacha20-poly1305', key, nonce, TAG) },
};

/** After type, length, version and random comes the session's id, then the suite. */
function readSuite(serverHello: Buffer): Suite {
  return present(SUITES[serverHello.readUInt16BE(39 + serverHello.readUInt8(38))], 'a suite of TLS 1.3');
}

/** Each direction goes from the handshake's key to the one for data, and counts anew. */
function openRecords(records: readonly TlsRecord[], secrets: readonly Buffer[], suite: Suite): Buffer {
  const keys = secrets.map((secret) => ({
    key: expand(secret, 'key', suite.keyBytes, suite),
    iv: expand(secret, 'iv', 12, suite),
  }));
  let [epoch, sequence] = [0, 0n];
  const parts: Buffer[] = [];
  for (const record of records.filter(({ type }) => type === APPLICATION_DATA)) {
    let opened = openRecord(record, present(keys[epoch], 'a key'), sequence, suite);
    if (opened === null) {
      [epoch, sequence] = [epoch + 1, 0n];
      opened = openRecord(record, present(keys[epoch], 'a key that opens the record'), sequence, suite);
    }
    parts.push(present(opened, 'an opened record'));
    sequence += 1n;
  }
  return Buffer.concat(parts);
}

/** Null when it is not sealed with this key. */
function openRecord(record: TlsRecord, { key, iv }: { key: Buffer; iv: Buffer }, sequence: bigint, suite: Suite): Buffer | null {
  const nonce = Buffer.from(iv);
  nonce.writeBigUInt64BE(nonce.readBigUInt64BE(4) ^ sequence, 4);
  const opening = suite.decipher(key, nonce);
  opening.setAAD(record.header, { plaintextLength: record.body.length - TAG_BYTES });
  opening.setAuthTag(record.body.subarray(-TAG_BYTES));
  const inner = opening.update(record.body.subarray(0, -TAG_BYTES));
  try {
    opening.final();
  } catch {
    // Another key's: that is the question.
    return null;
  }
  return inner.subarray(-1)[0] === APPLICATION_DATA ? inner.subarray(0, -1) : Buffer.alloc(0);
}

/** HKDF-Expand-Label with an empty context, for outputs no longer than the hash. */
function expand(secret: Buffer, label: string, length: number, { hash }: Suite): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
  return createHmac(hash, secret).update(info).digest().subarray(0, length);
}
