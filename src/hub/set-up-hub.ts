/**
 * Raises the shop's hub on this machine: PostgreSQL, keys, cluster, databases, roles, functions, projection.
 * A list of steps, each of which finds its work done or does it: killed anywhere it starts again and ends once. Run at every start of
 * the master, so that a newer program brings its functions and tables along.
 */
import path from 'node:path';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { present } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { asResult, ok, refuse, type Refusal, type Refused, type Result } from '../base/result.ts';
import { issueServerCertificate } from './certificate-authority.ts';
import {
  configureCluster,
  createCluster,
  startCluster,
  superuserPassword,
  systemIdentifier,
  writePrivately,
  type Cluster,
} from './cluster.ts';
import { FRONT_DOOR_DATABASE, OWNER_ROLE, REGISTER_SCRAM_ITERATIONS, SHOP_DATABASE, SUPERUSER } from './cluster-conf.ts';
import { assertFrontDoor, FRONT_DOOR_PASSWORD, furnishHall, makeFrontDoorDatabase } from './front-door.ts';
import { makeHubMasterClient } from './hub-client.ts';
import type { HubPlace } from './hub-place.ts';
import { placeHub, type HubFolder } from './hub-folder.ts';
import { ensureHubKeys, type HubKeys } from './hub-keys.ts';
import { installHubSchema, readSql } from './install-hub-schema.ts';
import { connectHub, type HubAddress } from './pg-link.ts';
import { findPostgres } from './postgres-binaries.ts';
import { installProjection, projectionGrants, renewProjection } from './projection.ts';
import { makeScramVerifier } from './scram-verifier.ts';
import type { SqlLink } from './sql-link.ts';
import { chooseSystemUser, type SystemUser } from './system-user.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';

/** Raised when what registers and hub say to each other changes; N-1 is spoken too. */
export const HUB_PROTOCOL = 1;

export interface SetUpOptions {
  /** The register's folder for its hub. */
  readonly folder: string;
  readonly shop: { readonly id: string; readonly name: string };
  readonly port: number;
  /** `*`, or addresses; 127.0.0.1 always works. */
  readonly listen: string;
  readonly registers: number;
  readonly memoryBytes: number;
  /** Of the program. */
  readonly version: string;
  /** Does the master answer connection tests? */
  readonly frontDoorOpen: boolean;
  /** Which raising of the shop's database this is; null while it is being filled, and nobody's yet. */
  readonly incarnation: IncarnationOfHub | null;
  /** Do others than this machine get in at once? */
  readonly open: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly onStep: (progress: SetUpProgress) => void;
}

export interface IncarnationOfHub {
  readonly number: number;
  readonly id: string;
}

export type SetUpStep = 'postgres' | 'keys' | 'cluster' | 'start' | 'databases' | 'functions' | 'projection' | 'front-door' | 'incarnation';

export type SetUpProgress =
  | { readonly step: SetUpStep; readonly state: 'running' }
  | { readonly step: SetUpStep; readonly state: 'done'; readonly detail: string }
  | { readonly step: SetUpStep; readonly state: 'failed'; readonly refusal: Refusal };

/** A hub wherever it is. */
export interface AnyHub {
  readonly folder: Pick<HubFolder, 'keys'>;
  readonly keys: HubKeys;
  /** Of its PostgreSQL. */
  readonly version: string;
  /** Null: on this machine. */
  readonly place: HubPlace | null;
  /** What whoever set it up may not do there, with the SQL for its administrator. */
  readonly lacks: readonly MissingRight[];
  /** Of whoever set it up; any database of the cluster. */
  address(database: string): Promise<HubAddress>;
}

/** Something that is less safe than it could be until an administrator runs `sql`. */
export interface MissingRight {
  readonly right: 'watch' | 'large-objects' | 'temporary-files' | 'other-databases';
  readonly sql: string;
}

/** On this machine: the superuser's address is on the loopback. */
export interface Hub extends AnyHub {
  readonly folder: HubFolder;
  readonly cluster: Cluster;
}

const APPLICATION_NAME = 'aurapos set-up';

interface Draft {
  user?: SystemUser | null;
  binaries?: PostgresBinaries;
  folder?: HubFolder;
  keys?: HubKeys;
  cluster?: Cluster;
}

type Step = (options: SetUpOptions, draft: Draft) => Promise<Result<string>>;

const STEPS: readonly (readonly [SetUpStep, Step])[] = [
  ['postgres', bringPostgres],
  ['keys', bringKeys],
  ['cluster', bringCluster],
  ['start', bringUp],
  ['databases', makeDatabases],
  ['functions', installFunctions],
  ['projection', installTables],
  ['front-door', openFrontDoor],
  ['incarnation', beginIncarnation],
];

/** Refuses what its steps refuse: hub.postgres-missing, hub.postgres-failed, hub.port-taken, hub.no-user, hub.disk-full, and those of a connection. */
export async function setUpHub(options: SetUpOptions): Promise<Result<Hub>> {
  const draft: Draft = {};
  for (const [step, work] of STEPS) {
    options.onStep({ step, state: 'running' });
    const done = await asResult(() => work(options, draft).catch(refuseFullDisk));
    if (!done.ok) {
      options.onStep({ step, state: 'failed', refusal: done.refusal });
      return done;
    }
    options.onStep({ step, state: 'done', detail: done.value });
  }
  const cluster = present(draft.cluster, 'the cluster');
  const keys = present(draft.keys, 'the keys');
  return ok({
    folder: present(draft.folder, 'the folder'),
    cluster,
    keys,
    version: cluster.binaries.version,
    place: null,
    lacks: [],
    address: (database) => masterAddress(cluster, keys, database),
  });
}

/** A file that could not be written: of the configuration, the keys. */
function refuseFullDisk(error: unknown): Refused {
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return refuse('hub.disk-full');
  throw error;
}

async function masterAddress(cluster: Cluster, keys: HubKeys, database: string): Promise<HubAddress> {
  return {
    host: '127.0.0.1',
    port: cluster.settings.port,
    database,
    user: SUPERUSER,
    password: await superuserPassword(cluster),
    iterations: REGISTER_SCRAM_ITERATIONS,
    authority: keys.authority.certificate,
  };
}

async function bringPostgres(options: SetUpOptions, draft: Draft): Promise<Result<string>> {
  const user = await chooseSystemUser();
  if (!user.ok) return user;
  draft.user = user.value;
  draft.folder = await placeHub(options.folder, options.shop.id, user.value);
  const found = await findPostgres(user.value, user.value === null ? draft.folder.cluster : '/var/lib/aurapos');
  if (!found.ok) return found;
  draft.binaries = found.value;
  return ok(found.value.version);
}

async function bringKeys(options: SetUpOptions, draft: Draft): Promise<Result<string>> {
  const { keys: folder } = present(draft.folder, 'the folder');
  const keys = await ensureHubKeys(folder, options.shop.id, options.random);
  draft.keys = keys;
  // One server key for good: a new one at each start would change nothing for registers, which pin the CA.
  const file = path.join(folder, 'server.pem');
  if (!existsSync(file)) await writePrivately(file, JSON.stringify(issueServerCertificate(keys.authority, options.random)));
  return ok(keys.recoveryCode === null ? 'there' : 'made');
}

async function bringCluster(options: SetUpOptions, draft: Draft): Promise<Result<string>> {
  const folder = present(draft.folder, 'the folder');
  const { listen, port, registers, memoryBytes, open } = options;
  const cluster: Cluster = {
    folder: folder.cluster,
    binaries: present(draft.binaries, 'PostgreSQL'),
    user: draft.user ?? null,
    settings: { listen, port, registers, memoryBytes, open },
  };
  const made = await createCluster(cluster, options.random);
  if (!made.ok) return made;
  await configureCluster(cluster, JSON.parse(await readFile(path.join(folder.keys, 'server.pem'), 'utf8')));
  draft.cluster = cluster;
  return made;
}

async function bringUp(options: SetUpOptions, draft: Draft): Promise<Result<string>> {
  const cluster = present(draft.cluster, 'the cluster');
  const started = await startCluster(cluster, options.clock);
  if (!started.ok) return started;
  const identified = await withMaster(options, draft, 'postgres', async (link) => {
    const [row] = await link.query<{ id: string }>('select system_identifier::text as id from pg_control_system()');
    if (row?.id !== (await systemIdentifier(cluster))) return refuse('hub.port-taken', { port: cluster.settings.port });
    // What a killed set-up had asked for is still being done: two at once would trip over each other.
    await link.query(
      'select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()',
      [APPLICATION_NAME],
    );
    return ok(null);
  });
  return identified.ok ? started : identified;
}

async function makeDatabases(options: SetUpOptions, draft: Draft): Promise<Result<string>> {
  return withMaster(options, draft, 'postgres', async (link) => {
    await link.run(readSql('make-roles'));
    await link.run(readSql('close-postgres'));
    const there = await link.query<{ datname: string }>('select datname from pg_database where datname = $1', [SHOP_DATABASE]);
    if (there.length > 0) return ok('there');
    await link.run(`create database ${SHOP_DATABASE} template template0`);
    return ok('made');
  });
}

/** Everything in it belongs to a role that nobody can log in as. */
export const AS_OWNER = `set local role ${OWNER_ROLE}`;

async function installFunctions(options: SetUpOptions, draft: Draft): Promise<Result<string>> {
  return withMaster(options, draft, SHOP_DATABASE, async (link) => {
    await link.run(readSql('close-database'));
    await link.run(readSql('close-languages'));
    await installHubSchema(link, { before: AS_OWNER, after: readSql('grant-registers') });
    return ok('installed');
  });
}

async function installTables(options: SetUpOptions, draft: Draft): Promise<Result<string>> {
  return withMaster(options, draft, SHOP_DATABASE, async (link) => {
    const after = `revoke all on function hub.write_projection from public;\n${projectionGrants(OWNER_ROLE)}`;
    await installProjection(link, { before: AS_OWNER, after });
    return ok(await renewProjection(link));
  });
}

async function openFrontDoor(options: SetUpOptions, draft: Draft): Promise<Result<string>> {
  const door = { shopName: options.shop.name, version: options.version, protocol: HUB_PROTOCOL };
  return withMaster(options, draft, 'postgres', async (postgres) => {
    await makeFrontDoorDatabase(postgres);
    const hall = await withMaster(options, draft, FRONT_DOOR_DATABASE, async (link) => {
      await furnishHall(link, door);
      return ok(null);
    });
    if (!hall.ok) return hall;
    const verifier = await makeScramVerifier(FRONT_DOOR_PASSWORD, REGISTER_SCRAM_ITERATIONS, options.random);
    await assertFrontDoor(postgres, verifier, options.frontDoorOpen);
    return ok(options.frontDoorOpen ? 'open' : 'closed');
  });
}

async function beginIncarnation(options: SetUpOptions, draft: Draft): Promise<Result<string>> {
  return withMaster(options, draft, SHOP_DATABASE, async (link) => {
    const { shop, incarnation } = options;
    await makeHubMasterClient(link).beginIncarnation({ ...shop, incarnation, protocolVersion: HUB_PROTOCOL });
    return ok(incarnation === null ? '' : String(incarnation.number));
  });
}

async function withMaster<T>(
  options: SetUpOptions,
  draft: Draft,
  database: string,
  work: (link: SqlLink) => Promise<Result<T>>,
): Promise<Result<T>> {
  const address = await masterAddress(present(draft.cluster, 'the cluster'), present(draft.keys, 'the keys'), database);
  const link = await connectHub({ ...address, applicationName: APPLICATION_NAME }, options);
  if (!link.ok) return link;
  try {
    return await work(link.value);
  } finally {
    await link.value.close();
  }
}
