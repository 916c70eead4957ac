/** CSV as spreadsheets of the shop's country read it: a semicolon between columns where a comma divides numbers. Pure. */

export type DecimalMark = ',' | '.';

/** What the country's own language puts before decimals. `country` is its two letters; the English way where none is known. */
export function decimalMark(country: string): DecimalMark {
  // Without its script: a locale that names one falls back past the country.
  const locale = /^[A-Z]{2}$/.test(country) ? `${new Intl.Locale(`und-${country}`).maximize().language}-${country}` : 'en';
  const decimal = new Intl.NumberFormat(locale, { numberingSystem: 'latn' }).formatToParts(1.5).find(({ type }) => type === 'decimal');
  return decimal?.value === ',' ? ',' : '.';
}

export function writeCsv(rows: readonly (readonly string[])[], mark: DecimalMark): string {
  const separator = mark === ',' ? ';' : ',';
  return rows.map((row) => `${row.map((cell) => quote(cell, separator)).join(separator)}\r\n`).join('');
}

/** What a spreadsheet would run as a formula is written as text; a number below zero stays one. */
function quote(text: string, separator: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-\d+(?:[.,]\d+)?$/.test(text) ? `'${text}` : text;
  return safe.includes(separator) || /["\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
