/**
 * The wizard's connection test: does an AuraPOS master answer at this address? Through the front door, with what is published and
 * nothing else, so it works before pairing; it proves nothing about who answers. It says which of the things that go wrong it is.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { ok, refuse, type Refused, type Result } from '../base/result.ts';
import { FRONT_DOOR_ROLE, REGISTER_SCRAM_ITERATIONS } from './cluster-conf.ts';
import { FRONT_DOOR_PASSWORD } from './front-door.ts';
import { otherNetwork, type OwnNetworks } from './network-place.ts';
import { refuseConnection } from './pg-link.ts';
import { connectStrict, type StrictOptions } from './strict-client.ts';
import { StrictError } from './strict-scram.ts';

/** On a LAN an answer takes milliseconds; a firewall that swallows shows as none. */
const CONNECT_TIMEOUT_MS = 4_000;
/** Stamps follow the hub's clock, so a register may be off; by this much its receipts would bear a wrong time. */
export const MAX_CLOCK_SKEW_MS = 5 * 60_000;
/** Enough questions to see a network that loses one in twenty, and no longer than somebody waits for a button. */
const SAMPLES = 30;
const PAUSE_MS = 20;
const SAMPLING_MS = 3_000;
/** Version N speaks with N - 1. */
const PROTOCOLS_APART = 1;

export interface TestTarget {
  readonly host: string;
  readonly port: number;
  /** `aurapos`, left as it is. */
  readonly database: string;
  readonly ours: { readonly version: string; readonly protocol: number };
}

export interface TestTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly networks: OwnNetworks;
}

export interface FoundMaster {
  readonly shop: string;
  readonly version: string;
  readonly protocol: number;
  /** Half of them were sooner. */
  readonly roundTripMs: number;
  readonly roundTripsMs: readonly number[];
  /** The master's clock less ours. */
  readonly clockSkewMs: number;
}

/**
 * Refuses hub.no-answer, hub.port-closed, hub.other-subnet, hub.not-aurapos, hub.wrong-database, hub.version-apart,
 * hub.too-many-connections, hub.starting, hub.clock-apart, hub.front-door-closed.
 */
export async function testMaster(target: TestTarget, tools: TestTools): Promise<Result<FoundMaster>> {
  const asked = await askHello(target, tools);
  if (!asked.ok) return asked;
  const { shop, version, protocol, clockMs, sentMs, roundTripsMs } = asked.value;
  const [first = 0] = roundTripsMs;
  if (Math.abs(protocol - target.ours.protocol) > PROTOCOLS_APART) {
    return refuse('hub.version-apart', { theirs: version, ours: target.ours.version });
  }
  const clockSkewMs = Math.round(clockMs - (sentMs + first / 2));
  if (Math.abs(clockSkewMs) > MAX_CLOCK_SKEW_MS) return refuse('hub.clock-apart', { seconds: Math.round(Math.abs(clockSkewMs) / 1000) });
  const middle = roundTripsMs.toSorted((a, b) => a - b)[Math.floor(roundTripsMs.length / 2)] ?? first;
  return ok({ shop, version, protocol, roundTripMs: Math.round(middle * 10) / 10, roundTripsMs, clockSkewMs });
}

interface Hello {
  shop: string;
  version: string;
  protocol: number;
  clockMs: number;
  sentMs: number;
  /** The first is the one that `sentMs` began. */
  roundTripsMs: number[];
}

async function askHello(target: TestTarget, { clock, random, networks }: TestTools): Promise<Result<Hello>> {
  const { host, port, database } = target;
  const options: StrictOptions = {
    host,
    port,
    database,
    user: FRONT_DOOR_ROLE,
    password: FRONT_DOOR_PASSWORD,
    iterations: REGISTER_SCRAM_ITERATIONS,
    authority: null,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    applicationName: 'aurapos connection test',
  };
  try {
    const client = await connectStrict(options, random);
    try {
      const ask = () =>
        client.query<{ shop: string; version: string; protocol: number; clock: Date }>(
          'select shop, version, protocol, clock from hello()',
        );
      // The first plans and warms up; the second is the round trip.
      await ask();
      const [sentMs, start] = [clock.nowMs(), clock.monotonicMs()];
      const { rows } = await ask();
      const roundTripsMs = [clock.monotonicMs() - start];
      while (roundTripsMs.length < SAMPLES && clock.monotonicMs() - start < SAMPLING_MS) {
        await clock.sleep(PAUSE_MS);
        const askedMs = clock.monotonicMs();
        await ask();
        roundTripsMs.push(clock.monotonicMs() - askedMs);
      }
      const [row] = rows;
      if (row === undefined) return refuse('hub.not-aurapos', { host, port });
      const { shop, version, protocol } = row;
      return ok({ shop, version, protocol, clockMs: row.clock.getTime(), sentMs, roundTripsMs });
    } finally {
      await client.end();
    }
  } catch (error) {
    return refuseTest(error, options, networks);
  }
}

async function refuseTest(error: unknown, target: StrictOptions, networks: OwnNetworks): Promise<Refused> {
  const { host, port, database } = target;
  // Nothing is trusted yet: whoever fails the exchange with a password that all the world knows is simply no master.
  if (error instanceof StrictError) return refuse('hub.not-aurapos', { host, port });
  const refused = refuseConnection(error, target);
  const text = error instanceof Error ? error.message : '';
  switch (refused.refusal.code) {
    case 'hub.no-answer': {
      const own = otherNetwork(await addressOf(host), networks);
      return own === null ? refused : refuse('hub.other-subnet', { host, own });
    }
    case 'pairing.revoked':
      if (/not permitted to log in/.test(text)) return refuse('hub.front-door-closed');
      // Its access rules know this role in the front door's database alone.
      return /rejects connection|no pg_hba\.conf entry/.test(text)
        ? refuse('hub.wrong-database', { database })
        : refuse('hub.not-aurapos', { host, port });
    case 'pairing.wrong-code':
    case 'hub.not-trusted':
      return refuse('hub.not-aurapos', { host, port });
    default:
      // A function that is not there: a PostgreSQL, with a role of this name by chance.
      return refused;
  }
}

async function addressOf(host: string): Promise<string> {
  if (isIP(host) !== 0) return host;
  try {
    return (await lookup(host, 4)).address;
  } catch {
    // A name that nobody knows lies nowhere.
    return '';
  }
}
