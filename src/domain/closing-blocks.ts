/** An X, a Z or a closed period as blocks of paper: the figures of the screen, in the shop's language. Pure. */
import { closingWords, type SayOfClosing } from './closing-words.ts';
import type { ClosingTotals } from './closing-totals.ts';
import { periodName, periodOf, type PeriodKind } from './period.ts';
import { centred, taxTable, type Block } from './receipt-blocks.ts';
import { receiptWords } from './receipt-words.ts';
import { sumTaxes } from './tax-parts.ts';
import { writtenIn, type Written } from './written.ts';

export interface PrintedClosing {
  readonly kind: 'x' | 'z' | PeriodKind;
  readonly shop: { readonly name: string; readonly taxNumber: string; readonly country: string };
  readonly language: string;
  readonly currency: string;
  /** Null for a period, which is the whole shop's. */
  readonly register: { readonly code: string; readonly name: string } | null;
  /** Of a Z. */
  readonly number: number | null;
  /** Trading days of an X; the day of a Z; the first day of a period. */
  readonly days: readonly number[];
  /** When it was closed, or looked at; null for a period that is open. */
  readonly at: number | null;
  readonly utcOffsetMinutes: number;
  readonly totals: ClosingTotals;
  readonly names: Readonly<Record<string, { readonly name: string }>>;
  readonly turnoverMinor: number;
  /** Null for an X, which adds to none. */
  readonly perpetualMinor: number | null;
  /** Registers whose day is not in it. */
  readonly missing: readonly { readonly code: string; readonly name: string; readonly state: string }[];
}

export function closingBlocks(closing: PrintedClosing): Block[] {
  const { shop, language, currency, totals } = closing;
  const say = closingWords(language);
  const written = writtenIn(language, shop.country, currency);
  const { amount } = written;
  const taxes = sumTaxes(totals.taxes);
  return [
    ...headBlocks(closing, say, written),
    { kind: 'rule' },
    ...turnoverBlocks(closing, say, written),
    ...(taxes.length === 0
      ? []
      : [{ kind: 'space' } as const, { kind: 'table', rows: taxTable(taxes, receiptWords(language, shop.country), written) } as const]),
    ...list(
      say('tenders'),
      totals.tenders.map(({ method, minor, count }) => [`${closing.names[method]?.name ?? ''} (${count})`, amount(minor)]),
    ),
    ...list(
      say('movements'),
      totals.movements.map(({ kind, minor, count }) => [`${say(`cash ${kind}`) ?? kind} (${count})`, amount(minor)]),
    ),
    ...list(
      say('receipts'),
      totals.receipts.map(({ series, first, last }) => [series, `${first} - ${last}`]),
    ),
    ...list(say('noted'), notedRows(totals, say)),
    ...(closing.perpetualMinor === null
      ? []
      : [
          { kind: 'rule' } as const,
          { kind: 'row', start: say('perpetual') ?? '', end: written.money(closing.perpetualMinor), bold: true } as const,
        ]),
  ];
}

/** R1 Z 12; X report; 2026-11. What waits for a printer goes by it. */
export function closingTitle({
  kind,
  register,
  number,
  days,
  language,
}: Pick<PrintedClosing, 'kind' | 'register' | 'number' | 'days' | 'language'>): string {
  if (kind === 'x') return `${register?.code ?? ''} ${closingWords(language)('x') ?? ''}`.trim();
  if (kind === 'z') return `${register?.code ?? ''} Z ${number ?? ''}`;
  return periodName(periodOf(kind, days[0] ?? 0));
}

function headBlocks(closing: PrintedClosing, say: SayOfClosing, written: Written): Block[] {
  const { shop, language, register, at, utcOffsetMinutes, kind, days } = closing;
  const text = (words: string): Block => ({ kind: 'text', text: words });
  const ofRegister = register === null ? '' : `${register.code} ${register.name}`;
  const isPeriod = kind !== 'x' && kind !== 'z';
  return [
    ...centred(shop.name, { bold: true }),
    ...(shop.taxNumber === '' ? [] : centred(receiptWords(language, shop.country)('taxNumber', { number: shop.taxNumber }))),
    { kind: 'space' },
    ...centred(closingTitle(closing), { bold: true, large: true }),
    ...(kind === 'x' ? centred(say('xSay') ?? '') : []),
    { kind: 'space' },
    ...(at === null ? [text(ofRegister)] : [{ kind: 'row', start: ofRegister, end: written.dateTime(at, utcOffsetMinutes) } as const]),
    ...(isPeriod ? [] : days.map((day) => text(written.date(instantOf(day), 0)))),
    ...closing.missing.map(({ code, name, state }) => text(say(`late ${state}`, { register: `${code} ${name}` }) ?? '')),
  ];
}

function turnoverBlocks({ totals, turnoverMinor }: PrintedClosing, say: SayOfClosing, { amount, money }: Written): Block[] {
  const row = (words: string | null, minor: number, count: number | null = null): Block => ({
    kind: 'row',
    start: `${words ?? ''}${count === null ? '' : ` (${count})`}`,
    end: amount(minor),
  });
  return [
    row(say('sales'), totals.sales.minor, totals.sales.count),
    row(say('refunds'), totals.refunds.minor, totals.refunds.count),
    ...totals.beside.map(({ kind, minor, count }) => row(say(`beside ${kind}`) ?? kind, minor, count)),
    { kind: 'row', start: say('turnover') ?? '', end: money(turnoverMinor), bold: true, large: true },
    ...(totals.discounts.count === 0 ? [] : [row(say('discounts'), totals.discounts.minor, totals.discounts.count)]),
    ...(totals.roundingMinor === 0 ? [] : [row(say('rounding'), totals.roundingMinor)]),
  ];
}

function notedRows(totals: ClosingTotals, say: SayOfClosing): [string, string][] {
  const noted = [
    [say('noSales'), totals.noSales],
    [say('voids'), totals.voids],
    [say('abandoned'), totals.abandonedCarts],
    [say('reprints'), totals.reprints],
    [say('training'), totals.training.count],
  ] as const;
  return noted.flatMap(([words, times]): [string, string][] => (times === 0 ? [] : [[words ?? '', String(times)]]));
}

function list(title: string | null, rows: readonly (readonly [string, string])[]): Block[] {
  if (rows.length === 0) return [];
  return [
    { kind: 'space' },
    { kind: 'text', text: title ?? '', bold: true },
    ...rows.map(([start, end]): Block => ({ kind: 'row', start, end })),
  ];
}

/** Of a day as yyyymmdd, where no place's clock counts. */
function instantOf(day: number): number {
  return Date.UTC(Math.floor(day / 10_000), (Math.floor(day / 100) % 100) - 1, day % 100);
}
