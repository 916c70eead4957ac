/** Handlers of printing: printers, what waits for them, the receipt template. Nothing here waits for a printer. */
import { ok, refuse, type Result } from '../../base/result.ts';
import { readPng } from '../../devices/raster.ts';
import type { PRINTING } from '../../protocol/api/printing.ts';
import { addPrinter, editPrinter, removePrinter } from '../../register/edit-printer.ts';
import { editReceiptTemplate } from '../../register/edit-receipt-template.ts';
import { dropJob, printReceipt, printTestPage, retryPrintJob } from '../../register/print-receipt.ts';
import { listPrinters, listPrintJobs, type PrintJob } from '../../store/queries/printing.ts';
import { readReceiptLogo, readReceiptTemplate } from '../../store/queries/receipt-template.ts';
import type { Handlers } from '../handler.ts';
import type { Runtime } from '../runtime.ts';
import { actingUser } from './selling.ts';

/** Travels to every register, and is decoded beside the selling. */
const LOGO_KILOBYTES = 64;

export const PRINTING_HANDLERS: Handlers<keyof typeof PRINTING> = {
  listPrinters: ({ register, printing }) =>
    ok({ rows: listPrinters(register.store.db).map((printer) => ({ ...printer, problem: printing.problemOf(printer.id) })) }),
  addPrinter: ({ register, printing }, { body }) => thenTell(printing, addPrinter(register, body)),
  editPrinter: ({ register, printing }, { params, body }) => {
    const edited = editPrinter(register, params.id, body);
    if (edited.ok) printing.hurry(params.id);
    return edited;
  },
  removePrinter: ({ register, printing }, { params }) => done(thenTell(printing, removePrinter(register, params.id))),
  testPrinter: (runtime, { params }) => done(thenHurry(runtime, printTestPage(runtime.register, params.id))),
  printReceipt: (runtime, { params, body, caller }) => {
    const input = { sale: params.uuid, printer: body.printer, user: actingUser(runtime, caller) };
    const queued = thenHurry(runtime, printReceipt(runtime.register, input));
    return queued.ok ? ok({ copy: queued.value.work.kind !== 'test' && queued.value.work.copy }) : queued;
  },
  listPrintJobs: ({ register, printing }) => {
    const { db } = register.store;
    const names = new Map(listPrinters(db).map(({ id, name }) => [id, name]));
    return ok({
      rows: listPrintJobs(db).map(({ id, printer, work, state, createdAt }) => ({
        id,
        printer,
        printerName: names.get(printer) ?? '',
        label: work.kind === 'test' ? null : work.label,
        copy: work.kind !== 'test' && work.copy,
        state,
        problem: state === 'cut' ? 'cut-off' : printing.problemOf(printer),
        createdAt,
      })),
    });
  },
  retryPrintJob: (runtime, { params, body, caller }) =>
    done(thenHurry(runtime, retryPrintJob(runtime.register, params.id, body.printer, actingUser(runtime, caller)))),
  dropPrintJob: ({ register, printing }, { params }) => done(thenTell(printing, dropJob(register, params.id))),
  getReceiptTemplate: ({ register }) => {
    const { db } = register.store;
    const { header, footer, without } = readReceiptTemplate(db);
    const logo = readReceiptLogo(db);
    return ok({ header, footer, without: [...without], logo: logo === null ? null : Buffer.from(logo.png).toString('base64') });
  },
  editReceiptTemplate: (runtime, { body: { logo, ...template }, caller }) => {
    const png = logo === undefined || logo === null ? logo : Buffer.from(logo, 'base64');
    if (png instanceof Buffer && (png.length > LOGO_KILOBYTES * 1024 || readPng(png) === null))
      return refuse('logo.not-usable', { kilobytes: LOGO_KILOBYTES });
    return done(editReceiptTemplate(runtime.register, { ...template, logo: png }, actingUser(runtime, caller)));
  },
};

/** Whoever waits at the printer is told at once what is wrong with it. */
export function thenHurry({ printing }: Runtime, queued: Result<PrintJob>): Result<PrintJob> {
  if (queued.ok) printing.hurry(queued.value.printer);
  return queued;
}

/** Screens hear what changed, and what waits is taken up. */
function thenTell<T>(printing: Runtime['printing'], result: Result<T>): Result<T> {
  if (result.ok) printing.noticeWork();
  return result;
}

function done(result: Result<unknown>): Result<{ done: true }> {
  return result.ok ? ok({ done: true }) : result;
}
