/**
 * Labels that a scale or a butcher's counter prints: EAN-13 codes of the shop's own (GS1 prefixes 20 to 29) that hold an article number and
 * a weight or a price. How the figures are laid out is the shop's: a pattern of thirteen signs, figures as they stand, I for the article,
 * W for grams (thousandths of the unit), P for the price, C for the check digit, any other letter for what is not read. Pure.
 */
import { hasCheckDigit } from './barcode.ts';

export interface ScaleLabel {
  /** What the product's own barcode must be: the figures up to the end of the article number. */
  readonly article: string;
  readonly weightMilli: number | null;
  readonly priceMinor: number | null;
}

const PATTERN = /^2[0-9][0-9A-Z]{10}C$/;

export function isScalePattern(pattern: unknown): pattern is string {
  return typeof pattern === 'string' && PATTERN.test(pattern) && pattern.includes('I') && /W|P/.test(pattern);
}

/** Null when the code does not fit the pattern, or its check digit is wrong. */
export function readScaleLabel(code: string, pattern: string): ScaleLabel | null {
  if (code.length !== pattern.length || !hasCheckDigit(code)) return null;
  const figures = (sign: string): string => Array.from(code, (figure, at) => (pattern[at] === sign ? figure : '')).join('');
  for (const [at, sign] of Array.from(pattern).entries()) if (/\d/.test(sign) && code[at] !== sign) return null;
  const [weight, price] = [figures('W'), figures('P')];
  return {
    article: code.slice(0, pattern.lastIndexOf('I') + 1),
    weightMilli: weight === '' ? null : Number(weight),
    priceMinor: price === '' ? null : Number(price),
  };
}

/** A label as this pattern prints it, to look at: article 1, 312 grams or a price of 4.50; empty for what is no pattern. */
export function exampleScaleLabel(pattern: string): string {
  if (!isScalePattern(pattern)) return '';
  const signs = { I: '1', W: '312', P: '450' } as const;
  let figures = pattern.slice(0, -1);
  for (const [sign, value] of Object.entries(signs)) {
    const places = Array.from(figures).filter((one) => one === sign).length;
    const filled = value.slice(-places).padStart(places, '0');
    let at = 0;
    if (places > 0) figures = figures.replaceAll(sign, () => filled[at++] ?? '0');
  }
  const plain = figures.replaceAll(/[A-Z]/g, '0');
  return Array.from({ length: 10 }, (_, digit) => `${plain}${digit}`).find(hasCheckDigit) ?? '';
}
