/**
 * The manifest of a backup: one JSON file that names every file the backup needs, with size and hash, and says what is in it. Written last: it
 * exists = the backup is whole. docs/backup-format.md describes it for whoever reads a backup without this program.
 */
import { z } from 'zod';

export const BACKUP_FORMAT = 'aurapos-backup';
export const BACKUP_VERSION = 1;

/** 2026-11-29T040546Z: UTC, and a name on every file system. */
const NAME = /^\d{4}-\d{2}-\d{2}T\d{6}Z(-\d+)?$/;
/** Only files of ours, beneath the register's folder. */
const FILE = /^(bases|segments|values|local)\/[A-Za-z0-9.-]+$/;

const file = z.object({
  file: z.string().regex(FILE),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type BackupFile = z.output<typeof file>;

const piece = file.extend({ count: z.int().nonnegative() });
export type BackupPiece = z.output<typeof piece>;

export const backupName = z.string().regex(NAME);

export const manifest = z.object({
  format: z.literal(BACKUP_FORMAT),
  version: z.literal(BACKUP_VERSION),
  name: backupName,
  /** UTC ms. */
  madeAt: z.int().nonnegative(),
  program: z.string(),
  mode: z.string(),
  register: z.object({ id: z.string(), code: z.string(), name: z.string() }),
  shop: z.object({ name: z.string(), currency: z.string() }),
  /** Null: not encrypted. */
  encryption: z.object({ format: z.literal('age'), recipients: z.array(z.string()) }).nullable(),
  base: file.extend({ madeAt: z.int().nonnegative(), changesets: z.int().nonnegative() }),
  /** Changesets that came after the base, oldest first. */
  segments: z.array(piece),
  /** Personal values that came after the base. */
  values: z.array(piece),
  /** The tables that no changeset carries. */
  local: file,
  /** Ends of every chain: what this backup holds. */
  heads: z.array(z.object({ chain: z.string(), series: z.string().nullable(), n: z.int(), hash: z.string() })),
  counts: z.object({ products: z.int(), customers: z.int(), sales: z.int(), changesets: z.int(), values: z.int() }),
  salesUpTo: z.int().nullable(),
});
export type Manifest = z.output<typeof manifest>;

export function filesOf({ base, segments, values, local }: Pick<Manifest, 'base' | 'segments' | 'values' | 'local'>): BackupFile[] {
  return [base, ...segments, ...values, local];
}

export function bytesOf(backup: Manifest): number {
  return filesOf(backup).reduce((sum, { bytes }) => sum + bytes, 0);
}

export function nameOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replaceAll(':', '')}Z`;
}
