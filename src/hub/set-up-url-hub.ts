/**
 * Lays the shop's hub into a PostgreSQL that the shop runs or rents: the same databases, roles, functions and projection as on a machine of
 * its own, by a list of steps that find their work done or do it. Whoever logs in need not be a superuser: CREATEDB and CREATEROLE do.
 * What it may not do it refuses with the SQL for the administrator; what makes it less safe it lists. It takes nothing from others there.
 */
import path from 'node:path';
import { asResult, ok, refuse, type Result } from '../base/result.ts';
import type { Random } from '../base/random.ts';
import { FRONT_DOOR_ROLE, OWNER_ROLE, PAIRING_ROLE, REGISTER_GROUP, REGISTER_SCRAM_ITERATIONS, SHOP_DATABASE } from './cluster-conf.ts';
import { FRONT_DOOR_PASSWORD } from './front-door.ts';
import { makeHubMasterClient } from './hub-client.ts';
import { ensureHubKeys, type HubKeys } from './hub-keys.ts';
import { placeAddress, type HubServer } from './hub-place.ts';
import { installHubSchema, readSql } from './install-hub-schema.ts';
import { connectHub, type HubAddress } from './pg-link.ts';
import { MIN_POSTGRES_MAJOR } from './postgres-binaries.ts';
import { installProjection, projectionGrants, renewProjection } from './projection.ts';
import { makeScramVerifier } from './scram-verifier.ts';
import { AS_OWNER, HUB_PROTOCOL, type AnyHub, type MissingRight, type SetUpOptions, type SetUpStep } from './set-up-hub.ts';
import type { SqlLink } from './sql-link.ts';

export type UrlOptions = Pick<SetUpOptions, 'folder' | 'shop' | 'incarnation' | 'open' | 'clock' | 'random' | 'log' | 'onStep'> & {
  readonly server: HubServer;
};

/** What the user who logs in is there. */
interface Rights {
  readonly user: string;
  readonly version: string;
  readonly superuser: boolean;
}

const APPLICATION_NAME = 'aurapos set-up';
/** Insufficient privilege. */
const MAY_NOT = '42501';

/**
 * Refuses hub.url-login, hub.url-too-old, hub.url-may-not, hub.url-other-shop, hub.replaced (a newer master has this hub), and those of a
 * connection.
 */
export async function setUpUrlHub(options: UrlOptions): Promise<Result<AnyHub>> {
  const keysFolder = path.join(path.resolve(options.folder), 'keys');
  let rights: Rights = { user: '', version: '', superuser: false };
  let keys: HubKeys | null = null;
  let lacks: readonly MissingRight[] = [];
  const steps: readonly (readonly [SetUpStep, () => Promise<Result<string>>])[] = [
    [
      'postgres',
      async () => {
        const found = await withAdmin(options, options.server.database, readRights);
        if (found.ok) rights = found.value;
        return found.ok ? ok(rights.version) : found;
      },
    ],
    [
      'keys',
      async () => {
        keys = await ensureHubKeys(keysFolder, options.shop.id, options.random);
        return ok(keys.recoveryCode === null ? 'there' : 'made');
      },
    ],
    ['databases', () => withAdmin(options, options.server.database, (link) => makeDatabase(link, rights, options.random))],
    ['functions', () => withAdmin(options, SHOP_DATABASE, (link) => installFunctions(link, options, rights))],
    ['projection', () => withAdmin(options, SHOP_DATABASE, (link) => installTables(link, rights))],
    [
      'incarnation',
      () =>
        withAdmin(options, SHOP_DATABASE, async (link) => {
          lacks = await findMissing(link, rights, options.server.database);
          for (const { right, sql } of lacks) options.log.warn('hub.right-missing', { right, sql });
          return beginIncarnation(link, options);
        }),
    ],
  ];
  for (const [step, work] of steps) {
    options.onStep({ step, state: 'running' });
    const done = await asResult(() => work().catch((error: unknown) => refuseRight(error, step, options.server.user)));
    if (!done.ok) {
      options.onStep({ step, state: 'failed', refusal: done.refusal });
      return done;
    }
    options.onStep({ step, state: 'done', detail: done.value });
  }
  if (keys === null) throw new Error('the keys are made by a step');
  const { server } = options;
  const address = (database: string): Promise<HubAddress> => Promise.resolve(adminAddress(server, database));
  return ok({ folder: { keys: keysFolder }, keys, version: rights.version, place: server, lacks, address });
}

/**
 * Before anything is set up there: may this user, on a server that is new enough and holds no other shop? `shopId` null: of a shop that has none
 * yet. Changes nothing. Refuses as setUpUrlHub does before its first change.
 */
export async function testServer(
  server: HubServer,
  shopId: string | null,
  tools: Pick<UrlOptions, 'clock' | 'random'>,
): Promise<Result<Pick<Rights, 'user' | 'version'>>> {
  const options = { ...tools, server };
  const rights = await withAdmin(options, server.database, async (link) => {
    const read = await readRights(link);
    const [there] = await link.query('select from pg_database where datname = $1', [SHOP_DATABASE]);
    return read.ok ? ok({ ...read.value, isThere: there !== undefined }) : read;
  });
  if (!rights.ok) return rights;
  const { user, version, isThere } = rights.value;
  const other = isThere ? await withAdmin(options, SHOP_DATABASE, (link) => refuseOtherShop(link, shopId)) : ok(null);
  return other.ok ? ok({ user, version }) : other;
}

export function adminAddress(server: HubServer, database: string): HubAddress {
  return { ...placeAddress(server), database, user: server.user, password: server.password, iterations: null };
}

type ToServer = Pick<UrlOptions, 'server' | 'clock' | 'random'>;

async function withAdmin<T>(options: ToServer, database: string, work: (link: SqlLink) => Promise<Result<T>>): Promise<Result<T>> {
  const { user } = options.server;
  const link = await connectHub({ ...adminAddress(options.server, database), applicationName: APPLICATION_NAME }, options);
  if (!link.ok) {
    const { code } = link.refusal;
    return code === 'pairing.wrong-code' || code === 'pairing.revoked' ? refuse('hub.url-login', { user }) : link;
  }
  try {
    return await work(link.value);
  } finally {
    await link.value.close();
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** What PostgreSQL forbids while a step is under way, in words that an administrator can act on. */
function refuseRight(error: unknown, step: SetUpStep, user: string): Result<never> {
  if (!(error instanceof Error && 'code' in error && error.code === MAY_NOT)) throw error;
  const roles = `${OWNER_ROLE}, ${REGISTER_GROUP}, ${PAIRING_ROLE}`;
  const sql =
    step === 'databases'
      ? `ALTER ROLE ${quoted(user)} CREATEDB CREATEROLE;`
      : `GRANT ${roles} TO ${quoted(user)} WITH ADMIN TRUE, INHERIT TRUE, SET TRUE; ALTER DATABASE ${SHOP_DATABASE} OWNER TO ${quoted(user)};`;
  return refuse('hub.url-may-not', { user, what: error.message, sql });
}

/** Refuses hub.url-too-old, hub.url-may-not. */
export async function readRights(link: Pick<SqlLink, 'query'>): Promise<Result<Rights>> {
  const [row] = await link.query<Rights & { number: number; database: boolean; role: boolean }>(
    `select current_user::text as "user", current_setting('server_version') as version, current_setting('server_version_num')::int as number,
       r.rolsuper as superuser, r.rolsuper or r.rolcreaterole as role,
       r.rolsuper or r.rolcreatedb or exists (select from pg_database d where d.datname = $1) as database
     from pg_roles r where r.rolname = current_user`,
    [SHOP_DATABASE],
  );
  if (row === undefined) return refuse('hub.starting');
  const { user, version, superuser } = row;
  if (row.number < MIN_POSTGRES_MAJOR * 10_000) return refuse('hub.url-too-old', { version });
  const wanted = [...(row.database ? [] : ['CREATEDB']), ...(row.role ? [] : ['CREATEROLE'])];
  if (wanted.length > 0)
    return refuse('hub.url-may-not', { user, what: wanted.join(' '), sql: `ALTER ROLE ${quoted(user)} ${wanted.join(' ')};` });
  return ok({ user, version, superuser });
}

async function makeDatabase(link: SqlLink, { superuser }: Rights, random: Random): Promise<Result<string>> {
  // Who makes a role may act as it, and end its sessions.
  if (!superuser) await link.run(SELF_GRANT);
  await link.run(readSql('make-roles'));
  await closeDoor(link, random);
  const there = await link.query('select from pg_database where datname = $1', [SHOP_DATABASE]);
  if (there.length > 0) return ok('there');
  await link.run(`create database ${SHOP_DATABASE} template template0`);
  return ok('made');
}

/** No front door on a server that others may use; who tests a connection there hears that it is closed, and goes on with the code. */
async function closeDoor(link: SqlLink, random: Random): Promise<void> {
  const verifier = await makeScramVerifier(FRONT_DOOR_PASSWORD, REGISTER_SCRAM_ITERATIONS, random);
  await link.run(`do $$ begin
    if not exists (select from pg_roles where rolname = '${FRONT_DOOR_ROLE}') then create role ${FRONT_DOOR_ROLE} nologin password '${verifier}'; end if;
  end $$`);
}

const SELF_GRANT = "set createrole_self_grant = 'set, inherit'";

async function installFunctions(link: SqlLink, { shop, open }: UrlOptions, { user, superuser }: Rights): Promise<Result<string>> {
  const other = await refuseOtherShop(link, shop.id);
  if (!other.ok) return other;
  await link.run(readSql('close-database'));
  // Nobody gets in while it is filled.
  if (!open) await link.run(`revoke connect on database ${SHOP_DATABASE} from ${REGISTER_GROUP}`);
  if (superuser) await link.run(readSql('close-languages'));
  else await link.run(`alter role ${quoted(user)} in database ${SHOP_DATABASE} set createrole_self_grant = 'set, inherit'`);
  await installHubSchema(link, { before: AS_OWNER, after: readSql('grant-registers') });
  return ok('installed');
}

async function refuseOtherShop(link: SqlLink, shopId: string | null): Promise<Result<null>> {
  const [hub] = await link.query<{ there: boolean }>("select to_regclass('hub.shop') is not null as there");
  if (hub?.there !== true) return ok(null);
  const [row] = await link.query<{ shop: string | null }>('select shop_id::text as shop from hub.shop');
  return row !== undefined && row.shop !== null && row.shop !== shopId ? refuse('hub.url-other-shop') : ok(null);
}

async function installTables(link: SqlLink, { user, superuser }: Rights): Promise<Result<string>> {
  // A superuser writes the projection whatever the grants say; anybody else has it from the owner, who keeps no right over ledgers.
  const own = `grant select, insert, update, delete, truncate on all tables in schema shop to ${quoted(user)}`;
  const after = ['revoke all on function hub.write_projection from public', projectionGrants(OWNER_ROLE), ...(superuser ? [] : [own])];
  await installProjection(link, { before: AS_OWNER, after: after.join(';\n') });
  return ok(await renewProjection(link));
}

/** A master that was replaced while it was away finds its hub taken: two of them never say by turns which one it is. */
async function beginIncarnation(link: SqlLink, { shop, incarnation }: UrlOptions): Promise<Result<string>> {
  const hub = makeHubMasterClient(link);
  const held = (await hub.greet()).incarnation;
  if (incarnation !== null && held.number > incarnation.number) return refuse('hub.replaced');
  await hub.beginIncarnation({ ...shop, incarnation, protocolVersion: HUB_PROTOCOL });
  return ok(incarnation === null ? '' : String(incarnation.number));
}

/** What a plain user cannot take from registers or do to them. */
async function findMissing(link: SqlLink, { user }: Rights, database: string): Promise<MissingRight[]> {
  const [row] = await link.query<{ watch: boolean; objects: boolean; files: boolean; others: string[] }>(
    `select pg_has_role(current_user, $1, 'usage') and pg_has_role(current_user, $2, 'usage')
         or pg_has_role(current_user, 'pg_signal_backend', 'usage') and pg_has_role(current_user, 'pg_read_all_stats', 'usage') as watch,
       has_function_privilege($1, 'lo_create(oid)', 'execute') as objects,
       has_parameter_privilege('temp_file_limit', 'set') as files,
       (select coalesce(json_agg(d.datname order by d.datname), '[]'::json) from pg_database d
        where d.datallowconn and d.datname <> $3 and has_database_privilege($1, d.oid, 'connect')) as others`,
    [REGISTER_GROUP, PAIRING_ROLE, SHOP_DATABASE],
  );
  const missing: MissingRight[] = [];
  if (row?.watch !== true) missing.push({ right: 'watch', sql: `GRANT pg_signal_backend, pg_read_all_stats TO ${quoted(user)};` });
  if (row?.objects === true)
    missing.push({ right: 'large-objects', sql: `\\c ${SHOP_DATABASE}\n${readSql('close-languages').replace(/^--.*\n/gm, '')}` });
  if (row?.files !== true) missing.push({ right: 'temporary-files', sql: `GRANT SET ON PARAMETER temp_file_limit TO ${quoted(user)};` });
  const others = row?.others ?? [];
  if (others.length > 0)
    missing.push({
      right: 'other-databases',
      // This user goes on logging in where it does now.
      sql: [
        `GRANT CONNECT ON DATABASE ${quoted(database)} TO ${quoted(user)};`,
        ...others.map((name) => `REVOKE CONNECT, TEMPORARY ON DATABASE ${quoted(name)} FROM PUBLIC;`),
      ].join('\n'),
    });
  return missing;
}
