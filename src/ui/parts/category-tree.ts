/** Categories as the tree they are: each with how deep it lies, parents before what lies in them. */
import type { Answer } from '../../protocol/api/routes.ts';

export type Category = Answer<'listCategories'>['rows'][number];

export interface Shelf extends Category {
  readonly depth: number;
}

/** Those whose parent is not there, and those of a ring that registers made while apart, stand at the top. */
export function categoryTree(rows: readonly Category[]): Shelf[] {
  const shelves: Shelf[] = [];
  const placed = new Set<string>();
  const place = (row: Category, depth: number): void => {
    if (placed.has(row.id)) return;
    placed.add(row.id);
    shelves.push({ ...row, depth });
    for (const child of rows) if (child.parent === row.id) place(child, depth + 1);
  };
  for (const row of rows) if (!rows.some(({ id }) => id === row.parent)) place(row, 0);
  for (const row of rows) place(row, 0);
  return shelves;
}

/** A shelf's name where depth is shown by what stands before it, in a list to choose from. */
export function indented({ name, depth }: Shelf): string {
  return `${'\u2003'.repeat(depth)}${name}`;
}
