/**
 * The client's side of SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677) bound to the server's certificate (RFC 5929, tls-server-end-point).
 * One mechanism, one iteration count, nothing negotiated: whatever else the server says is a StrictError. Pure but for PBKDF2.
 */
import { createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { assert } from '../base/assert.ts';
import { sha256 } from '../base/bytes.ts';
import { hashForBinding } from './binding-hash.ts';

const deriveKey = promisify(pbkdf2);
export const MECHANISM = 'SCRAM-SHA-256-PLUS';
/** gs2-header: channel binding in use, no authorisation identity. */
const GS2 = 'p=tls-server-end-point,,';
const MAX_NONCE = 200;
const MAX_SALT_BYTES = 64;
/** Of a password that another administrator set: never less than PostgreSQL's own count, never so many that they stop this program. */
const OTHERS_ITERATIONS = { least: 4_096, most: 1_000_000 };

/** The server did not prove itself, or asked for less than we give. */
export class StrictError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StrictError';
  }
}

/** Also what a role without a valid password looks like: PostgreSQL then plays the exchange out with its default count. */
export class IterationsError extends StrictError {
  readonly found: number;
  constructor(found: number, wanted: number) {
    super(`the server asks for ${found} iterations, not ${wanted}`);
    this.found = found;
  }
}

export interface ScramClient {
  /** The message that opens the exchange. */
  readonly first: string;
  /** Answer to the server's first message. */
  answer(serverFirst: string): Promise<string>;
  /** Throws unless the server's last message proves that it knows the password and saw this very exchange. */
  finish(serverFinal: string): void;
}

export interface ScramOptions {
  readonly password: string;
  /** Null: the password is not ours, and any count from PostgreSQL's own on is taken. */
  readonly iterations: number | null;
  /** DER of the certificate that the TLS peer showed. */
  readonly serverCertificate: Uint8Array;
  /** Fresh random bytes. */
  readonly nonce: Uint8Array;
}

export function startScram(options: ScramOptions): ScramClient {
  assert(/^[\x21-\x7e]+$/.test(options.password), 'passwords of the hub are printable ASCII, so that SASLprep changes nothing');
  const clientNonce = Buffer.from(options.nonce).toString('base64');
  // PostgreSQL takes the name from its own start-up message and ignores this one.
  const firstBare = `n=,r=${clientNonce}`;
  let expected: Buffer | null = null;

  return {
    first: GS2 + firstBare,
    async answer(serverFirst) {
      const { nonce, salt, iterations } = readServerFirst(serverFirst, clientNonce, options.iterations);
      const salted = await deriveKey(options.password, salt, iterations, 32, 'sha256');
      const clientKey = hmac(salted, 'Client Key');
      const binding = Buffer.concat([Buffer.from(GS2), hashForBinding(options.serverCertificate)]).toString('base64');
      const finalBare = `c=${binding},r=${nonce}`;
      const whole = `${firstBare},${serverFirst},${finalBare}`;
      const signature = hmac(sha256(clientKey), whole);
      expected = hmac(hmac(salted, 'Server Key'), whole);
      const proof = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0));
      return `${finalBare},p=${Buffer.from(proof).toString('base64')}`;
    },
    finish(serverFinal) {
      const value = /^v=([A-Za-z0-9+/=]+)$/.exec(serverFinal)?.[1];
      const signature = Buffer.from(value ?? '', 'base64');
      if (expected === null || signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
        throw new StrictError('the server does not know the password, or its certificate was exchanged on the way');
      }
    },
  };
}

function readServerFirst(message: string, clientNonce: string, wanted: number | null): { nonce: string; salt: Buffer; iterations: number } {
  const parts = /^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/=]+),i=([1-9][0-9]{0,8})$/.exec(message);
  const [, nonce = '', salt = '', count] = parts ?? [];
  if (!nonce.startsWith(clientNonce) || nonce.length <= clientNonce.length || nonce.length > MAX_NONCE) {
    throw new StrictError('the server’s first message is malformed');
  }
  const iterations = Number(count);
  if (wanted !== null && iterations !== wanted) throw new IterationsError(iterations, wanted);
  if (iterations < OTHERS_ITERATIONS.least || iterations > OTHERS_ITERATIONS.most)
    throw new IterationsError(iterations, OTHERS_ITERATIONS.least);
  const bytes = Buffer.from(salt, 'base64');
  if (bytes.length === 0 || bytes.length > MAX_SALT_BYTES) throw new StrictError('the server’s salt is malformed');
  return { nonce, salt: bytes, iterations };
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
