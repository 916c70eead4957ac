/** What people type for an amount, a quantity or a rate, as an integer. Pure. */

/**
 * The typed text in units of 10^-digits: "12,50", "12.5", "1 234,50" and "1'234.50" are all amounts; null when it is not a number or has
 * more decimals than fit. The last of `.` or `,` is the decimal mark, unless it stands before three figures and is of the kind that
 * already grouped before it.
 */
export function parseTyped(text: string, digits: number): number | null {
  const plain = text.trim().replace(/[\s'’\u00a0\u202f]/g, '');
  const match = /^(-?)([\d.,]*\d[\d.,]*)$/.exec(plain);
  if (match === null) return null;
  const [, sign = '', figures = ''] = match;
  const parts = splitDecimals(figures, digits);
  if (parts === null) return null;
  const value = Number(`${parts.whole || '0'}${parts.decimals.padEnd(digits, '0')}`);
  if (!Number.isSafeInteger(value)) return null;
  return sign === '-' && value !== 0 ? -value : value;
}

function splitDecimals(figures: string, digits: number): { whole: string; decimals: string } | null {
  const last = Math.max(figures.lastIndexOf('.'), figures.lastIndexOf(','));
  if (last < 0) return { whole: figures, decimals: '' };
  const mark = figures.charAt(last);
  const repeated = figures.indexOf(mark) !== last;
  const grouped = repeated || (digits === 0 && figures.length - last === 4);
  const whole = figures.slice(0, grouped ? figures.length : last).replace(/[.,]/g, '');
  const decimals = grouped ? '' : figures.slice(last + 1);
  return decimals.length > digits ? null : { whole, decimals };
}
