/** Routes of the drawer's day: opening, movements, counting, closing; and of what a day, a month, a year comes to. */
import { z } from 'zod';
import { MOVEMENT_KINDS } from '../../domain/shift.ts';
import { MAX_PIECES } from '../../domain/drawer-count.ts';
import { MAX_MINOR } from '../../domain/money.ts';
import { PERIOD_KINDS } from '../../domain/period.ts';
import { closingTotals } from '../closing.ts';
import { done, idText, instant, minor, onPrinter, pageOf, route } from './route.ts';

/** yyyymmdd */
const tradingDay = z.coerce.number().int().min(19_000_101).max(99_991_231);
const handled = minor.nonnegative().max(MAX_MINOR);
const reason = z.string().trim().min(1).max(200);
const sumKind = z.enum(['z', ...PERIOD_KINDS]);

const cause = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('wrong-method'), label: z.string(), uuid: idText, other: z.string() }),
  z.object({ kind: z.literal('voided'), at: instant, amountMinor: minor }),
  z.object({ kind: z.literal('wrong-note'), label: z.string(), uuid: idText, recordedMinor: minor, likelyMinor: minor }),
  z.object({ kind: z.literal('not-paid'), label: z.string(), uuid: idText }),
  z.object({ kind: z.literal('movement-turned'), movement: z.string(), amountMinor: minor }),
]);

const methodKind = z.enum(['cash', 'card', 'voucher', 'account', 'other']);

const shift = z.object({
  /** Null when no drawer is open. */
  open: z
    .object({
      openedAt: instant,
      openedBy: z.string(),
      silent: z.boolean(),
      hasFloat: z.boolean(),
      /** Opened on an earlier trading day. */
      isOld: z.boolean(),
      sales: z.int(),
      /** What is counted at the close. Expected is null where counting is blind and this person may not see it. */
      methods: z.array(z.object({ method: idText, name: z.string(), kind: methodKind, expectedMinor: minor.nullable() })),
      movements: z.array(z.object({ at: instant, kind: z.string(), amountMinor: minor, reason: z.string(), user: z.string() })),
      /** The last count, while nothing was sold or moved since; null before. */
      count: z
        .object({
          at: instant,
          methods: z.array(
            z.object({
              method: idText,
              name: z.string(),
              kind: methodKind,
              expectedMinor: minor,
              countedMinor: minor,
              differenceMinor: minor,
              causes: z.array(cause),
            }),
          ),
        })
        .nullable(),
    })
    .nullable(),
  /** What was set aside as the next float when the last shift was closed. */
  floatMinor: minor,
  blind: z.boolean(),
  /** Notes and coins of the currency, largest first. */
  faces: z.array(z.int().positive()),
});

const sums = z.object({
  totals: closingTotals,
  names: z.record(z.string(), z.object({ name: z.string(), kind: z.string() })),
  turnoverMinor: minor,
});

const zOfPeriod = z.object({
  register: idText,
  code: z.string(),
  name: z.string(),
  number: z.int(),
  tradingDay: z.int(),
  turnoverMinor: minor,
  /** It came after the period was closed. */
  late: z.boolean(),
});

const closingQuery = z.object({
  kind: sumKind,
  /** Of a period: a trading day in it. Of a Z: not asked. */
  day: tradingDay.default(19_000_101),
  register: idText.optional(),
  number: z.coerce.number().int().positive().optional(),
});

export const CASH = {
  getShift: route({
    method: 'GET',
    path: '/api/shift',
    access: 'shift',
    summary: 'The drawer of this register as it stands',
    answer: shift,
  }),
  openShift: route({
    method: 'POST',
    path: '/api/shift',
    access: 'shift',
    summary: 'Open the drawer with its float; one left open on an earlier day ends uncounted',
    body: z.object({ floatMinor: handled }),
    answer: shift,
  }),
  moveCash: route({
    method: 'POST',
    path: '/api/shift/movements',
    access: 'cash-movement',
    summary: 'Put cash in or take it out, with a reason',
    body: z.object({ kind: z.enum(MOVEMENT_KINDS), amountMinor: handled.positive(), reason }),
    answer: shift,
  }),
  noSale: route({
    method: 'POST',
    path: '/api/shift/no-sale',
    access: 'no-sale',
    summary: 'Open the drawer without a sale; it is journalled',
    body: z.object({ reason }),
    answer: done,
  }),
  noteReprint: route({
    method: 'POST',
    path: '/api/sales/:uuid/reprint',
    access: 'history',
    summary: 'A receipt is printed again, marked a copy; it is journalled',
    params: z.object({ uuid: idText }),
    answer: done,
  }),
  countShift: route({
    method: 'POST',
    path: '/api/shift/count',
    access: 'shift',
    summary: 'Count every payment method; answers expected, counted, difference and its likely causes',
    body: z.object({
      counts: z
        .array(
          z.object({
            method: idText,
            countedMinor: minor.min(-MAX_MINOR).max(MAX_MINOR),
            pieces: z
              .array(z.object({ faceMinor: z.int().positive().max(MAX_MINOR), pieces: z.int().nonnegative().max(MAX_PIECES) }))
              .max(40)
              .default([]),
          }),
        )
        .max(100),
    }),
    answer: shift,
  }),
  closeShift: route({
    method: 'POST',
    path: '/api/shift/close',
    access: 'shift',
    summary: 'Close the counted drawer: what stays is the next float, the rest goes to the safe',
    body: z.object({ staysMinor: handled }),
    answer: shift,
  }),
  setBlindCount: route({
    method: 'PUT',
    path: '/api/shift/blind',
    access: 'settings',
    summary: 'Whether people count without seeing what is expected',
    body: z.object({ blind: z.boolean() }),
    answer: done,
  }),
  xReport: route({
    method: 'GET',
    path: '/api/closings/x',
    access: 'x-report',
    summary: 'What this register has done since its last Z; changes nothing',
    answer: sums.extend({ tradingDays: z.array(z.int()) }),
  }),
  printX: route({
    method: 'POST',
    path: '/api/closings/x/print',
    access: 'x-report',
    summary: 'Print it as it stands now, on this register’s receipt printer or on the one named',
    body: onPrinter,
    answer: done,
  }),
  printClosing: route({
    method: 'POST',
    path: '/api/closings/one/print',
    access: 'closing',
    summary: 'Print a closing (as getClosing names it) on this register’s receipt printer, or on the one named',
    query: closingQuery,
    body: onPrinter,
    answer: done,
  }),
  closeDay: route({
    method: 'POST',
    path: '/api/closings/z',
    access: 'closing',
    summary: 'The Z: closes everything since the last one, a closing for each trading day in it',
    answer: z.object({ closings: z.int(), register: idText, number: z.int() }),
  }),
  closePeriod: route({
    method: 'POST',
    path: '/api/closings/period',
    access: 'closing',
    summary: 'Close a day, month or year of the shop: its sum is kept and signed; what comes later is marked late',
    body: z.object({ kind: z.enum(PERIOD_KINDS), day: tradingDay }),
    answer: done,
  }),
  listClosings: route({
    method: 'GET',
    path: '/api/closings',
    access: 'closing',
    summary: 'Zs, or the days, months, years they make; newest first',
    query: z.object({
      kind: sumKind,
      cursor: z.string().regex(/^\d*$/).max(12).default(''),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    answer: pageOf(
      z.object({
        kind: sumKind,
        day: z.int(),
        register: z.object({ id: idText, code: z.string(), name: z.string() }).nullable(),
        number: z.int().nullable(),
        zs: z.int(),
        turnoverMinor: minor,
        perpetualMinor: minor,
        late: z.boolean(),
        closed: z.boolean(),
      }),
    ),
  }),
  getArchive: route({
    method: 'GET',
    path: '/api/closings/archive',
    access: 'closing',
    summary: 'The first lines of a closing’s archive file, and which changesets follow them (getArchivePage)',
    query: closingQuery,
    answer: z.object({
      fileName: z.string(),
      text: z.string(),
      chains: z.array(z.object({ chain: z.string(), fromN: z.int(), toN: z.int() })),
    }),
  }),
  getArchivePage: route({
    method: 'GET',
    path: '/api/closings/archive/page',
    access: 'closing',
    summary: 'Lines of an archive file: changesets of a chain from a number on, as many as one answer holds',
    query: z.object({
      chain: z.string().regex(/^[0-9a-f]{32}$/),
      fromN: z.coerce.number().int().positive(),
      toN: z.coerce.number().int().positive(),
    }),
    answer: z.object({ text: z.string(), next: z.int().nullable() }),
  }),
  getAccounts: route({
    method: 'GET',
    path: '/api/closings/accounts',
    access: 'closing',
    summary: 'A closing as one CSV for the accountant: an account for each tax rate, payment method and cash movement',
    query: closingQuery,
    answer: z.object({ fileName: z.string(), text: z.string() }),
  }),
  getClosing: route({
    method: 'GET',
    path: '/api/closings/one',
    access: 'closing',
    summary: 'One closing: a Z by register and number, a period by its kind and a day in it',
    query: closingQuery,
    answer: sums.extend({
      kind: sumKind,
      day: z.int(),
      /** Of a Z. */
      register: z.object({ code: z.string(), name: z.string() }).nullable(),
      number: z.int().nullable(),
      fromN: z.int().nullable(),
      toN: z.int().nullable(),
      closedAt: instant.nullable(),
      perpetualMinor: minor,
      closed: z.boolean(),
      zs: z.array(zOfPeriod),
      missing: z.array(z.object({ code: z.string(), name: z.string(), state: z.enum(['not-closed', 'silent']) })),
    }),
  }),
} as const;
