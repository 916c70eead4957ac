/** Money, quantities, dates and times as the chosen language writes them, by Intl. Formatters are made once and kept. Pure otherwise. */
import { currencyDigits } from '../../domain/money.ts';
import type { TaxPart } from '../../domain/tax.ts';

const kept = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat | Intl.ListFormat>();

function keep<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat | Intl.ListFormat>(
  key: string,
  make: () => T,
): T {
  const found = kept.get(key);
  if (found !== undefined) return found as T;
  const made = make();
  kept.set(key, made);
  return made;
}

function currencyFormat(locale: string, currency: string): Intl.NumberFormat {
  return keep(
    `money ${locale} ${currency}`,
    () => new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }),
  );
}

const digitsOf = new Map<string, number>();

/** Decimals of a currency: 2 for EUR, 0 for JPY, 3 for TND. */
export function digitsOfCurrency(currency: string): number {
  const known = digitsOf.get(currency);
  if (known !== undefined) return known;
  const digits = currencyDigits(currency);
  digitsOf.set(currency, digits);
  return digits;
}

/** €29.59 */
export function money(minor: number, currency: string, locale: string): string {
  return currencyFormat(locale, currency).format(minor / 10 ** digitsOfCurrency(currency));
}

/** 29.59: for rows, where the sign stands on the total. `whole` leaves out decimals that are nought (notes). */
export function amount(minor: number, currency: string, locale: string, whole = false): string {
  const digits = digitsOfCurrency(currency);
  const shown = whole && minor % 10 ** digits === 0 ? 0 : digits;
  return keep(
    `amount ${locale} ${shown}`,
    () => new Intl.NumberFormat(locale, { minimumFractionDigits: shown, maximumFractionDigits: shown }),
  ).format(minor / 10 ** digits);
}

/** An amount as somebody would type it into a field: 29.59 or 29,59, no grouping. */
export function typedAmount(minor: number, currency: string, locale: string): string {
  const digits = digitsOfCurrency(currency);
  return keep(
    `typed ${locale} ${digits}`,
    () => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false }),
  ).format(minor / 10 ** digits);
}

export function count(value: number, locale: string): string {
  return keep(`count ${locale}`, () => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })).format(value);
}

/** Thousandths as 3 or 0.312. */
export function quantity(milli: number, locale: string): string {
  return keep(`quantity ${locale}`, () => new Intl.NumberFormat(locale, { maximumFractionDigits: 3 })).format(milli / 1000);
}

/** "+12%" of 0.12. */
export function percentChange(change: number, locale: string): string {
  return keep(
    `change ${locale}`,
    () => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' }),
  ).format(change);
}

/** 90000 parts per million as 9 %. */
export function rate(ppm: number, locale: string): string {
  return keep(`rate ${locale}`, () => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 3 })).format(
    ppm / 1_000_000,
  );
}

/** 12%, or by name where it is made of several taxes: GST 5% + PST 7%. */
export function rateWords(
  { ratePpm, parts }: { readonly ratePpm: number; readonly parts: readonly TaxPart[] | null },
  locale: string,
): string {
  return parts === null ? rate(ratePpm, locale) : parts.map((part) => `${part.name} ${rate(part.ratePpm, locale)}`).join(' + ');
}

let region = '';

/** The country whose people read the dates and times: an English screen in the Netherlands says 14:31. */
export function setRegion(country: string): void {
  region = country;
}

function dateFormat(name: string, locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const where = region === '' || locale.includes('-') ? locale : `${locale}-${region}`;
  return keep(`${name} ${where}`, () => new Intl.DateTimeFormat(where, options));
}

export function time(at: number, locale: string): string {
  return dateFormat('time', locale, { hour: '2-digit', minute: '2-digit' }).format(at);
}

export function dateTime(at: number, locale: string): string {
  return dateFormat('datetime', locale, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

/** The day of a list: "Tuesday 24 November". */
export function day(at: number, locale: string): string {
  return dateFormat('day', locale, { weekday: 'long', day: 'numeric', month: 'long' }).format(at);
}

const TRADING_DAY: Readonly<Record<'day' | 'month' | 'year', Intl.DateTimeFormatOptions>> = {
  day: { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' },
  month: { month: 'long', year: 'numeric', timeZone: 'UTC' },
  year: { year: 'numeric', timeZone: 'UTC' },
};

/** A trading day (yyyymmdd), or the month or year it lies in: "Sat 28 November 2026", "November 2026", "2026". */
export function tradingDay(day: number, kind: 'day' | 'month' | 'year', locale: string): string {
  const at = Date.UTC(Math.floor(day / 10_000), (Math.floor(day / 100) % 100) - 1, day % 100);
  return dateFormat(`trading ${kind}`, locale, TRADING_DAY[kind]).format(at);
}

/** 29 November 2026 */
export function date(at: number, locale: string): string {
  return dateFormat('date', locale, { dateStyle: 'long' }).format(at);
}

/** An instant in the offset it happened at: what a receipt printed in another place shows. */
export function dateTimeAt(at: number, utcOffsetMinutes: number, locale: string): string {
  return dateFormat('utc', locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at + utcOffsetMinutes * 60_000);
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** "3 minutes ago", "yesterday"; "now" within the minute. */
export function ago(at: number, now: number, locale: string): string {
  const words = keep(`ago ${locale}`, () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
  for (const [unit, ms] of STEPS) if (now - at >= ms) return words.format(-Math.floor((now - at) / ms), unit);
  return words.format(0, 'second');
}

export function list(items: readonly string[], locale: string): string {
  return keep(`list ${locale}`, () => new Intl.ListFormat(locale)).format(items);
}

/** 8:42 */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function bytes(size: number, locale: string): string {
  const unit = size >= 1e9 ? 'gigabyte' : size >= 1e6 ? 'megabyte' : 'kilobyte';
  const by = { gigabyte: 1e9, megabyte: 1e6, kilobyte: 1e3 }[unit];
  return keep(`bytes ${locale} ${unit}`, () => new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 })).format(
    size / by,
  );
}
