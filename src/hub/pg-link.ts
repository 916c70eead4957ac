/**
 * A SqlLink over a strict PostgreSQL connection. Every call ends within CALL_TIMEOUT_MS: answered, or the connection destroyed.
 * What the hub's disk has no room for is refused: hub.disk-full, thrown as a RefusalError.
 * While idle it asks for a sign of life, and while a call takes long it looks whether the port still answers, so that a dead peer shows
 * within 3 s either way. It never reconnects: who uses it decides when. Of several hosts it takes the one that writes, and a server that
 * turns into one that only reads is a link that is gone.
 */
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { ok, refuse, RefusalError, type Refused, type Result } from '../base/result.ts';
import { answersAt } from './answers-at.ts';
import { MEMBER_PREFIX, PAIRING_SCRAM_ITERATIONS, REGISTER_SCRAM_ITERATIONS } from './cluster-conf.ts';
import { CALL_TIMEOUT_MS, CONNECT_TIMEOUT_MS, HEARTBEAT_EVERY_MS, HEARTBEAT_TIMEOUT_MS } from './hub-limits.ts';
import type { SqlLink, SqlParam } from './sql-link.ts';
import { connectStrict, type StrictClient, type StrictOptions } from './strict-client.ts';
import { IterationsError, StrictError } from './strict-scram.ts';

export type HubAddress = Omit<StrictOptions, 'connectTimeoutMs' | 'applicationName'> & {
  readonly applicationName?: string;
  /** CONNECT_TIMEOUT_MS when left out. */
  readonly connectTimeoutMs?: number;
  /** Where the same database is when it is not at `host`: tried in turn, and the one that takes writes is kept. */
  readonly alternatives?: readonly Host[];
};

export interface Host {
  readonly host: string;
  readonly port: number;
}

/** Given as the reason, or each answer would make an error with a stack that nobody reads. */
const ANSWERED = Symbol('answered');

/** PostgreSQL's word for a file that it could not write or make longer. */
const DISK_FULL = '53100';
/** And for a write on a server that only reads. */
const READ_ONLY = '25006';

export interface LinkTools {
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Refuses hub.no-answer, hub.port-closed, hub.not-trusted, hub.not-aurapos, hub.wrong-database, hub.too-many-connections,
 * hub.starting, hub.disk-full, hub.standby (of several hosts none writes), pairing.wrong-code (the password is wrong), pairing.revoked (the
 * role may not log in).
 */
export async function connectHub(address: HubAddress, tools: LinkTools): Promise<Result<SqlLink>> {
  const { alternatives = [], ...first } = address;
  if (alternatives.length === 0) return connectOne(first, tools);
  let refused: Refused | null = null;
  for (const host of [{ host: address.host, port: address.port }, ...alternatives]) {
    const connected = await connectWritable({ ...first, ...host }, tools);
    if (connected.ok) return connected;
    // One that reads only says more than one that is gone: the shop waits for somebody to promote it.
    if (refused === null || connected.refusal.code === 'hub.standby') refused = connected;
  }
  return refused ?? refuse('hub.no-answer', { host: address.host });
}

async function connectWritable(address: HubAddress, tools: LinkTools): Promise<Result<SqlLink>> {
  const connected = await connectOne(address, tools);
  if (!connected.ok) return connected;
  const link = connected.value;
  try {
    const [row] = await link.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
    if (row?.standby === false) return connected;
    await link.close();
    return refuse('hub.standby', { host: address.host, port: address.port });
  } catch (error) {
    await link.close().catch(() => undefined);
    if (error instanceof RefusalError) return { ok: false, refusal: error.refusal };
    return refuse('hub.no-answer', { host: address.host });
  }
}

async function connectOne(address: HubAddress, tools: LinkTools): Promise<Result<SqlLink>> {
  try {
    const client = await connectStrict({ applicationName: 'aurapos', connectTimeoutMs: CONNECT_TIMEOUT_MS, ...address }, tools.random);
    return ok(makeLink(client, address, tools));
  } catch (error) {
    return refuseConnection(error, address);
  }
}

/** Which refusal a failed connection is. Throws on what is none. */
export function refuseConnection(error: unknown, address: Pick<HubAddress, 'host' | 'port' | 'database' | 'user' | 'iterations'>): Refused {
  const { host, port, database, user } = address;
  // A pairing code that was used or has run out: its role has no password now.
  if (error instanceof IterationsError && address.iterations === PAIRING_SCRAM_ITERATIONS && error.found === REGISTER_SCRAM_ITERATIONS) {
    return refuse('pairing.wrong-code');
  }
  if (error instanceof StrictError) return refuse('hub.not-trusted', { host });
  const code = codeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
      return refuse('hub.port-closed', { host, port });
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'ETIMEDOUT':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return refuse('hub.no-answer', { host });
    case '53300':
      return refuse('hub.too-many-connections');
    case '57P03':
      return refuse('hub.starting');
    case DISK_FULL:
      return refuse('hub.disk-full');
    case '3D000':
      return refuse('hub.wrong-database', { database });
    case '28P01':
      return refuse('pairing.wrong-code');
    case '28000':
      return refuseRole(error, user);
    default:
      return refuseByText(error, code, host, port);
  }
}

/**
 * Who gets in is written in pg_hba.conf. A hub that is being filled has no line for others at all; one that is open rejects a register of
 * whom it does not know. Else the role is there and may not log in.
 */
function refuseRole(error: unknown, user: string): Refused {
  const text = error instanceof Error ? error.message : '';
  if (!user.startsWith(MEMBER_PREFIX)) return refuse('pairing.revoked');
  if (/no pg_hba\.conf entry/.test(text)) return refuse('hub.starting');
  return /pg_hba\.conf rejects/.test(text) ? refuse('pairing.not-known') : refuse('pairing.revoked');
}

function refuseByText(error: unknown, code: string, host: string, port: number): Refused {
  const text = error instanceof Error ? error.message : String(error);
  if (/timeout expired/.test(text)) return refuse('hub.no-answer', { host });
  if (/CERT|SIGNATURE|SELF_SIGNED|ISSUER|ALTNAME|TLS|SSL/.test(code)) return refuse('hub.not-trusted', { host });
  // EPROTO: what answered S speaks no TLS.
  if (code === '' || code === 'ECONNRESET' || code === 'EPIPE' || code === 'EPROTO') return refuse('hub.not-aurapos', { host, port });
  throw error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Thrown by every call on a link that is gone. */
export class LinkLost extends Error {
  readonly code = 'hub.link-lost';
  constructor(cause: string) {
    super(`the connection to the hub is gone: ${cause}`);
    this.name = 'LinkLost';
  }
}

function makeLink(client: StrictClient, { host, port }: HubAddress, { clock }: LinkTools): SqlLink {
  const listeners: ((cause: Error) => void)[] = [];
  const channels = new Map<string, (payload: string) => void>();
  const ended = new AbortController();
  let lost: Error | null = null;
  let closing = false;
  let lastAnswerMs = clock.monotonicMs();
  let running = 0;
  let calledMs = lastAnswerMs;
  let queue: Promise<void> = Promise.resolve();

  function lose(cause: Error): void {
    if (lost !== null) return;
    lost = cause;
    ended.abort();
    destroy(client);
    if (!closing) for (const listener of listeners) listener(cause);
  }

  client.on('error', lose);
  client.on('end', () => lose(new LinkLost('the other end closed it')));
  client.on('notification', ({ channel, payload }) => channels.get(channel)?.(payload ?? ''));

  /** One after the other: each call's time limit counts from when the hub hears it. */
  async function call<T>(send: () => Promise<T>, timeoutMs: number): Promise<T> {
    running += 1;
    const before = queue;
    const turn = Promise.withResolvers<void>();
    queue = turn.promise;
    await before;
    calledMs = clock.monotonicMs();
    const answered = new AbortController();
    void clock.sleep(timeoutMs, answered.signal).then((passed) => {
      if (passed) lose(new LinkLost(`no answer within ${timeoutMs} ms`));
    });
    try {
      if (lost !== null) throw lost;
      const value = await send();
      lastAnswerMs = clock.monotonicMs();
      return value;
    } catch (error) {
      if (codeOf(error) === READ_ONLY) lose(new LinkLost('the server only reads now'));
      // Destroying the socket fails what runs with pg's own words; the cause says more.
      throw lost ?? (codeOf(error) === DISK_FULL ? new RefusalError({ code: 'hub.disk-full', params: {} }) : error);
    } finally {
      running -= 1;
      answered.abort(ANSWERED);
      turn.resolve();
    }
  }

  async function query<Row>(text: string, params: readonly SqlParam[] = []): Promise<Row[]> {
    const { rows } = await call(() => client.query(text, [...params]), CALL_TIMEOUT_MS);
    return rows as Row[];
  }

  async function beat(): Promise<void> {
    while (await clock.sleep(HEARTBEAT_EVERY_MS, ended.signal)) {
      if (running > 0) {
        // A slow answer or none? One connection carries one question at a time, so the port is asked.
        const takesLong = clock.monotonicMs() - calledMs > HEARTBEAT_EVERY_MS / 4;
        if (takesLong && !(await answersAt(host, port, HEARTBEAT_TIMEOUT_MS))) lose(new LinkLost('nothing answers there any more'));
        continue;
      }
      if (clock.monotonicMs() - lastAnswerMs < HEARTBEAT_EVERY_MS / 2) continue;
      await call(() => client.query('select'), HEARTBEAT_TIMEOUT_MS).catch((error: unknown) =>
        lose(error instanceof Error ? error : new Error(String(error))),
      );
    }
  }
  void beat();

  return {
    query,
    async run(text) {
      await call(() => client.query(text), CALL_TIMEOUT_MS);
    },
    async listen(channel, onPayload) {
      channels.set(channel, onPayload);
      await query(`listen ${client.escapeIdentifier(channel)}`);
    },
    onLost(listener) {
      if (lost === null) listeners.push(listener);
      else if (!closing) listener(lost);
    },
    async close() {
      closing = true;
      ended.abort();
      await client.end();
    },
  };
}

function destroy(client: StrictClient): void {
  const { stream } = client.connection;
  if (stream !== null && typeof stream === 'object' && 'destroy' in stream && typeof stream.destroy === 'function') stream.destroy();
}
