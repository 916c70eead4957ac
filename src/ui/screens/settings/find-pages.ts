/** Which pages of the settings a search finds: by words in any order, in their titles and in what stands on them. Pure. */

export interface PageTexts {
  readonly page: string;
  readonly title: string;
  readonly labels: readonly string[];
}

/** Labels shown under a page that was found by them. */
const SHOWN_LABELS = 2;

/** All pages, without labels, for an empty search; else those that fit, with the labels that made them fit. */
export function findPages(pages: readonly PageTexts[], search: string): PageTexts[] {
  const words = plain(search)
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return pages.map((page) => ({ ...page, labels: [] }));
  const fits = (text: string): boolean => words.every((word) => plain(text).includes(word));
  return pages.flatMap((page) => {
    // What is filled in where a page is drawn is no word of it.
    const labels = page.labels.filter((label) => !label.includes('{{') && fits(label)).slice(0, SHOWN_LABELS);
    if (fits(page.title)) return [{ ...page, labels: [] }];
    return labels.length > 0 ? [{ ...page, labels }] : [];
  });
}

/** Accents and case do not matter. */
function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
