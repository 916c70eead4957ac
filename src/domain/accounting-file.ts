/**
 * Closings as an accountant books them: one CSV, double entry, an account for each tax rate, tax with a name, payment method and cash
 * movement. Debit and credit of every Z are equal. Pure.
 */
import type { ClosingTotals } from './closing-totals.ts';
import { decimalMark, writeCsv } from './csv.ts';
import { plainAmount } from './money.ts';
import { sumTaxes } from './tax-parts.ts';

export interface BookedZ {
  readonly tradingDay: number;
  readonly register: string;
  readonly number: number;
  readonly currency: string;
  readonly totals: ClosingTotals;
  readonly names: Readonly<Record<string, { readonly name: string; readonly kind: string }>>;
}

export interface Entry {
  readonly account: string;
  readonly text: string;
  /** Above zero is debit, below credit. */
  readonly minor: number;
}

/** Accounts of the national charts (PCMN in Belgium and Luxembourg, PCG in France); elsewhere the word itself, for the accountant to map. */
const CHARTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  BE: chart('700000', '451000', '570000', '580000', '550000', '416000', '658000', '758000', '610000'),
  LU: chart('702000', '461411', '516000', '517000', '513100', '106000', '648000', '748000', '610000'),
  FR: chart('707000', '445710', '530000', '580000', '512000', '455000', '658000', '758000', '606000'),
};

function chart(
  sales: string,
  tax: string,
  cash: string,
  transfer: string,
  bank: string,
  owner: string,
  loss: string,
  gain: string,
  expense: string,
): Readonly<Record<string, string>> {
  return {
    sales,
    tax,
    cash,
    card: transfer,
    voucher: transfer,
    'voucher-issued': transfer,
    'account-payment': transfer,
    account: transfer,
    other: transfer,
    float: transfer,
    'safe-drop': transfer,
    bank,
    owner,
    loss,
    gain,
    expense,
    'paid-in': transfer,
    'paid-out': transfer,
    tip: transfer,
  };
}

/** The entries of one Z; their sum is nought. */
export function entriesOf({ totals, names }: BookedZ, country: string): Entry[] {
  const account = (key: string): string => CHARTS[country]?.[key] ?? key;
  const gainOrLoss = (minor: number): string => account(minor < 0 ? 'gain' : 'loss');
  return [
    ...totals.tenders.map(({ method, minor }) => ({
      account: account(names[method]?.kind ?? 'other'),
      text: `Paid by ${names[method]?.name ?? method}`,
      minor,
    })),
    ...totals.taxes.flatMap(({ ratePpm, netMinor, taxMinor, parts }) => [
      { account: account('sales'), text: `Sales ${ratePpm / 10_000} %`, minor: -netMinor },
      ...(parts === undefined ? [{ account: account('tax'), text: `Tax ${ratePpm / 10_000} %`, minor: -taxMinor }] : []),
    ]),
    ...sumTaxes(totals.taxes.filter(({ parts }) => parts !== undefined)).map(({ name, ratePpm, taxMinor }) => ({
      account: `${account('tax')} ${name ?? ''}`,
      text: `Tax ${name ?? ''} ${ratePpm / 10_000} %`,
      minor: -taxMinor,
    })),
    ...totals.beside.map(({ kind, minor }) => ({ account: account(kind), text: `Beside turnover: ${kind}`, minor: -minor })),
    { account: gainOrLoss(-totals.roundingMinor), text: 'Cash rounding', minor: -totals.roundingMinor },
    ...totals.movements.flatMap(({ kind, minor }) => [
      { account: account('cash'), text: `Cash: ${kind}`, minor },
      { account: kind === 'difference' ? gainOrLoss(-minor) : account(kind), text: `Cash: ${kind}`, minor: -minor },
    ]),
  ].filter(({ minor }) => minor !== 0);
}

/** Columns: date, register, Z, account, text, debit, credit, currency. Written as spreadsheets of the country read it. */
export function accountingCsv(zs: readonly BookedZ[], country: string, digits: number): string {
  const mark = decimalMark(country);
  const amount = (minor: number): string => (minor <= 0 ? '' : plainAmount(minor, digits).replace('.', mark));
  const rows = zs.flatMap((z) =>
    entriesOf(z, country).map(({ account, text, minor }) => [
      dateOf(z.tradingDay),
      z.register,
      String(z.number),
      account,
      text,
      amount(minor),
      amount(-minor),
      z.currency,
    ]),
  );
  return writeCsv([['date', 'register', 'z', 'account', 'text', 'debit', 'credit', 'currency'], ...rows], mark);
}

function dateOf(day: number): string {
  return String(day).replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
}
