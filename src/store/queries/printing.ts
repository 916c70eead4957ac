/** Printers of this register and what waits for them: local rows, never synchronised. Writes are in the caller's transaction. */
import { isId, type Id } from '../../base/id.ts';
import { assert } from '../../base/assert.ts';
import type { Printer, PrinterSettings } from '../../domain/printer.ts';
import type { Block } from '../../domain/receipt-blocks.ts';
import { numberOf, textOf, type Database, type SqlRow } from '../database.ts';

export function listPrinters(db: Database): Printer[] {
  return db.all('SELECT id, content FROM printer ORDER BY id').map(toPrinter);
}

export function readPrinter(db: Database, id: string): Printer | null {
  const row = db.get('SELECT id, content FROM printer WHERE id = ?', id);
  return row === undefined ? null : toPrinter(row);
}

function toPrinter(row: SqlRow): Printer {
  return { ...(JSON.parse(textOf(row['content'])) as PrinterSettings), id: idOf(row['id']) };
}

function idOf(value: SqlRow[string] | undefined): Id {
  const id = textOf(value);
  assert(isId(id), 'the id of a local row');
  return id;
}

export function writePrinter(db: Database, { id, ...settings }: Printer): void {
  db.run(
    'INSERT INTO printer (id, content) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET content = excluded.content',
    id,
    JSON.stringify(settings),
  );
}

/** What waited for it is dropped with it. */
export function dropPrinter(db: Database, id: Id): void {
  db.run('DELETE FROM print_job WHERE printer = ?', id);
  db.run('DELETE FROM printer WHERE id = ?', id);
}

/** The printer that receipts go to, by themselves or when asked for; null where the browser prints. */
export function receiptPrinter(db: Database): Printer | null {
  return listPrinters(db).find(({ receipts }) => receipts !== 'never') ?? null;
}

/** The printer that a cash drawer hangs on. */
export function drawerPrinter(db: Database): Printer | null {
  return listPrinters(db).find(({ drawer }) => drawer) ?? null;
}

// ---- jobs

export type PrintWork =
  /** `label` is the receipt's number, for people. */
  | { readonly kind: 'receipt'; readonly sale: Id; readonly label: string; readonly copy: boolean }
  /** A closing or an invoice, as it was when it was asked for. */
  | { readonly kind: 'paper'; readonly label: string; readonly blocks: readonly Block[]; readonly copy: boolean }
  | { readonly kind: 'test' };

/** cut: begun and broken off; how much came out only somebody at the printer can tell. */
export type PrintJobState = 'waiting' | 'sending' | 'cut';

export interface PrintJob {
  readonly id: Id;
  readonly printer: Id;
  readonly work: PrintWork;
  readonly state: PrintJobState;
  readonly createdAt: number;
}

/** Oldest first. */
export function listPrintJobs(db: Database): PrintJob[] {
  return db.all('SELECT id, printer, content, state, created_at FROM print_job ORDER BY created_at, id').map(toJob);
}

export function readPrintJob(db: Database, id: string): PrintJob | null {
  return firstJob(db, 'id = ?', id);
}

function firstJob(db: Database, where: string, value: string): PrintJob | null {
  const row = db.get(`SELECT id, printer, content, state, created_at FROM print_job WHERE ${where} ORDER BY created_at, id LIMIT 1`, value);
  return row === undefined ? null : toJob(row);
}

function toJob(row: SqlRow): PrintJob {
  const state = textOf(row['state']);
  return {
    id: idOf(row['id']),
    printer: idOf(row['printer']),
    work: JSON.parse(textOf(row['content'])) as PrintWork,
    state: state === 'sending' || state === 'cut' ? state : 'waiting',
    createdAt: numberOf(row['created_at']),
  };
}

export function writePrintJob(db: Database, { id, printer, work, state, createdAt }: PrintJob): void {
  db.run(
    `INSERT INTO print_job (id, printer, content, state, created_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET printer = excluded.printer, content = excluded.content, state = excluded.state`,
    id,
    printer,
    JSON.stringify(work),
    state,
    createdAt,
  );
}

/** A closing or an invoice, on whichever register. */
export function wasPrinted(db: Database, label: string): boolean {
  return db.get("SELECT 1 AS found FROM audit_entry WHERE kind = 'printed' AND subject = ? LIMIT 1", label) !== undefined;
}

export function dropPrintJob(db: Database, id: Id): void {
  db.run('DELETE FROM print_job WHERE id = ?', id);
}

/** The next one for this printer. What was cut waits for a person, and holds up nothing. */
export function nextPrintJob(db: Database, printer: Id): PrintJob | null {
  return firstJob(db, "printer = ? AND state = 'waiting'", printer);
}

/** The one under way for this receipt. */
export function jobOfSale(db: Database, sale: Id): PrintJob | null {
  return firstJob(db, "content ->> 'sale' = ?", sale);
}

export function countPrintJobs(db: Database, printer: Id): number {
  return numberOf(db.get('SELECT count(*) AS total FROM print_job WHERE printer = ?', printer)?.['total']);
}

/** At start: what was being sent when the program ended was cut. */
export function cutUnfinishedJobs(db: Database): void {
  db.run("UPDATE print_job SET state = 'cut' WHERE state = 'sending'");
}
