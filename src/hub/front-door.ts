/**
 * The front door: database `aurapos`, where the published test (`psql -h MASTER -p 5432 -U aurapos -d aurapos`, password 7312) finds a
 * prompt and one function, hello(). Its password is known to all the world, so its role can do nothing else; what PostgreSQL cannot
 * take from a role (its own password and settings, NOTIFY, long statements) the watchdog puts right or ends.
 */
import { FRONT_DOOR_DATABASE, FRONT_DOOR_ROLE } from './cluster-conf.ts';
import { readSql } from './install-hub-schema.ts';
import type { SqlLink } from './sql-link.ts';

export const FRONT_DOOR_PASSWORD = '7312';
const FRONT_DOOR_CONNECTIONS = 6;

/** Defaults of its sessions; a session may change them, and then meets the watchdog. */
const SETTINGS: Readonly<Record<string, string>> = {
  default_transaction_read_only: 'on',
  idle_in_transaction_session_timeout: '2s',
  idle_session_timeout: '10min',
  lock_timeout: '1s',
  log_statement: 'none',
  statement_timeout: '2s',
  temp_file_limit: '1MB',
  work_mem: '1MB',
};

export interface FrontDoor {
  readonly shopName: string;
  readonly version: string;
  readonly protocol: number;
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** `postgres`: the superuser's link to any database but the hall. Idempotent, as all here. */
export async function makeFrontDoorDatabase(postgres: SqlLink): Promise<void> {
  const there = await postgres.query('select 1 from pg_database where datname = $1', [FRONT_DOOR_DATABASE]);
  if (there.length === 0) await postgres.run(`create database ${FRONT_DOOR_DATABASE} template template0`);
  await postgres.run(`do $$ begin
    if not exists (select from pg_roles where rolname = '${FRONT_DOOR_ROLE}') then create role ${FRONT_DOOR_ROLE}; end if; end $$`);
}

/** `hall`: the superuser's link to the front door's database. */
export async function furnishHall(hall: SqlLink, door: FrontDoor): Promise<void> {
  await hall.run(['begin', readSql('make-front-door'), helloFunction(door), 'commit'].join(';\n'));
}

/** Its answers stand in its text: it reads no table. */
function helloFunction(door: FrontDoor): string {
  const columns = 'shop text, version text, protocol int, clock timestamptz';
  return `
    drop function if exists public.hello();
    create function public.hello() returns table (${columns}) language sql volatile security definer set search_path = pg_catalog, pg_temp
      as ${literal(`select ${literal(door.shopName)}, ${literal(door.version)}, ${door.protocol}, clock_timestamp()`)};
    revoke all on function public.hello() from public;
    ${hallGrants()}`;
}

/** In the hall: what its role may do, which it can take from itself (DROP OWNED). */
export function hallGrants(): string {
  return `
    grant connect on database ${FRONT_DOOR_DATABASE} to ${FRONT_DOOR_ROLE};
    grant usage on schema public to ${FRONT_DOOR_ROLE};
    grant execute on function public.hello() to ${FRONT_DOOR_ROLE}`;
}

/** The role as it should be: whoever logs in with a role may change its password and settings. */
export async function assertFrontDoor(postgres: SqlLink, verifier: string, open: boolean): Promise<void> {
  const settings = Object.entries(SETTINGS).map(([name, value]) => `alter role ${FRONT_DOOR_ROLE} set ${name} = '${value}'`);
  await alterRole(
    postgres,
    `begin;
    alter role ${FRONT_DOOR_ROLE} nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls
      ${open ? 'login' : 'nologin'} connection limit ${FRONT_DOOR_CONNECTIONS} password '${verifier}' valid until 'infinity';
    alter role ${FRONT_DOOR_ROLE} reset all;
    alter role ${FRONT_DOOR_ROLE} in database ${FRONT_DOOR_DATABASE} reset all;
    ${settings.join(';\n')};
    commit`,
  );
}

/** Times a role is altered before giving up: the watchdog and the owner's switch may meet on its row, for a few milliseconds. */
const ALTER_TRIES = 20;

async function alterRole(postgres: SqlLink, statements: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await postgres.run(statements);
      return;
    } catch (error) {
      // PostgreSQL says "tuple concurrently updated" as an internal error, and leaves a transaction that was begun to be ended.
      if (tries >= ALTER_TRIES || !(error instanceof Error && 'code' in error && error.code === 'XX000')) throw error;
      await postgres.run('rollback');
    }
  }
}

export interface FrontDoorState {
  /** As pg_authid has it. */
  readonly verifier: string | null;
  readonly settings: string;
  readonly login: boolean;
}

/** What to compare with what was asserted. */
export async function readFrontDoor(postgres: SqlLink): Promise<FrontDoorState> {
  const [row] = await postgres.query<FrontDoorState>(
    `select a.rolpassword as verifier, a.rolcanlogin as login,
       coalesce((select string_agg(s.setdatabase::text || s.setconfig::text, ';' order by s.setdatabase) from pg_db_role_setting s where s.setrole = a.oid), '') as settings
     from pg_authid a where a.rolname = $1`,
    [FRONT_DOOR_ROLE],
  );
  return row ?? { verifier: null, settings: '', login: false };
}

/** Turns it on or off; sessions that are in are ended when it closes. */
export async function switchFrontDoor(postgres: SqlLink, open: boolean): Promise<void> {
  await alterRole(postgres, `alter role ${FRONT_DOOR_ROLE} ${open ? 'login' : 'nologin'}`);
  if (!open) await postgres.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [FRONT_DOOR_ROLE]);
}
