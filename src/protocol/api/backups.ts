/** Routes of backups: where they go and how they stand, making and trying them, restoring at first launch and later. */
import { z } from 'zod';
import { backupStand } from './shop.ts';
import { done, instant, route } from './route.ts';

const keep = z.object({ daily: z.int().min(1).max(400), monthly: z.int().min(0).max(120), yearly: z.int().min(0).max(50) });
/** A folder as the system spells it: a local one, a stick's, a network path. */
const place = z.string().trim().min(1).max(1_000);

const settings = z.object({
  /** Null: no backups. */
  target: place.nullable(),
  everyHours: z.int().min(1).max(168),
  keep,
  encrypted: z.boolean(),
});

const backup = z.object({
  /** The register's folder beneath the place. */
  folder: z.string(),
  name: z.string(),
  madeAt: instant,
  program: z.string(),
  mode: z.string(),
  register: z.object({ id: z.string(), code: z.string(), name: z.string() }),
  shop: z.object({ name: z.string(), currency: z.string() }),
  encrypted: z.boolean(),
  bytes: z.int(),
  /** Every file is there in its size. */
  complete: z.boolean(),
  counts: z.object({ products: z.int(), customers: z.int(), sales: z.int(), changesets: z.int(), values: z.int() }),
  salesUpTo: instant.nullable(),
  /** What this register's present data has beyond it. */
  newer: z.object({
    present: z.enum(['empty', 'unreadable', 'other', 'same']),
    changesets: z.int(),
    sales: z.int(),
    salesUpTo: instant.nullable(),
  }),
});

const backups = z.object({
  rows: z.array(backup),
  /** Manifests that cannot be read. */
  unreadable: z.array(z.string()),
});

export const BACKUPS = {
  getBackups: route({
    method: 'GET',
    path: '/api/backups/settings',
    access: 'login',
    summary: 'Where backups go, which are kept, and how they stand',
    answer: z.object({
      settings,
      stand: backupStand.extend({ lastBytes: z.int().nullable(), lastNewBytes: z.int().nullable(), triedAt: instant.nullable() }),
      /** The owner has a recovery code already: encryption asks for it. */
      hasCode: z.boolean(),
    }),
  }),
  setBackups: route({
    method: 'PUT',
    path: '/api/backups/settings',
    access: 'storage',
    summary: 'Say where backups go, how often, which are kept, whether encrypted; the answer holds a new recovery code, shown once',
    body: settings.extend({ code: z.string().max(60).optional() }),
    answer: z.object({ recoveryCode: z.string().nullable() }),
  }),
  listBackups: route({
    method: 'GET',
    path: '/api/backups',
    access: 'storage',
    summary: 'The backups there are, newest first',
    answer: backups,
  }),
  backUpNow: route({
    method: 'POST',
    path: '/api/backups',
    access: 'storage',
    summary: 'Make a backup now; progress as a job. `to`: another place, for this once',
    body: z.object({ to: place.optional() }),
    answer: z.object({ job: z.string() }),
  }),
  tryBackup: route({
    method: 'POST',
    path: '/api/backups/trial',
    access: 'storage',
    summary: 'Restore a backup into a scratch folder and verify it; progress as a job. Without a name: the newest',
    body: z.object({ name: z.string().optional() }),
    answer: z.object({ job: z.string() }),
  }),
  goOnWithout: route({
    method: 'POST',
    path: '/api/backups/go-on',
    access: 'storage',
    summary: 'A restored register sells again, whatever the shop may have that it lacks',
    answer: done,
  }),
  findBackups: route({
    method: 'POST',
    path: '/api/setup/backups',
    access: 'joining',
    summary: 'The backups in a folder, newest first',
    body: z.object({ from: place }),
    answer: backups,
  }),
  restoreBackup: route({
    method: 'POST',
    path: '/api/setup/restore',
    access: 'joining',
    summary: 'Restore a backup onto this machine; progress as a job, at whose end the register starts anew. What was there is moved aside',
    body: z.object({
      folder: place,
      name: z.string(),
      code: z.string().max(60).default(''),
      /** What this register holds beyond its own backup comes along. */
      keepNewer: z.boolean().default(true),
    }),
    answer: z.object({ job: z.string() }),
  }),
} as const;
