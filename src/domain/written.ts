/** Amounts, quantities, rates and dates as a language and a country write them, by Intl: for paper, which no browser formats. Pure. */
import { currencyDigits } from './money.ts';

export interface Written {
  /** 29.59: in rows. */
  amount(minor: number): string;
  /** €29.59: totals. */
  money(minor: number): string;
  /** Thousandths as 3 or 0.312. */
  quantity(milli: number): string;
  /** 60000 parts per million as 6%. */
  rate(ppm: number): string;
  date(at: number, utcOffsetMinutes: number): string;
  dateTime(at: number, utcOffsetMinutes: number): string;
}

const kept = new Map<string, Written>();

/** `country` decides how a language writes dates; empty where it is not known. */
export function writtenIn(language: string, country: string, currency: string): Written {
  const locale = country === '' || language.includes('-') ? language : `${language}-${country}`;
  const key = `${locale} ${currency}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = makeWritten(locale, currency);
  kept.set(key, made);
  return made;
}

function makeWritten(locale: string, currency: string): Written {
  const digits = currencyDigits(currency);
  const amount = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
  const quantity = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
  const rate = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 3 });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  return {
    amount: (minor) => amount.format(minor / 10 ** digits),
    money: (minor) => money.format(minor / 10 ** digits),
    quantity: (milli) => quantity.format(milli / 1000),
    rate: (ppm) => rate.format(ppm / 1_000_000),
    date: (at, utcOffsetMinutes) => date.format(at + utcOffsetMinutes * 60_000),
    dateTime: (at, utcOffsetMinutes) => dateTime.format(at + utcOffsetMinutes * 60_000),
  };
}
