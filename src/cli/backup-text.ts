/** Backups in words. */
import type { BackupRow } from '../backup/requests.ts';

export function standText({
  lastGoodAt,
  lastProvenAt,
  couldLose,
  problem,
}: {
  lastGoodAt: number | null;
  lastProvenAt: number | null;
  couldLose: number;
  problem: { message: string; action: string } | null;
}): string {
  const at = (instant: number | null): string => (instant === null ? 'none yet' : new Date(instant).toLocaleString());
  const stand = `Last backup: ${at(lastGoodAt)}. Last one tried out: ${at(lastProvenAt)}. You could lose at most ${countOf(couldLose, 'sale')}.`;
  return problem === null ? stand : `${stand}\n${problem.message} ${problem.action}`;
}

export function listText(rows: readonly BackupRow[]): string {
  return rows.map((row) => `${row.name}  ${describe(row)}`).join('\n') || 'There are no backups yet.';
}

export function describe({ register, shop, counts, bytes, encrypted, complete, salesUpTo }: BackupRow): string {
  const upTo = salesUpTo === null ? '' : ` up to ${new Date(salesUpTo).toLocaleString()}`;
  const notes = `${encrypted ? ', encrypted' : ''}${complete ? '' : ', FILES ARE MISSING'}`;
  return `${shop.name}, ${register.code} ${register.name}: ${countOf(counts.sales, 'sale')}${upTo}, ${countOf(counts.products, 'product')}; ${(bytes / 2 ** 20).toFixed(1)} MB${notes}`;
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
