/**
 * What a diagnosis asks of a hub: how it proves itself and until when, its clock and position, how many connections are used, and how long
 * its answers take over half a minute. Over connections of its own, closed again; it never writes.
 */
import { TLSSocket } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { ok, type Result } from '../base/result.ts';
import { CONNECT_TIMEOUT_MS } from './hub-limits.ts';
import { makeHubClient, type Greeting } from './hub-client.ts';
import { connectHub, refuseConnection, type HubAddress, type LinkTools } from './pg-link.ts';
import type { SqlLink } from './sql-link.ts';
import { connectStrict } from './strict-client.ts';

export interface HubFacts {
  readonly tls: string;
  /** The first of server's and shop's certificates to end, UTC milliseconds. */
  readonly certificateUntilMs: number;
  readonly greeting: Greeting;
  /** The hub's clock less ours. */
  readonly clockSkewMs: number;
}

/** Refuses what connectHub refuses. */
export async function examineHub(address: HubAddress, tools: LinkTools): Promise<Result<HubFacts>> {
  const proof = await readProof(address, tools);
  if (!proof.ok) return proof;
  const link = await connectHub({ ...address, applicationName: 'aurapos doctor' }, tools);
  if (!link.ok) return link;
  try {
    const hub = makeHubClient(link.value);
    // The first plans and warms up; the clock is read by the second.
    await hub.greet();
    const [sentMs, start] = [tools.clock.nowMs(), tools.clock.monotonicMs()];
    const greeting = await hub.greet();
    const roundTripMs = tools.clock.monotonicMs() - start;
    return ok({ ...proof.value, greeting, clockSkewMs: Math.round(greeting.clockMs - (sentMs + roundTripMs / 2)) });
  } finally {
    await link.value.close();
  }
}

async function readProof(
  address: HubAddress,
  { random }: LinkTools,
): Promise<Result<{ readonly tls: string; readonly certificateUntilMs: number }>> {
  try {
    const options = { connectTimeoutMs: CONNECT_TIMEOUT_MS, ...address, applicationName: 'aurapos doctor' };
    const client = await connectStrict(options, random);
    const { stream } = client.connection;
    const tls = stream instanceof TLSSocket ? (stream.getProtocol() ?? '') : '';
    const ends = [Infinity];
    if (stream instanceof TLSSocket) ends.push(Date.parse(stream.getPeerCertificate().valid_to));
    if (address.authority !== null) ends.push(Date.parse(new X509Certificate(address.authority).validTo));
    await client.end();
    return ok({ tls, certificateUntilMs: Math.min(...ends) });
  } catch (error) {
    return refuseConnection(error, address);
  }
}

export interface ConnectionCount {
  readonly used: number;
  readonly allowed: number;
}

/** Needs the superuser's link: others see only their own connections. */
export async function countConnections(link: SqlLink): Promise<ConnectionCount> {
  const [row] = await link.query<ConnectionCount>(
    "select (select count(*) from pg_stat_activity where backend_type = 'client backend')::int as used, current_setting('max_connections')::int as allowed",
  );
  return { used: row?.used ?? 0, allowed: row?.allowed ?? 0 };
}

export interface RoundTrips {
  readonly forMs: number;
  readonly everyMs: number;
  /** Each answer's milliseconds; null when there was none. */
  onSample(roundTripMs: number | null): void;
}

/** One question after the other until the time is over. Refuses what connectHub refuses when nothing answers at the beginning. */
export async function measureRoundTrips(address: HubAddress, tools: LinkTools, how: RoundTrips): Promise<Result<null>> {
  const { clock } = tools;
  const untilMs = clock.monotonicMs() + how.forMs;
  const connect = (): Promise<Result<SqlLink>> => connectHub({ ...address, applicationName: 'aurapos doctor' }, tools);
  const first = await connect();
  if (!first.ok) return first;
  let link: SqlLink | null = first.value;
  await link.query('select').catch(() => []);
  while (clock.monotonicMs() < untilMs) {
    const askedMs = clock.monotonicMs();
    link ??= await connectAgain(connect);
    const answered: boolean = link !== null && (await isAnswered(link));
    const tookMs = clock.monotonicMs() - askedMs;
    how.onSample(answered ? tookMs : null);
    if (!answered) {
      await link?.close().catch(() => undefined);
      link = null;
    }
    await clock.sleep(Math.max(0, how.everyMs - tookMs));
  }
  await link?.close();
  return ok(null);
}

async function connectAgain(connect: () => Promise<Result<SqlLink>>): Promise<SqlLink | null> {
  const again = await connect();
  return again.ok ? again.value : null;
}

async function isAnswered(link: SqlLink): Promise<boolean> {
  try {
    await link.query('select');
    return true;
  } catch {
    // The link is gone: that is what is measured.
    return false;
  }
}
