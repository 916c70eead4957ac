/**
 * Tells a barcode scanner (a keyboard that types very fast and ends with Enter) from a person. Pure: times are passed in.
 * It only watches; what to do with the keys that were no scan is the screen's business.
 */

/** Scanners leave 1 to 15 ms between keys, a busy machine a little more; the fastest typists over 70. */
const LONGEST_GAP_MS = 60;
/** Shorter runs are a person's: a quantity and Enter. */
const SHORTEST_CODE = 4;

export class ScanReader {
  #text = '';
  #lastAtMs = Number.NEGATIVE_INFINITY;

  /** Feed each key as `KeyboardEvent.key` with its time. Answers the code when this key ends a scan. */
  key(key: string, atMs: number): string | null {
    const inRun = atMs - this.#lastAtMs <= LONGEST_GAP_MS;
    this.#lastAtMs = atMs;
    if (key.length === 1) {
      this.#text = inRun ? this.#text + key : key;
      return null;
    }
    if (key === 'Shift') return null;
    const code = this.#text.trim();
    this.#text = '';
    return (key === 'Enter' || key === 'Tab') && inRun && code.length >= SHORTEST_CODE ? code : null;
  }
}
