/** The errors of an import as a CSV file. A value that a spreadsheet would run as a formula is written as text. Pure. */

interface RowError {
  readonly row: number;
  readonly column: string;
  readonly value: string;
  readonly message: string;
}

export function errorsAsCsv(errors: readonly RowError[]): string {
  const lines = errors.map(({ row, column, value, message }) => [String(row), column, value, message].map(cell).join(','));
  return ['row,column,value,message', ...lines].map((line) => `${line}\r\n`).join('');
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
