/** Printers of this register: local, since another register has others. */
import { makeId, type Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import type { Printer, PrinterSettings } from '../domain/printer.ts';
import { dropPrinter, readPrinter, writePrinter } from '../store/queries/printing.ts';
import type { Register } from './register.ts';

export function addPrinter({ store }: Register, settings: PrinterSettings): Result<Printer> {
  const printer = { ...settings, id: makeId(store.clock, store.random) };
  return store.db.transact('durable', () => {
    writePrinter(store.db, printer);
    return ok(printer);
  });
}

/** Refuses with input.not-found. */
export function editPrinter({ store }: Register, id: Id, settings: PrinterSettings): Result<Printer> {
  return store.db.transact('durable', () => {
    if (readPrinter(store.db, id) === null) return refuse('input.not-found', { what: 'printer' });
    writePrinter(store.db, { ...settings, id });
    return ok({ ...settings, id });
  });
}

/** What waits for it goes with it: those receipts count as not printed. */
export function removePrinter({ store }: Register, id: Id): Result<null> {
  return store.db.transact('durable', () => {
    dropPrinter(store.db, id);
    return ok(null);
  });
}
