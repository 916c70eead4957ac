/**
 * Lays the schema `hub` into a database: tables and functions, from the .sql files beside. Idempotent, one transaction.
 * The same text runs in PostgreSQL and in PGlite; who may do what is added by `frame`, because PGlite needs none of it.
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
  'count-shop',
  'announce',
  'take-keys',
  'greet',
  'begin-incarnation',
  'assign-chain',
  'pair',
] as const;

export function readSql(name: string): string {
  return readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');
}

/** `before` and `after` run in the same transaction: owner and grants, so that nothing is ever open to everybody. */
export async function installHubSchema(
  link: Pick<SqlLink, 'run'>,
  frame: { readonly before: string; readonly after: string } | null = null,
): Promise<void> {
  await link.run(['begin', frame?.before ?? '', ...FILES.map(readSql), frame?.after ?? '', 'commit'].join(';\n'));
}
