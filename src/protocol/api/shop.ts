/** Routes of the register itself: what it is, set-up, log-in, where it stands, registers, storage, long work, live events. */
import { z } from 'zod';
import { done, idText, instant, name, pin, refusalBody, route, withId } from './route.ts';
import { PRINTER_PROBLEMS, RECEIPTS_WHEN } from '../../domain/printer.ts';
import { RIGHTS } from '../../domain/rights.ts';

/** How this register stands with its backups; `couldLose`: sales in no proven backup and on no other register. */
export const backupStand = z.object({
  state: z.enum(['off', 'good', 'late', 'failing']),
  lastGoodAt: instant.nullable(),
  lastProvenAt: instant.nullable(),
  couldLose: z.int(),
  problem: refusalBody.shape.error.nullable(),
});

const hubUrl = z.string().max(2_000);
const hubCa = z.string().max(32_768).nullable().default(null);
/** Where the shop's database is to be when not on this machine: a URL with user and password, and the CA of its certificates, PEM. */
const hubServer = { hubUrl: hubUrl.nullable().default(null), hubCa };

export const mode = z.enum(['single', 'master', 'slave']);

export const status = z.object({
  /** single: no other register. online: the shop's database answers. apart: it does not, since `sinceMs`. joining: first pull. ended: revoked. */
  state: z.enum(['single', 'online', 'apart', 'joining', 'ended']),
  sinceMs: instant,
  /** Sales and all else made here and not yet sent. */
  waitingSales: z.int(),
  waitingChanges: z.int(),
  /** The main register, as people call it. */
  masterName: z.string().nullable(),
  delayMs: z.number().nullable(),
  /** First pull or catching up: done of total; null when level. */
  catchingUp: z.object({ done: z.int(), total: z.int() }).nullable(),
  fullCopy: z.boolean(),
  /** What is wrong, if anything: a refusal's words. */
  problem: refusalBody.shape.error.nullable(),
  /** On the master: the owner has not printed the recovery code yet. */
  recoveryUnprinted: z.boolean(),
  /** A master of this shop under keys that this register does not trust, as it announces itself on the network: one of the two must join the other. */
  otherMaster: z.object({ register: z.string(), host: z.string(), port: z.int() }).nullable(),
  /** After a cut: what went and came while apart; null once read or none. */
  lastCut: z.object({ fromMs: instant, untilMs: instant, sent: z.int(), received: z.int() }).nullable(),
  toCheck: z.int(),
  /** Of this register: low is a warning; full lets the open sale be finished, and none begin. */
  disk: z.object({ level: z.enum(['enough', 'low', 'full']), freeBytes: z.int() }),
  /** Printers of this register that something is wrong with, or that have work. `cut` was broken off and waits for a person. */
  printing: z.array(z.object({ name: z.string(), problem: z.enum(PRINTER_PROBLEMS).nullable(), waiting: z.int(), cut: z.int() })),
  backups: backupStand,
  /** Restored from a backup, and not level with the shop yet: no sale begins. */
  restoring: z.boolean(),
});

export const state = z.object({
  version: z.string(),
  setUp: z.boolean(),
  mode: mode.nullable(),
  language: z.string(),
  register: z.object({ id: idText, code: z.string(), name: z.string() }).nullable(),
  shop: z.object({ name: z.string(), currency: z.string(), country: z.string() }).nullable(),
  user: z.object({ id: idText, name: z.string(), rights: z.array(z.enum(RIGHTS)) }).nullable(),
  status: status.nullable(),
  /** What screens must know of how the shop sells; null before somebody is known. */
  selling: z.object({ eatIn: z.boolean(), voidReason: z.boolean(), dayEndsAt: z.int() }).nullable(),
  /** Where receipts are printed; null where the browser does it. */
  receiptPrinter: z.object({ id: idText, name: z.string(), receipts: z.enum(RECEIPTS_WHEN) }).nullable(),
});

export const step = z.object({ step: z.string(), state: z.enum(['waiting', 'running', 'done', 'failed']), detail: z.string() });

/** Long work: set-up, first pull, import, migration. Survives a reload; `rowsDone` of `rowsTotal`. */
export const job = z.object({
  id: z.string(),
  kind: z.enum([
    'setup',
    'join',
    'import',
    'undo-import',
    'stocktake',
    'to-master',
    'move-hub',
    'take-over',
    'renew-keys',
    'compare-shops',
    'bring-over',
    'backup',
    'backup-trial',
    'restore',
  ]),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  steps: z.array(step),
  rowsDone: z.int(),
  rowsTotal: z.int(),
  secondsLeft: z.int().nullable(),
  problem: refusalBody.shape.error.nullable(),
  /** The owner's recovery code, shown once, to be printed; only in the answer to whoever started the job. */
  recoveryCode: z.string().nullable(),
});

const shopInput = z.object({
  name,
  country: z.string().length(2),
  currency: z.string().length(3),
  address: z.string().max(2000).default(''),
  taxNumber: z.string().max(60).default(''),
});
export const masterAddress = z.object({
  host: z.string().trim().min(1).max(255),
  port: z.int().min(1).max(65535).default(5432),
  database: z.string().trim().min(1).max(63).default('aurapos'),
});

export const register = z.object({
  id: idText,
  code: z.string(),
  name: z.string(),
  isThis: z.boolean(),
  isMaster: z.boolean(),
  state: z.enum(['online', 'not-reachable', 'switched-off', 'revoked']),
  lastSeenAt: instant.nullable(),
  waiting: z.int().nullable(),
  delayMs: z.number().nullable(),
  /** Delays of the last hour, oldest first; null where it was away. */
  delays: z.array(z.number().nullable()),
  version: z.string().nullable(),
  /** Changes of the shop that it has not read yet, as far as this register knows; nought where its copy is complete, null where it did not say. */
  behind: z.int().nullable(),
});

export const pairing = z.object({ code: z.string(), expiresAt: instant, addresses: z.array(z.string()), port: z.int() });

export const storage = z.object({
  mode,
  dataFolder: z.string(),
  storeBytes: z.int(),
  counts: z.object({ products: z.int(), customers: z.int(), sales: z.int() }),
  fullCopy: z.boolean(),
  /** Of the master: where others reach it. Of a slave: where it reaches the master. */
  addresses: z.array(z.string()),
  port: z.int().nullable(),
  database: z.string().nullable(),
  masterName: z.string().nullable(),
  /**
   * Of a slave, or a master without its keys: how its copy stands against those of the others that could take over, as it last heard of them:
   * changes it lacks, and who holds more. Null where it heard of nobody.
   */
  copies: z
    .object({ heardAt: instant, lacks: z.int(), fuller: z.object({ code: z.string(), name: z.string(), lastSeenAt: instant }).nullable() })
    .nullable(),
  /** Of a master: whether the shop's database is on this machine or on a server of somebody else's. */
  hub: z.enum(['here', 'elsewhere']).nullable(),
  /** Of a master: the register that its part is offered to. */
  handingOver: z.string().nullable(),
  /** It was one of several, so it can pair with its shop again. */
  knowsShop: z.boolean(),
  postgres: z.object({ state: z.string(), version: z.string(), connections: z.int(), connectionsAllowed: z.int() }).nullable(),
  /** What to run where the firewall could not be opened by the program itself. */
  firewallCommand: z.string().nullable(),
});

/** What the event stream says: which lists are stale, and whole small states. */
export const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('changed'), tables: z.array(z.string()), from: z.string().nullable() }),
  z.object({ type: z.literal('status'), status }),
  z.object({ type: z.literal('cart'), version: z.int() }),
  z.object({ type: z.literal('job'), job: job.omit({ recoveryCode: true }) }),
]);

const typedPin = z.object({
  pin: z.string().min(1).max(12),
  name: name.optional().describe('who of those who have that PIN, after login.shared-pin'),
});

export const SHOP = {
  getState: route({
    method: 'GET',
    path: '/api/state',
    access: 'open',
    summary: 'What this register is, and who is logged in',
    answer: state,
  }),
  login: route({
    method: 'POST',
    path: '/api/login',
    access: 'open',
    summary: 'Log in, or change user, by PIN; the session is a cookie',
    body: typedPin,
    answer: state,
  }),
  grantRight: route({
    method: 'POST',
    path: '/api/grants',
    access: 'login',
    summary: 'Somebody who may grants a right on the spot by PIN: for one call within a minute that carries the token as aurapos-grant',
    body: typedPin.extend({ right: z.enum(RIGHTS) }),
    answer: z.object({ token: z.string(), name: z.string() }),
  }),
  logout: route({ method: 'POST', path: '/api/logout', access: 'login', summary: 'Log out', answer: done }),
  setUp: route({
    method: 'POST',
    path: '/api/setup',
    access: 'setup',
    summary: 'Set up a single register or a master; progress as a job',
    body: z.object({
      language: z.string().min(2).max(10),
      registerName: name,
      mode: z.enum(['single', 'master']),
      shop: shopInput,
      owner: z.object({ name, pin }),
      catalogue: z.enum(['empty', 'demo']).default('empty'),
      hubPort: z.int().min(1).max(65535).default(5432),
      ...hubServer,
    }),
    answer: z.object({ job: z.string() }),
  }),
  foundMasters: route({
    method: 'GET',
    path: '/api/setup/masters',
    access: 'joining',
    summary: 'Masters that announce themselves on this network',
    answer: z.object({ rows: z.array(z.object({ shop: z.string(), register: z.string(), host: z.string(), port: z.int() })) }),
  }),
  testMaster: route({
    method: 'POST',
    path: '/api/setup/test',
    access: 'joining',
    summary: 'Test the connection to a master through its front door',
    body: masterAddress,
    answer: z.object({
      shop: z.string(),
      version: z.string(),
      roundTripMs: z.number(),
      clockSkewMs: z.number(),
      /** poor: synchronisation would be slow; a warning, nothing that stops. */
      link: z.enum(['good', 'poor']),
    }),
  }),
  testServer: route({
    method: 'POST',
    path: '/api/setup/server',
    access: 'joining',
    summary: 'Test a PostgreSQL elsewhere before the shop’s database is put there: changes nothing, refuses what setting up there would',
    body: z.object({ hubUrl, hubCa }),
    answer: z.object({ user: z.string(), version: z.string() }),
  }),
  join: route({
    method: 'POST',
    path: '/api/setup/join',
    access: 'setup',
    summary: 'Join a shop with the pairing code shown on its master; progress as a job',
    body: masterAddress.extend({ language: z.string().min(2).max(10), registerName: name, code: z.string().min(12).max(20) }),
    answer: z.object({ job: z.string() }),
  }),
  getJob: route({
    method: 'GET',
    path: '/api/jobs/:id',
    access: 'open',
    summary: 'How far long work is',
    params: z.object({ id: z.string() }),
    answer: job,
  }),
  getStatus: route({ method: 'GET', path: '/api/status', access: 'login', summary: 'Where this register stands', answer: status }),
  dismissCut: route({
    method: 'POST',
    path: '/api/status/read',
    access: 'login',
    summary: 'What happened while apart was read',
    answer: done,
  }),
  listRegisters: route({
    method: 'GET',
    path: '/api/registers',
    access: 'login',
    summary: 'All registers',
    answer: z.object({ rows: z.array(register), pairing: pairing.nullable() }),
  }),
  renameRegister: route({
    method: 'PATCH',
    path: '/api/registers/:id',
    access: 'registers',
    summary: 'Rename a register',
    params: withId,
    body: z.object({ name }),
    answer: done,
  }),
  revokeRegister: route({
    method: 'POST',
    path: '/api/registers/:id/revoke',
    access: 'registers',
    summary: 'Shut a register out, at once (on the master)',
    params: withId,
    answer: done,
  }),
  startPairing: route({
    method: 'POST',
    path: '/api/pairing',
    access: 'registers',
    summary: 'A code for one new register, good for ten minutes (on the master)',
    answer: pairing,
  }),
  stopPairing: route({ method: 'DELETE', path: '/api/pairing', access: 'registers', summary: 'Withdraw the code', answer: done }),
  getStorage: route({ method: 'GET', path: '/api/storage', access: 'login', summary: 'Where the data lies', answer: storage }),
  setMasterAddress: route({
    method: 'PUT',
    path: '/api/storage/address',
    access: 'storage',
    summary: 'Tell a slave where its master is now; tried at once, kept only when the shop’s own master answers there',
    body: masterAddress.omit({ database: true }),
    answer: done,
  }),
  toMaster: route({
    method: 'POST',
    path: '/api/storage/master',
    access: 'storage',
    summary:
      'From a single register to the master of several, or on a master: the shop’s database to another place; while the shop keeps selling, progress as a job',
    body: z.object({ hubPort: z.int().min(1).max(65535).default(5432), ...hubServer }),
    answer: z.object({ job: z.string() }),
  }),
  takeOver: route({
    method: 'POST',
    path: '/api/storage/take-over',
    access: 'storage',
    summary:
      'A slave becomes the master of its shop with the owner’s recovery code; without it (null) by new keys, and every other register is paired again. Progress as a job',
    body: z.object({ recoveryCode: z.string().max(60).nullable(), hubPort: z.int().min(1).max(65535).default(5432) }),
    answer: z.object({ job: z.string() }),
  }),
  handOver: route({
    method: 'POST',
    path: '/api/storage/hand-over',
    access: 'storage',
    summary: 'The master gives its part to another register, which takes it by itself; null takes the offer back',
    body: z.object({ register: idText.nullable(), hubPort: z.int().min(1).max(65535).default(5432) }),
    answer: done,
  }),
  renewKeys: route({
    method: 'POST',
    path: '/api/storage/renew-keys',
    access: 'storage',
    summary: 'New keys, passwords and recovery code for the shop, while it sells (on the master); progress as a job',
    answer: z.object({ job: z.string() }),
  }),
  showRecoveryCode: route({
    method: 'POST',
    path: '/api/recovery/show',
    access: 'storage',
    summary: 'The owner’s recovery code, while it has not been printed (on the master)',
    answer: z.object({ code: z.string().nullable() }),
  }),
  recoveryCodePrinted: route({
    method: 'POST',
    path: '/api/recovery/printed',
    access: 'open',
    summary: 'Who has the recovery code in hand says so: it is kept nowhere on this machine any more',
    body: z.object({ code: z.string().max(60) }),
    answer: done,
  }),
  renewRecoveryCode: route({
    method: 'POST',
    path: '/api/recovery/renew',
    access: 'storage',
    summary: 'Another recovery code, shown until it is printed; copies of the old sealed box open with the old code as before',
    answer: z.object({ code: z.string() }),
  }),
  joinNewMaster: route({
    method: 'POST',
    path: '/api/storage/slave',
    access: 'storage',
    summary: 'A master whose part another register took joins that one',
    answer: done,
  }),
  joinAgain: route({
    method: 'POST',
    path: '/api/storage/join',
    access: 'storage',
    summary: 'Pair this register with its shop again, by a code of the master; it keeps its data. Progress as a job',
    body: masterAddress.extend({ code: z.string().min(12).max(20) }),
    answer: z.object({ job: z.string() }),
  }),
  toSingle: route({
    method: 'POST',
    path: '/api/storage/single',
    access: 'storage',
    summary: 'From now on this register is on its own, with all that it holds; refused while it is not a full copy',
    answer: done,
  }),
} as const;
