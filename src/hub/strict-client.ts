/**
 * A PostgreSQL client that gives nothing to a server that has not proved itself. `pg` alone only prefers channel binding: a rogue
 * server that asks for a cleartext password gets it. This one speaks TLS 1.3 and SCRAM-SHA-256-PLUS with the exact iteration count it
 * expects, and ends the connection at anything else: another way to log in, AuthenticationOk or readiness before the server's proof,
 * bytes it cannot parse, or too many of them. It leans on pg's inner handlers (pinned version); the attack tests hold it to that.
 */
import { Client, Connection, types } from 'pg';
import { checkServerIdentity, TLSSocket } from 'node:tls';
import type { Random } from '../base/random.ts';
import { HUB_SERVER_NAME, toPem } from './certificate-authority.ts';
import { makeProofGate } from './proof-gate.ts';
import { MECHANISM, startScram, StrictError, type ScramClient } from './strict-scram.ts';

export interface StrictOptions {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Null: of a password that is not ours. */
  readonly iterations: number | null;
  /**
   * The shop's CA (DER). Null while pairing only: the certificate is not known yet, and the password exchange, bound to it, proves it.
   */
  readonly authority: Uint8Array | null;
  /** A server that the shop did not raise: its own CA (PEM; null: those that everybody trusts) signs for its own host name. */
  readonly server?: { readonly authority: string | null } | null;
  readonly connectTimeoutMs: number;
  readonly applicationName: string;
}

/** What pg calls on its connection and client, beside what its types publish. */
interface RawConnection {
  stream: unknown;
  attachListeners(stream: unknown): void;
  sendSASLInitialResponseMessage(mechanism: string, response: string): void;
  sendSCRAMClientFinalMessage(response: string): void;
  emit(event: 'error', error: Error): boolean;
  on(event: 'authenticationOk', listener: () => void): void;
}

interface RawStream {
  on(event: string, listener: (data: Buffer) => void): unknown;
  destroy(error: Error): void;
}

type Step = 'start' | 'offered' | 'answered' | 'proved' | 'accepted';

const BaseConnection = Connection as unknown as new (config: object) => RawConnection;

class StrictConnection extends BaseConnection {
  proved = false;

  /** Before the proof, only through the gate; and what the parser throws out of a socket's event is caught, or it ends the program. */
  override attachListeners(stream: RawStream): void {
    const gate = makeProofGate();
    const hand = (listener: (data: Buffer) => void, data: Buffer): void => {
      if (this.proved) return listener(data);
      for (const message of gate.pass(data)) listener(message);
      if (this.proved) listener(gate.rest());
    };
    super.attachListeners({
      on: (event: string, listener: (data: Buffer) => void) =>
        stream.on(event, (data: Buffer) => {
          if (event !== 'data') return listener(data);
          try {
            hand(listener, data);
          } catch (error) {
            stream.destroy(error instanceof StrictError ? error : new StrictError(`the server’s bytes make no sense: ${String(error)}`));
          }
        }),
    });
  }
}

const BaseClient = Client as unknown as new (config: object) => Omit<Client, never> & {
  readonly connection: StrictConnection;
  _handleReadyForQuery(message: unknown): void;
};

/** Use connectStrict. */
export class StrictClient extends BaseClient {
  readonly #options: StrictOptions;
  readonly #random: Random;
  #step: Step = 'start';
  #scram: ScramClient | null = null;

  constructor(options: StrictOptions, random: Random) {
    const ssl = { minVersion: 'TLSv1.3', ...trust(options) };
    super({
      connection: new StrictConnection({ ssl, keepAlive: true, keepAliveInitialDelayMillis: 1_000 }),
      ssl,
      host: options.host,
      port: options.port,
      database: options.database,
      user: options.user,
      // Never handed to pg: it cannot give away what it does not hold.
      password: '',
      connectionTimeoutMillis: options.connectTimeoutMs,
      application_name: options.applicationName,
      types: { getTypeParser: typeParser },
    });
    this.#options = options;
    this.#random = random;
    this.connection.on('authenticationOk', () => {
      if (this.#step === 'proved') this.#step = 'accepted';
      else this.#fail('the server let us in without proving itself');
    });
  }

  #fail(reason: string | Error): void {
    const error = reason instanceof Error ? reason : new StrictError(reason);
    this.connection.emit('error', error);
    const { stream } = this.connection;
    if (stream instanceof TLSSocket) stream.destroy();
  }

  _handleAuthCleartextPassword(): void {
    this.#fail('the server asks for a cleartext password');
  }

  _handleAuthMD5Password(): void {
    this.#fail('the server asks for an MD5 password');
  }

  _handleAuthSASL(message: { readonly mechanisms: readonly string[] }): void {
    const { stream } = this.connection;
    if (this.#step !== 'start') return this.#fail('the server begins its login twice');
    if (!message.mechanisms.includes(MECHANISM)) return this.#fail('the server does not offer channel binding');
    if (!(stream instanceof TLSSocket) || stream.getProtocol() !== 'TLSv1.3') return this.#fail('the connection is not TLS 1.3');
    const { password, iterations } = this.#options;
    const serverCertificate = stream.getPeerCertificate().raw;
    if (!(serverCertificate instanceof Uint8Array)) return this.#fail('the server shows no certificate');
    this.#scram = startScram({ password, iterations, serverCertificate, nonce: this.#random.bytes(18) });
    this.#step = 'offered';
    this.connection.sendSASLInitialResponseMessage(MECHANISM, this.#scram.first);
  }

  async _handleAuthSASLContinue(message: { readonly data: string }): Promise<void> {
    if (this.#step !== 'offered' || this.#scram === null) return this.#fail('the server answers out of turn');
    this.#step = 'answered';
    try {
      this.connection.sendSCRAMClientFinalMessage(await this.#scram.answer(message.data));
    } catch (error) {
      this.#fail(error instanceof Error ? error : String(error));
    }
  }

  _handleAuthSASLFinal(message: { readonly data: string }): void {
    if (this.#step !== 'answered' || this.#scram === null) return this.#fail('the server answers out of turn');
    try {
      this.#scram.finish(message.data);
      this.#step = 'proved';
      this.connection.proved = true;
    } catch (error) {
      this.#fail(error instanceof Error ? error : String(error));
    }
  }

  override _handleReadyForQuery(message: unknown): void {
    if (this.#step !== 'accepted') return this.#fail('the server is ready before it has proved itself');
    // oxlint-disable-next-line no-underscore-dangle -- pg's own name
    super._handleReadyForQuery(message);
  }
}

/** Whose certificate is believed, and for which name. */
function trust({ authority, server, host }: StrictOptions): {
  readonly ca: string | undefined;
  readonly rejectUnauthorized: boolean;
  readonly checkServerIdentity: typeof checkServerIdentity;
} {
  if (server !== undefined && server !== null) {
    const { authority: ca } = server;
    return {
      ca: ca ?? undefined,
      rejectUnauthorized: true,
      checkServerIdentity: (_host, certificate) => checkServerIdentity(host, certificate),
    };
  }
  return {
    ca: authority === null ? undefined : toPem(authority),
    rejectUnauthorized: authority !== null,
    // The name is the shop's, not the address: pg would check the address.
    checkServerIdentity: (_host, certificate) => (authority === null ? undefined : checkServerIdentity(HUB_SERVER_NAME, certificate)),
  };
}

/** A connected client. Throws StrictError when the server did not prove itself, else what TLS, the network or PostgreSQL say. */
export async function connectStrict(options: StrictOptions, random: Random): Promise<StrictClient> {
  const client = new StrictClient(options, random);
  // After a failed connect the socket may report once more; without a listener that would end the program.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return client;
}

const parserOf = types.getTypeParser as (oid: number, format: 'text') => (value: string) => unknown;
const INT8 = 20;
const BYTEA = 17;

/** bigint as a safe number, bytea as bytes, the rest as pg has it. */
function typeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (format !== 'binary' && oid === INT8) return Number;
  if (format !== 'binary' && oid === BYTEA) return (value: string) => Buffer.from(value.slice(2), 'hex');
  return parserOf(oid, 'text');
}
