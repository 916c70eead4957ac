/**
 * What goes to a receipt printer: queued on disk, sent by the queue's own loop (server/desks/print-queue.ts), so that selling waits for no printer.
 * A receipt is printed once by itself; every further one is marked a copy and journalled. So is a Z, a closed period or an invoice.
 */
import { makeId, type Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import type { Block } from '../domain/receipt-blocks.ts';
import { commit, type Draft } from '../store/journal.ts';
import {
  countPrintJobs,
  dropPrintJob,
  jobOfSale,
  readPrinter,
  readPrintJob,
  receiptPrinter,
  wasPrinted,
  writePrintJob,
  type PrintJob,
  type PrintWork,
} from '../store/queries/printing.ts';
import { isUnprinted, readReceipt, setUnprinted } from '../store/queries/sales.ts';
import type { Store } from '../store/store.ts';
import { tradingNow } from './open-shift.ts';
import type { Register } from './register.ts';

/** Receipts that wait for one printer; whoever left by then comes back for none of the rest, which stay among those not printed. */
const MAX_WAITING = 100;

/** The receipt of a sale just made: queued in the sale's own transaction where this register prints by itself. */
export function queueFirstReceipt(store: Store, sale: Id, label: string): void {
  const printer = receiptPrinter(store.db);
  if (printer?.receipts !== 'always') return;
  if (countPrintJobs(store.db, printer.id) < MAX_WAITING) queue(store, printer.id, { kind: 'receipt', sale, label, copy: false });
}

function queue(store: Store, printer: Id, work: PrintWork): PrintJob {
  const id = makeId(store.clock, store.random);
  const job = { id, printer, work, state: 'waiting', createdAt: store.clock.nowMs() } as const;
  writePrintJob(store.db, job);
  return job;
}

export interface PrintInput {
  readonly sale: Id;
  /** Another printer than the one receipts go to. */
  readonly printer: Id | null;
  readonly user: Id;
}

/**
 * Asked for by a person. One that waits already is not queued again. Refuses with input.not-found, printer.none.
 */
export function printReceipt({ store }: Register, { sale, printer, user }: PrintInput): Result<PrintJob> {
  const receipt = readReceipt(store.db, sale);
  if (receipt === null) return refuse('input.not-found', { what: 'sale' });
  return commit(store, { kind: 'reprint', user }, (draft) => {
    const to = printer === null ? receiptPrinter(store.db) : readPrinter(store.db, printer);
    if (to === null) return refuse('printer.none');
    const underway = jobOfSale(store.db, sale);
    if (underway !== null && underway.state !== 'cut') return ok(underway);
    if (underway !== null) dropPrintJob(store.db, underway.id);
    const copy = underway !== null || !isUnprinted(store.db, sale);
    if (copy) notePrint(store, draft, 'reprint', user, receipt.label);
    return ok(queue(store, to.id, { kind: 'receipt', sale, label: receipt.label, copy }));
  });
}

export interface Paper {
  readonly label: string;
  readonly blocks: readonly Block[];
  /** What it says stands: an invoice, a Z, a closed period. An X and an open period say something else each time. */
  readonly final: boolean;
  /** Another printer than the one receipts go to. */
  readonly printer: Id | null;
  readonly user: Id;
}

/** A closing or an invoice. A final one that any register has printed before is a copy. Refuses with printer.none. */
export function printPaper({ store }: Register, { label, blocks, final, printer, user }: Paper): Result<PrintJob> {
  return commit(store, { kind: 'print', user }, (draft) => {
    const to = printer === null ? receiptPrinter(store.db) : readPrinter(store.db, printer);
    if (to === null) return refuse('printer.none');
    const copy = final && wasPrinted(store.db, label);
    if (final) notePrint(store, draft, copy ? 'reprint' : 'printed', user, label);
    return ok(queue(store, to.id, { kind: 'paper', label, blocks, copy }));
  });
}

/** Refuses with input.not-found. */
export function printTestPage({ store }: Register, printer: Id): Result<PrintJob> {
  return store.db.transact('durable', () => {
    if (readPrinter(store.db, printer) === null) return refuse('input.not-found', { what: 'printer' });
    return ok(queue(store, printer, { kind: 'test' }));
  });
}

/**
 * A job that was cut or cannot get through: sent again, or to another printer. After a cut something may have come out: it is a copy then.
 * Refuses with input.not-found, printer.busy while it is being sent.
 */
export function retryPrintJob({ store }: Register, id: Id, printer: Id | null, user: Id): Result<PrintJob> {
  return commit(store, { kind: 'reprint', user }, (draft) => {
    const job = readPrintJob(store.db, id);
    if (job === null) return refuse('input.not-found', { what: 'print job' });
    if (job.state === 'sending') return refuse('printer.busy');
    if (printer !== null && readPrinter(store.db, printer) === null) return refuse('input.not-found', { what: 'printer' });
    const { work } = job;
    const again: PrintWork = work.kind !== 'test' && job.state === 'cut' ? { ...work, copy: true } : work;
    if (again.kind !== 'test' && job.state === 'cut') notePrint(store, draft, 'reprint', user, again.label);
    const next: PrintJob = { ...job, printer: printer ?? job.printer, work: again, state: 'waiting' };
    writePrintJob(store.db, next);
    return ok(next);
  });
}

/** Nobody waits for that paper any more. Refuses with printer.busy while it is being sent. */
export function dropJob({ store }: Register, id: Id): Result<null> {
  return store.db.transact('durable', () => {
    const job = readPrintJob(store.db, id);
    if (job?.state === 'sending') return refuse('printer.busy');
    if (job !== null) endJob(store, job);
    return ok(null);
  });
}

/** Printed, or given up: either way its receipt is no longer asked about. In the caller's transaction. */
export function endJob(store: Store, job: PrintJob): void {
  dropPrintJob(store.db, job.id);
  if (job.work.kind === 'receipt') setUnprinted(store.db, job.work.sale, false);
}

function notePrint(store: Store, draft: Draft, kind: 'printed' | 'reprint', user: Id, label: string): void {
  draft.insert('audit_entry', { kind, user, at: tradingNow(store).at, subject: label, detail: '{}' });
}
