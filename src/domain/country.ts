/**
 * Country profiles: what a shop of a country starts with, all of it changeable in settings. Pure data. Rates are those in force for goods
 * in 2026 as published by the tax authorities; the first is the one most goods carry.
 */

import type { FiscalRule } from './fiscal.ts';
import type { TaxPart } from './tax.ts';

export interface CountryProfile {
  readonly country: string;
  readonly currency: string;
  /** Parts per million, with the name people give it. */
  readonly taxes: readonly CountryTax[];
  readonly pricesIncludeTax: boolean;
  /** Smallest cash step in minor units where cash is rounded. */
  readonly cashStepMinor: number | null;
  /** What its law wants of a fiscal device beside a register; null where it wants none. */
  readonly fiscal: FiscalRule | null;
}

export interface CountryTax {
  readonly code: string;
  readonly ratePpm: number;
  /** Several taxes at once; null: one. */
  readonly parts: readonly TaxPart[] | null;
}

/**
 * Sources: KassenSichV and AEAO to § 146a (Germany: sales go on when the device is out, and the receipt says so); Royal Decree of 30 December
 * 2009 (Belgium: no sale without the data module, where one is required); D.Lgs. 127/2015 and the specifications of the registratore telematico
 * (Italy: the device gives the document its number).
 */
const FISCAL_RULES: Readonly<Record<string, FiscalRule>> = {
  DE: { device: 'tse', onOutage: 'marks-receipt', givesNumber: false },
  BE: { device: 'fdm', onOutage: 'stops-sale', givesNumber: false },
  IT: { device: 'rt', onOutage: 'stops-sale', givesNumber: true },
};

/** A rate in per cent, or the taxes by name that it is made of. */
type Percent = number | Readonly<Record<string, number>>;

const ppmOf = (percent: number): number => Math.round(percent * 10_000);

function taxOf(percent: Percent, code: string): CountryTax {
  if (typeof percent === 'number') return { code: percent === 0 ? 'zero' : code, ratePpm: ppmOf(percent), parts: null };
  const parts = Object.entries(percent).map(([name, part]) => ({ name, ratePpm: ppmOf(part) }));
  return { code, ratePpm: parts.reduce((sum, { ratePpm }) => sum + ratePpm, 0), parts };
}

function profile(
  country: string,
  currency: string,
  percents: readonly Percent[],
  cashStepMinor: number | null = null,
  pricesIncludeTax = true,
): CountryProfile {
  const codes = ['standard', 'reduced', 'second-reduced', 'third-reduced', 'zero'];
  const taxes = percents.map((percent, at) => taxOf(percent, codes[at] ?? `rate-${at + 1}`));
  return { country, currency, taxes, pricesIncludeTax, cashStepMinor, fiscal: FISCAL_RULES[country] ?? null };
}

export const COUNTRIES: readonly CountryProfile[] = [
  profile('AT', 'EUR', [20, 13, 10, 0]),
  profile('BE', 'EUR', [21, 12, 6, 0], 5),
  // British Columbia's; other provinces have others, which the owner writes in their place.
  profile('CA', 'CAD', [{ GST: 5, PST: 7 }, { GST: 5 }, 0], 5, false),
  profile('CH', 'CHF', [8.1, 3.8, 2.6, 0], 5),
  profile('DE', 'EUR', [19, 7, 0]),
  profile('DK', 'DKK', [25, 0], 50),
  profile('ES', 'EUR', [21, 10, 4, 0]),
  profile('FI', 'EUR', [25.5, 13.5, 10, 0], 5),
  profile('FR', 'EUR', [20, 10, 5.5, 2.1, 0]),
  profile('GB', 'GBP', [20, 5, 0]),
  profile('IE', 'EUR', [23, 13.5, 9, 0], 5),
  // Goods sold within a state.
  profile('IN', 'INR', [{ CGST: 9, SGST: 9 }, { CGST: 2.5, SGST: 2.5 }, { CGST: 20, SGST: 20 }, 0]),
  profile('IT', 'EUR', [22, 10, 5, 4, 0]),
  profile('JP', 'JPY', [10, 8, 0]),
  profile('LU', 'EUR', [17, 14, 8, 3, 0]),
  profile('MA', 'MAD', [20, 14, 10, 7, 0]),
  profile('NL', 'EUR', [21, 9, 0], 5),
  profile('NO', 'NOK', [25, 15, 12, 0], 100),
  profile('PL', 'PLN', [23, 8, 5, 0]),
  profile('PT', 'EUR', [23, 13, 6, 0]),
  profile('SE', 'SEK', [25, 12, 6, 0], 100),
  profile('TN', 'TND', [19, 13, 7, 0]),
  profile('US', 'USD', [0], null, false),
];

const WITHOUT_VAT: ReadonlySet<string> = new Set(['CA', 'IN', 'US']);

/** Whether a country's tax on sales is called VAT, in whichever of its languages. */
export function hasVat(country: string): boolean {
  return !WITHOUT_VAT.has(country);
}

/** What a tax is called until its owner calls it something else. */
export function taxName({ ratePpm, parts }: Pick<CountryTax, 'ratePpm' | 'parts'>): string {
  const written = (ppm: number): string => `${ppm / 10_000} %`;
  return parts === null ? written(ratePpm) : parts.map((part) => `${part.name} ${written(part.ratePpm)}`).join(' + ');
}

/** The profile of a country, or a plain one for those not listed. */
export function countryProfile(country: string, currency: string): CountryProfile {
  return COUNTRIES.find((candidate) => candidate.country === country) ?? profile(country, currency, [20, 10, 0]);
}
