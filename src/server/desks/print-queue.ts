/**
 * The print queue at work: a loop a printer, so that a dead one holds up no other, and none of them selling. A job is marked `sending` on
 * disk before its first byte leaves and is gone once it is printed; broken off in between, by a fault or a kill, it is `cut` and waits for a
 * person, since nobody here knows how much came out. The drawer's kick goes first and is dropped when it is late: a drawer must not fly open
 * on its own.
 */
import type { Clock } from '../../base/clock.ts';
import type { Id } from '../../base/id.ts';
import type { Log } from '../../base/log.ts';
import { ok } from '../../base/result.ts';
import { PAPERS, type Printer, type PrinterProblem } from '../../domain/printer.ts';
import { encodePaper, KICK_DRAWER } from '../../devices/escpos.ts';
import { rasterLogo, type Raster } from '../../devices/raster.ts';
import { sendToPrinter, type Sent } from '../../devices/send-to-printer.ts';
import { copyMark, testBlocks, receiptBlocks, type Block } from '../../domain/receipt-blocks.ts';
import { endJob } from '../../register/print-receipt.ts';
import {
  cutUnfinishedJobs,
  drawerPrinter,
  listPrinters,
  nextPrintJob,
  readPrinter,
  readPrintJob,
  writePrintJob,
  type PrintJob,
  type PrintWork,
} from '../../store/queries/printing.ts';
import { readReceiptLogo, readReceiptTemplate } from '../../store/queries/receipt-template.ts';
import { readReceipt } from '../../store/queries/sales.ts';
import { readLanguage } from '../../store/queries/shop.ts';
import type { Store } from '../../store/store.ts';
import { Bell } from '../../sync/signal.ts';
import type { GiveWay } from '../give-way.ts';

export interface PrintQueue {
  /** Something was queued. A printer that did not answer is left its pause. */
  noticeWork(): void;
  /** A person asks: tried at once. */
  hurry(printer: Id): void;
  /** Opens the cash drawer; false when none hangs on a printer of this register. */
  kickDrawer(): boolean;
  /** What is wrong with it now. */
  problemOf(printer: Id): PrinterProblem | null;
  stop(): Promise<void>;
}

export interface PrintQueueInput {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly giveWay: GiveWay;
  /** What the screens show of printing has changed. */
  onChange(): void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 16_000;
/** After this whoever stood at the drawer has opened it by hand. */
const KICK_WITHIN_MS = 5_000;
/** At the end of the program a job under way has this long. */
const STOP_WITHIN_MS = 3_000;

/** Of one printer, in memory: begins anew with the program, and tries at once then. */
interface Desk {
  readonly bell: Bell;
  problem: PrinterProblem | null;
  tries: number;
  kickAtMs: number | null;
  working: Promise<void> | null;
}

export function makePrintQueue(input: PrintQueueInput): PrintQueue {
  const { store, clock } = input;
  const stopped = new AbortController();
  const ended = new AbortController();
  const desksInput = { ...input, signal: ended.signal, logos: new Map<string, Raster | null>() };
  const desks = new Map<Id, Desk>();
  const deskOf = (printer: Id): Desk => {
    const held = desks.get(printer) ?? { bell: new Bell(), problem: null, tries: 0, kickAtMs: null, working: null };
    desks.set(printer, held);
    return held;
  };
  const start = (printer: Id): Desk => {
    const desk = deskOf(printer);
    if (desk.working === null && !stopped.signal.aborted)
      desk.working = work(desksInput, printer, desk, stopped.signal)
        .catch((error: unknown) => input.log.error('print.failed', { error: String(error) }))
        .finally(() => {
          desk.working = null;
        });
    return desk;
  };
  store.db.transact('durable', () => {
    cutUnfinishedJobs(store.db);
    return ok(null);
  });
  return {
    noticeWork: () => {
      for (const { id } of listPrinters(store.db)) if (nextPrintJob(store.db, id) !== null) start(id);
      input.onChange();
    },
    hurry: (printer) => {
      start(printer).bell.ring();
      input.onChange();
    },
    kickDrawer: () => {
      const printer = drawerPrinter(store.db);
      if (printer === null) return false;
      deskOf(printer.id).kickAtMs = clock.monotonicMs();
      start(printer.id).bell.ring();
      return true;
    },
    problemOf: (printer) => desks.get(printer)?.problem ?? null,
    stop: async () => {
      stopped.abort();
      const all = Promise.all([...desks.values()].flatMap(({ working }) => (working === null ? [] : [working])));
      await Promise.race([all, clock.sleep(STOP_WITHIN_MS)]);
      ended.abort();
    },
  };
}

interface DeskInput extends PrintQueueInput {
  readonly signal: AbortSignal;
  /** The logo for each paper, made once. */
  readonly logos: Map<string, Raster | null>;
}

/** Until nothing waits for this printer. */
async function work(input: DeskInput, id: Id, desk: Desk, signal: AbortSignal): Promise<void> {
  const { store, clock } = input;
  while (!signal.aborted) {
    const printer = readPrinter(store.db, id);
    if (printer === null) return;
    const kick = takeKick(desk, clock);
    const job = kick ? null : nextPrintJob(store.db, id);
    if (!kick && job === null) return;
    const problem = job === null ? await kickDrawer(input, printer) : await print(input, printer, job, desk);
    say(input, desk, problem);
    if (problem === null || problem === 'cut-off') {
      desk.tries = 0;
      continue;
    }
    // A drawer that could not be opened is not opened later.
    if (nextPrintJob(store.db, id) === null) return;
    await pause(desk, clock, signal);
  }
}

/** Longer from try to try; somebody who asks meanwhile begins anew. */
async function pause(desk: Desk, clock: Clock, signal: AbortSignal): Promise<void> {
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** desk.tries);
  const untilMs = clock.monotonicMs() + pauseMs;
  await desk.bell.wait(clock, pauseMs, signal);
  desk.tries = clock.monotonicMs() < untilMs ? 0 : desk.tries + 1;
}

function takeKick(desk: Desk, clock: Clock): boolean {
  const { kickAtMs } = desk;
  desk.kickAtMs = null;
  return kickAtMs !== null && clock.monotonicMs() - kickAtMs < KICK_WITHIN_MS;
}

function say({ onChange }: PrintQueueInput, desk: Desk, problem: PrinterProblem | null): void {
  if (desk.problem === problem) return;
  desk.problem = problem;
  onChange();
}

async function kickDrawer({ clock, signal }: DeskInput, { address }: Printer): Promise<Sent> {
  return sendToPrinter({ address, bytes: () => Uint8Array.from(KICK_DRAWER), clock, signal, onBegin: () => {}, onProblem: () => {} });
}

async function print(input: DeskInput, printer: Printer, job: PrintJob, desk: Desk): Promise<Sent> {
  const { store, clock, signal, giveWay, log } = input;
  await giveWay.pause();
  const sent = await sendToPrinter({
    address: printer.address,
    bytes: () => encodeJob(input, printer, job.work),
    clock,
    signal,
    onBegin: () => setState(store, job, 'sending'),
    onProblem: (problem) => say(input, desk, problem),
  }).catch((error: unknown): Sent => {
    // Of this program and not of the printer; what waits behind it is tried after a pause all the same.
    log.error('print.failed', { printer: printer.name, error: String(error) });
    return 'out-of-order';
  });
  const now = readPrintJob(store.db, job.id);
  if (now?.state !== 'sending') return sent;
  if (sent === null) {
    store.db.transact('relaxed', () => {
      endJob(store, now);
      return ok(null);
    });
  } else {
    setState(store, now, 'cut');
    log.warn('print.cut', { printer: printer.name });
  }
  input.onChange();
  return sent;
}

function setState(store: Store, job: PrintJob, state: PrintJob['state']): void {
  store.db.transact('durable', () => {
    writePrintJob(store.db, { ...job, state });
    return ok(null);
  });
}

function encodeJob({ store, logos }: DeskInput, { paper, name }: Printer, work: PrintWork): Uint8Array {
  return encodePaper(blocksOf(store, name, work), { paper, logo: logoFor(store, logos, paper) });
}

/** Logos kept: a few papers of the present one and of those before. */
const LOGOS_KEPT = 8;

function logoFor(store: Store, logos: DeskInput['logos'], paper: Printer['paper']): Raster | null {
  const logo = readReceiptLogo(store.db);
  if (logo === null) return null;
  const key = `${paper} ${logo.id}`;
  const kept = logos.get(key);
  if (kept !== undefined) return kept;
  if (logos.size >= LOGOS_KEPT) logos.clear();
  const made = rasterLogo(logo.png, PAPERS[paper].dots);
  logos.set(key, made);
  return made;
}

function blocksOf(store: Store, printer: string, work: PrintWork): readonly Block[] {
  if (work.kind === 'test') return testBlocks(printer, readLanguage(store.db));
  if (work.kind === 'paper') return [...(work.copy ? copyMark(readLanguage(store.db)) : []), ...work.blocks];
  const receipt = readReceipt(store.db, work.sale);
  return receipt === null ? [] : receiptBlocks({ receipt, template: readReceiptTemplate(store.db), copy: work.copy });
}
