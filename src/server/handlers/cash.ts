/** Handlers of the drawer's day and of closings. What reads many sales is read on the reading thread. */
import { utcOffsetMinutes } from '../../base/clock.ts';
import { ok, refuse, type Result } from '../../base/result.ts';
import type { Id } from '../../base/id.ts';
import { accountingCsv } from '../../domain/accounting-file.ts';
import { closingBlocks, closingTitle, type PrintedClosing } from '../../domain/closing-blocks.ts';
import { currencyDigits } from '../../domain/money.ts';
import { sumTotals, turnoverMinor, type ClosingTotals } from '../../domain/closing-totals.ts';
import { likelyCauses, type Cause } from '../../domain/difference-causes.ts';
import { facesOf } from '../../domain/drawer-count.ts';
import type { CASH } from '../../protocol/api/cash.ts';
import type { Answer, Query } from '../../protocol/api/routes.ts';
import { closeDay } from '../../register/close-day.ts';
import { closePeriod } from '../../register/close-period.ts';
import { closeShift } from '../../register/close-shift.ts';
import { countShift } from '../../register/count-shift.ts';
import { moveCash } from '../../register/move-cash.ts';
import { noteAudit } from '../../register/note-audit.ts';
import { openShiftWithFloat } from '../../register/open-shift.ts';
import { printPaper } from '../../register/print-receipt.ts';
import { ownRegisterId } from '../../register/register.ts';
import { sealArchive } from '../../register/seal-archive.ts';
import { sellingSetting, setSelling } from '../../register/set-selling.ts';
import { tradingDayAt } from '../../register/trading-day.ts';
import type { ClosingName } from '../../store/period-archive.ts';
import type { PeriodView } from '../../store/queries/closings.ts';
import { floatSetAside, hasFloat, openShift, type CountRow, type ShiftFigures } from '../../store/queries/shifts.ts';
import { readReceipt } from '../../store/queries/sales.ts';
import { listRegisters, readCurrency, readLanguage, readShop } from '../../store/queries/shop.ts';
import type { Caller, Handlers } from '../handler.ts';
import type { Runtime } from '../runtime.ts';
import { thenHurry } from './printing.ts';
import { actingUser } from './selling.ts';

export const CASH_HANDLERS: Handlers<keyof typeof CASH> = {
  getShift: async (runtime, { caller }) => ok(await viewShift(runtime, caller)),
  openShift: async (runtime, { body, caller }) => {
    const open = openShift(runtime.register.store.db, ownRegisterId(runtime.register.store));
    const figures = open === null ? null : await runtime.reader.ask('shiftFigures', open.shift);
    return thenView(runtime, caller, openShiftWithFloat(runtime.register, { ...body, figures, user: actingUser(runtime, caller) }));
  },
  moveCash: (runtime, { body, caller }) => {
    const moved = moveCash(runtime.register, { ...body, user: actingUser(runtime, caller) });
    if (moved.ok) runtime.printing.kickDrawer();
    return thenView(runtime, caller, moved);
  },
  noSale: (runtime, { body, caller }) => {
    const noted = noteAudit(runtime.register, { kind: 'no-sale', user: actingUser(runtime, caller), detail: { reason: body.reason } });
    if (noted.ok) runtime.printing.kickDrawer();
    return noted.ok ? ok({ done: true }) : noted;
  },
  noteReprint: (runtime, { params, caller }) => {
    const sale = readReceipt(runtime.register.store.db, params.uuid);
    if (sale === null) return refuse('input.not-found', { what: 'sale' });
    const noted = noteAudit(runtime.register, { kind: 'reprint', user: actingUser(runtime, caller), subject: sale.label, detail: {} });
    return noted.ok ? ok({ done: true }) : noted;
  },
  countShift: async (runtime, { body, caller }) => {
    const user = actingUser(runtime, caller);
    const counted = await withFigures(runtime, (figures) => countShift(runtime.register, { ...body, figures, user }));
    return thenView(runtime, caller, counted);
  },
  closeShift: async (runtime, { body, caller }) => {
    const user = actingUser(runtime, caller);
    const closed = await withFigures(runtime, (figures) => closeShift(runtime.register, { ...body, figures, user }));
    return thenView(runtime, caller, closed);
  },
  setBlindCount: (runtime, { body, caller }) => {
    const set = setSelling(runtime.register, { blindCount: body.blind }, actingUser(runtime, caller));
    return set.ok ? ok({ done: true }) : set;
  },
  xReport: async (runtime) => ok(await viewX(runtime)),
  printX: async (runtime, { body, caller }) => {
    const { tradingDays, ...sums } = await viewX(runtime);
    const own = ownRegisterId(runtime.register.store);
    const row = listRegisters(runtime.register.store.db).find(({ id }) => id === own);
    return printClosing(runtime, caller, body.printer, {
      ...sums,
      kind: 'x',
      register: { code: row?.code ?? '', name: row?.name ?? '' },
      number: null,
      days: tradingDays,
      at: runtime.clock.nowMs(),
      perpetualMinor: null,
      missing: [],
    });
  },
  printClosing: async (runtime, { query, body, caller }) => {
    const name = nameOf(query);
    if (!name.ok) return name;
    const view = await viewClosing(runtime, name.value);
    return view.ok ? printClosing(runtime, caller, body.printer, { ...view.value, days: [view.value.day], at: view.value.closedAt }) : view;
  },
  closeDay: async (runtime, { caller }) => {
    const unclosed = await readUnclosed(runtime);
    const closed = closeDay(runtime.register, unclosed, actingUser(runtime, caller));
    if (!closed.ok) return closed;
    const register = ownRegisterId(runtime.register.store);
    return ok({ closings: closed.value, register, number: unclosed.lastNumber + closed.value });
  },
  closePeriod: async (runtime, { body, caller }) => {
    const view = await runtime.reader.ask('readPeriod', body.kind, body.day);
    const closed = closePeriod(runtime.register, view, actingUser(runtime, caller));
    return closed.ok ? ok({ done: true }) : closed;
  },
  listClosings: async ({ reader }, { query }) => ok(await reader.ask('listClosings', query)),
  getArchive: async (runtime, { query }) => {
    const name = nameOf(query);
    if (!name.ok) return name;
    const head = await runtime.reader.ask('readArchiveHead', name.value, runtime.clock.nowMs());
    if (head === null) return refuse('input.not-found', { what: 'closing' });
    return ok({
      fileName: `${fileNameOf(head.shop.name, head.period)}.aurapos`,
      text: sealArchive(runtime.register, head),
      chains: head.chains.map(({ chain, fromN, toN }) => ({ chain, fromN, toN })),
    });
  },
  getArchivePage: async ({ reader }, { query }) => {
    const lines = await reader.ask('readArchivePage', query.chain, query.fromN, query.toN);
    const last = lines.at(-1)?.n ?? query.toN;
    return ok({ text: lines.map((line) => `${JSON.stringify(line)}\n`).join(''), next: last < query.toN ? last + 1 : null });
  },
  getAccounts: async ({ register: { store }, reader }, { query }) => {
    const name = nameOf(query);
    if (!name.ok) return name;
    const { period, zs } = await reader.ask('zsOf', name.value);
    if (zs.length === 0) return refuse('input.not-found', { what: 'closing' });
    const { db } = store;
    const shop = readShop(db);
    const codes = new Map(listRegisters(db).map(({ id, code }) => [id, code]));
    const booked = zs.map(({ tradingDay, number, register, totals }) => {
      const { currency, names } = totals;
      return { tradingDay, number, register: codes.get(register) ?? '', currency, totals, names };
    });
    const text = accountingCsv(booked, shop?.country ?? '', currencyDigits(readCurrency(db)));
    return ok({ fileName: `${fileNameOf(shop?.name ?? '', period)}.csv`, text });
  },
  getClosing: (runtime, { query }) => {
    const name = nameOf(query);
    if (!name.ok) return name;
    return viewClosing(runtime, name.value);
  },
};

// ---- the drawer

/** Figures are read beside the selling thread; when a sale comes between, they are read again. */
const TRIES = 5;

async function withFigures(runtime: Runtime, work: (figures: ShiftFigures) => Result<null>): Promise<Result<null>> {
  const { store } = runtime.register;
  for (let tries = 1; ; tries++) {
    const open = openShift(store.db, ownRegisterId(store));
    if (open === null) return refuse('shift.none');
    const figures = await runtime.reader.ask('shiftFigures', open.shift);
    const result = work(figures);
    const isOvertaken = !result.ok && result.refusal.code === 'shift.changed' && figures.ownTip !== store.own?.local;
    if (!isOvertaken || tries === TRIES) return result;
  }
}

async function thenView(runtime: Runtime, caller: Caller, result: Result<null>): Promise<Result<Answer<'getShift'>>> {
  return result.ok ? ok(await viewShift(runtime, caller)) : result;
}

async function viewShift({ register, reader, clock }: Runtime, caller: Caller): Promise<Answer<'getShift'>> {
  const { db } = register.store;
  const own = ownRegisterId(register.store);
  const blind = sellingSetting(db, 'blindCount');
  const faces = [...facesOf(readCurrency(db))];
  const open = openShift(db, own);
  const common = { floatMinor: floatSetAside(db, own), blind, faces };
  if (open === null) return { open: null, ...common };
  const figures = await reader.ask('shiftFigures', open.shift);
  const counts = await reader.ask('lastCounts', open.shift);
  const maySee = !blind || caller.commandLine || (caller.user?.rights.includes('x-report') ?? false);
  return {
    open: {
      openedAt: open.openedAt,
      openedBy: open.openedBy,
      silent: open.silent,
      hasFloat: hasFloat(db, open.shift),
      isOld: open.tradingDay < tradingDayAt(db, clock.nowMs()),
      sales: figures.sales,
      methods: figures.methods.map((method) => ({ ...method, expectedMinor: maySee ? method.expectedMinor : null })),
      movements: await reader.ask('listMovements', open.shift),
      count: await viewCount(reader, figures, counts, faces),
    },
    ...common,
  };
}

/** The last count with what explains it; null when there is none, or when it is not of now any more. */
async function viewCount(
  reader: Runtime['reader'],
  figures: ShiftFigures,
  counts: readonly CountRow[],
  faces: readonly number[],
): Promise<NonNullable<Answer<'getShift'>['open']>['count']> {
  const countOf = new Map(counts.map((count) => [count.method, count]));
  const isOfNow = figures.methods.every(({ method, expectedMinor }) => countOf.get(method)?.expectedMinor === expectedMinor);
  const [first] = counts;
  if (first === undefined || !isOfNow) return null;
  const isApart = counts.some((count) => count.countedMinor !== count.expectedMinor);
  const evidence = isApart ? await reader.ask('readEvidence', figures.shift, faces) : null;
  const nameOf = new Map(figures.methods.map(({ method, name }) => [method, name]));
  return {
    at: first.at,
    methods: figures.methods.map(({ method, name, kind, expectedMinor }) => {
      const countedMinor = countOf.get(method)?.countedMinor ?? 0;
      const causes = evidence === null ? [] : likelyCauses(method, evidence);
      return {
        method,
        name,
        kind,
        expectedMinor,
        countedMinor,
        differenceMinor: countedMinor - expectedMinor,
        causes: causes.map((cause) => viewCause(cause, (id) => nameOf.get(id) ?? '')),
      };
    }),
  };
}

type CauseView = NonNullable<NonNullable<Answer<'getShift'>['open']>['count']>['methods'][number]['causes'][number];

function viewCause(cause: Cause, nameOf: (method: Extract<Cause, { kind: 'wrong-method' }>['other']) => string): CauseView {
  switch (cause.kind) {
    case 'wrong-method':
      return { kind: cause.kind, label: cause.sale.label, uuid: cause.sale.uuid, other: nameOf(cause.other) };
    case 'wrong-note': {
      const { kind, sale, recordedMinor, likelyMinor } = cause;
      return { kind, label: sale.label, uuid: sale.uuid, recordedMinor, likelyMinor };
    }
    case 'not-paid':
      return { kind: cause.kind, label: cause.sale.label, uuid: cause.sale.uuid };
    case 'voided':
    case 'movement-turned':
      return cause;
  }
}

// ---- closings

function readUnclosed({ register, reader, clock }: Runtime) {
  return reader.ask('readUnclosed', ownRegisterId(register.store), tradingDayAt(register.store.db, clock.nowMs()));
}

function sumsOf(totals: ClosingTotals, names: Answer<'xReport'>['names']) {
  return { totals, names, turnoverMinor: turnoverMinor(totals) };
}

/** Refuses with input.invalid when a Z is asked for without its register and number. */
function nameOf(query: Query<'getClosing'>): Result<ClosingName> {
  const { kind, day, register, number } = query;
  if (kind !== 'z') return ok({ kind, day });
  if (register === undefined || number === undefined)
    return refuse('input.invalid', { field: 'register', reason: 'a Z is named by its register and number' });
  return ok({ kind, register, number });
}

function fileNameOf(shop: string, period: string): string {
  return `${shop} ${period}`.replaceAll(/[^\p{L}\p{N}]+/gu, '-');
}

async function viewX(runtime: Runtime): Promise<Answer<'xReport'>> {
  const { days } = await readUnclosed(runtime);
  const totals = sumTotals(days.map((day) => day.totals));
  const names = Object.assign({}, ...days.map((day) => day.totals.names)) as Answer<'xReport'>['names'];
  return { ...sumsOf(totals, names), tradingDays: days.map(({ tradingDay }) => tradingDay) };
}

/** Refuses with printer.none. */
function printClosing(
  runtime: Runtime,
  caller: Caller,
  printer: Id | null,
  closing: Omit<PrintedClosing, 'shop' | 'language' | 'currency' | 'utcOffsetMinutes'>,
): Result<{ done: true }> {
  const { db } = runtime.register.store;
  const { name = '', taxNumber = '', country = '' } = readShop(db) ?? {};
  const printed: PrintedClosing = {
    ...closing,
    shop: { name, taxNumber, country },
    language: readLanguage(db),
    currency: readCurrency(db),
    utcOffsetMinutes: utcOffsetMinutes(closing.at ?? runtime.clock.nowMs()),
  };
  const paper = {
    label: closingTitle(printed),
    blocks: closingBlocks(printed),
    final: closing.kind !== 'x' && closing.at !== null,
    printer,
    user: actingUser(runtime, caller),
  };
  const queued = thenHurry(runtime, printPaper(runtime.register, paper));
  return queued.ok ? ok({ done: true }) : queued;
}

function viewClosing(runtime: Runtime, name: ClosingName): Promise<Result<Answer<'getClosing'>>> {
  return name.kind === 'z' ? viewZ(runtime, name) : viewPeriod(runtime, name);
}

async function viewZ({ register, reader }: Runtime, name: Extract<ClosingName, { kind: 'z' }>): Promise<Result<Answer<'getClosing'>>> {
  const [z] = await reader.ask('listZs', { register: name.register, number: name.number });
  if (z === undefined) return refuse('input.not-found', { what: 'closing' });
  const day = await reader.ask('readPeriod', 'day', z.tradingDay);
  const row = listRegisters(register.store.db).find(({ id }) => id === z.register);
  return ok({
    ...sumsOf(sumTotals([z.totals]), z.totals.names),
    kind: 'z',
    day: z.tradingDay,
    register: { code: row?.code ?? '', name: row?.name ?? '' },
    number: z.number,
    fromN: z.fromN,
    toN: z.toN,
    closedAt: await reader.ask('closedAt', z.id),
    perpetualMinor: z.perpetualMinor,
    closed: true,
    zs: day.zs.filter((one) => one.z.id === z.id).map(viewZOfPeriod),
    missing: [],
  });
}

async function viewPeriod({ reader }: Runtime, { kind, day }: Exclude<ClosingName, { kind: 'z' }>): Promise<Result<Answer<'getClosing'>>> {
  const view = await reader.ask('readPeriod', kind, day);
  return ok({
    ...sumsOf(view.totals, view.names),
    kind,
    day: view.period.first,
    register: null,
    number: null,
    fromN: null,
    toN: null,
    closedAt: null,
    perpetualMinor: view.perpetualMinor,
    closed: view.closed,
    zs: view.zs.map(viewZOfPeriod),
    missing: [...view.missing],
  });
}

function viewZOfPeriod({ z, register, registerName, late }: PeriodView['zs'][number]) {
  return {
    register: z.register,
    code: register,
    name: registerName,
    number: z.number,
    tradingDay: z.tradingDay,
    turnoverMinor: turnoverMinor(z.totals),
    late,
  };
}
