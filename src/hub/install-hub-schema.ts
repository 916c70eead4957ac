/**
 * Lays the schema `hub` into a database: tables and functions, from the .sql files beside. Idempotent, one transaction.
 * The same text runs in PostgreSQL and in PGlite; who may do what is set apart (install-grants.ts), because PGlite needs none of it.
 */
import { readFileSync } from 'node:fs';
import type { SqlLink } from './sql-link.ts';

/** In the order their names are used. */
const FILES = [
  'make-tables',
  'admit-batch',
  'keep-detached',
  'wake',
  'push',
  'admit',
  'offer',
  'take-offered',
  'settle-offered',
  'pull',
  'heads',
  'fetch',
  'read-detached',
  'page',
  'announce',
  'greet',
  'begin-incarnation',
  'assign-chain',
] as const;

export function readSql(name: string): string {
  return readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');
}

/** `extra` runs in the same transaction, after the functions: grants, so that none is ever open to everybody. */
export async function installHubSchema(link: Pick<SqlLink, 'run'>, extra = ''): Promise<void> {
  await link.run(['begin', ...FILES.map(readSql), extra, 'commit'].join(';\n'));
}
