/** Lays a fresh first page over the loaded pages of a list that only grows at its top. Pure. */

interface Page<R> {
  readonly rows: R[];
  readonly next: string | null;
  readonly total: number;
}

/**
 * Rows known already are replaced where they stand, unknown ones go on top in the order they came. When the fresh page does not
 * reach down to anything known (more arrived than a page holds), it alone is kept, so that no row is missing in between.
 */
export function mergeNewest<R extends { readonly uuid: string }, P>(
  loaded: { pages: Page<R>[]; pageParams: P[] },
  fresh: Page<R>,
): { pages: Page<R>[]; pageParams: P[] } {
  const known = new Set(loaded.pages.flatMap((page) => page.rows.map((row) => row.uuid)));
  const overlaps = fresh.rows.some((row) => known.has(row.uuid));
  if (!overlaps || loaded.pages.length === 0) return { pages: [fresh], pageParams: loaded.pageParams.slice(0, 1) };
  const freshRows = new Map(fresh.rows.map((row) => [row.uuid, row]));
  const added = fresh.rows.filter((row) => !known.has(row.uuid));
  const pages = loaded.pages.map((page, at) => ({
    ...page,
    total: fresh.total,
    rows: [...(at === 0 ? added : []), ...page.rows.map((row) => freshRows.get(row.uuid) ?? row)],
  }));
  return { pages, pageParams: loaded.pageParams };
}
