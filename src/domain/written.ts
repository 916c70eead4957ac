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

/** As on the screens: figures follow the language, dates the country as well; empty where it is not known. */
export function writtenIn(language: string, country: string, currency: string): Written {
  const key = `${language} ${country} ${currency}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = makeWritten(language, country === '' ? language : `${language}-${country}`, currency);
  kept.set(key, made);
  return made;
}

function makeWritten(locale: string, place: string, currency: string): Written {
  const digits = currencyDigits(currency);
  const amount = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
  const quantity = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
  const rate = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 3 });
  const date = new Intl.DateTimeFormat(place, { dateStyle: 'long', timeZone: 'UTC' });
  const dateTime = new Intl.DateTimeFormat(place, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  return {
    amount: (minor) => amount.format(minor / 10 ** digits),
    money: (minor) => money.format(minor / 10 ** digits),
    quantity: (milli) => quantity.format(milli / 1000),
    rate: (ppm) => rate.format(ppm / 1_000_000),
    date: (at, utcOffsetMinutes) => date.format(at + utcOffsetMinutes * 60_000),
    dateTime: (at, utcOffsetMinutes) => dateTime.format(at + utcOffsetMinutes * 60_000),
  };
}
