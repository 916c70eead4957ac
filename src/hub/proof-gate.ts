/**
 * Stands between a server that has not proved itself and pg's parser, which trusts its bytes: a text without its end sends it round for
 * ever, a message it does not know makes it throw. Lets pass only whole messages of the few kinds a login takes, well ended, and not
 * too many of them.
 */
import { StrictError } from './strict-scram.ts';

/** Notices and parameters of a login come to two or three kilobytes. */
const MAX_BYTES = 64 * 1024;
const HEADER_BYTES = 5;

/** Kinds, and how many zero bytes must end them so that no text in them runs past their end. */
const ENDINGS: Readonly<Record<string, number>> = {
  R: 0, // authentication; a list of mechanisms is looked at below
  E: 2, // error
  N: 2, // notice
  S: 1, // parameter
  K: 0, // key for cancelling
  Z: 0, // ready
};
const AUTHENTICATION_OK = 0;
const AUTHENTICATION_CLEARTEXT = 3;
const AUTHENTICATION_MD5 = 5;
const AUTHENTICATION_SASL = 10;
const AUTHENTICATION_SASL_CONTINUE = 11;
const AUTHENTICATION_SASL_FINAL = 12;

export interface ProofGate {
  /** The whole messages that these bytes complete. Throws StrictError. */
  pass(bytes: Buffer): Buffer[];
  /** What is left of an unfinished message, once nothing needs to be held back any more. */
  rest(): Buffer;
}

export function makeProofGate(): ProofGate {
  let held: Buffer = Buffer.alloc(0);
  let received = 0;
  return {
    pass(bytes) {
      received += bytes.length;
      if (received > MAX_BYTES) throw new StrictError('the server says too much before it proves itself');
      held = Buffer.concat([held, bytes]);
      const messages: Buffer[] = [];
      while (held.length >= HEADER_BYTES) {
        const length = held.readUInt32BE(1) + 1;
        if (length < HEADER_BYTES || length > MAX_BYTES) throw new StrictError('the server lies about a length');
        if (held.length < length) break;
        const message = held.subarray(0, length);
        check(message);
        messages.push(message);
        held = held.subarray(length);
      }
      return messages;
    },
    rest() {
      const left = held;
      held = Buffer.alloc(0);
      return left;
    },
  };
}

function check(message: Buffer): void {
  const kind = String.fromCharCode(message[0] ?? 0);
  const zeros = ENDINGS[kind];
  if (zeros === undefined) throw new StrictError('the server says what no login says');
  const body = message.subarray(HEADER_BYTES);
  if (!endsIn(body, kind === 'R' ? checkAuthentication(body) : zeros)) throw new StrictError('the server’s bytes make no sense');
}

/** How many zeros must end it. */
function checkAuthentication(body: Buffer): number {
  const code = body.length >= 4 ? body.readUInt32BE() : -1;
  switch (code) {
    case AUTHENTICATION_SASL:
      return 2;
    case AUTHENTICATION_OK:
    case AUTHENTICATION_CLEARTEXT:
    case AUTHENTICATION_MD5:
    case AUTHENTICATION_SASL_CONTINUE:
    case AUTHENTICATION_SASL_FINAL:
      return 0;
    default:
      throw new StrictError('the server asks for another way to log in');
  }
}

function endsIn(body: Buffer, zeros: number): boolean {
  return body.length >= zeros && body.subarray(body.length - zeros).every((byte) => byte === 0);
}
