/** Barcodes as printed on goods. Pure. Source: GS1 General Specifications, check digit calculation; UPC-A is EAN-13 with a leading zero. */

/** One spelling per code: spaces out, UPC-A (12 digits) as the EAN-13 that scanners also send; anything else as it is. */
export function normalBarcode(code: string): string {
  const bare = code.trim().replaceAll(/\s+/g, '');
  if (/^\d{12}$/.test(bare) && hasCheckDigit(bare)) return `0${bare}`;
  return bare;
}

/** A code on a product, and how many pieces it names: the bottle's own, or its crate's, which people write `5400000000027*24`. */
export interface PackCode {
  readonly code: string;
  /** Thousandths of a piece; null for the code of one. */
  readonly packMilli: number | null;
}

/** Reads a code as people write it; what follows a star must be a count above one, else the star is part of the code. */
export function readPackCode(text: string): PackCode {
  const pack = /^(.+?)\s*\*\s*(\d{1,4})$/.exec(text.trim());
  const pieces = Number(pack?.[2] ?? 1);
  if (pack === null || pieces < 2) return { code: normalBarcode(text), packMilli: null };
  return { code: normalBarcode(pack[1] ?? ''), packMilli: pieces * 1_000 };
}

/** As readPackCode reads it. */
export function spellPackCode({ code, packMilli }: PackCode): string {
  return packMilli === null ? code : `${code}*${packMilli / 1_000}`;
}

/** True for EAN-8, UPC-A, EAN-13 and GTIN-14 whose last digit fits. */
export function hasCheckDigit(code: string): boolean {
  if (!/^(\d{8}|\d{12}|\d{13}|\d{14})$/.test(code)) return false;
  const digits = Array.from(code, Number);
  const check = digits.pop() ?? 0;
  const sum = digits.reverse().reduce((total, digit, at) => total + digit * (at % 2 === 0 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10 === check;
}
