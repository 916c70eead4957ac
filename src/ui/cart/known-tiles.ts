/**
 * Products the screen has seen, by barcode: a scan of one shows before the register has answered. A scanner's first figures are enough to
 * ask for those that its code may mean, while it types the rest.
 */
import { call } from '../api/call.ts';
import type { Tile } from './preview.ts';

const MOST = 5000;
const byCode = new Map<string, Tile>();

export function rememberTiles(tiles: readonly Tile[]): void {
  if (byCode.size > MOST) byCode.clear();
  for (const tile of tiles) if (tile.code !== null) byCode.set(tile.code, tile);
}

/** Figures after which a code is foreseen: past the maker's part of an EAN, and a few keys before its end. */
const FORESEE_AT = 9;

/** Called with what a scanner has typed so far. */
export function foreseeCode(figures: string): void {
  if (figures.length !== FORESEE_AT) return;
  void call('tiles', { query: { of: `code:${figures}` } })
    .then(({ rows }) => rememberTiles(rows))
    .catch(() => {
      // The scan itself asks again, and says what is wrong.
    });
}

/** Only goods sold by the piece: what is weighed depends on the code. */
export function tileOfCode(code: string): Tile | null {
  const tile = byCode.get(code);
  return tile !== undefined && tile.unit === 'each' ? tile : null;
}

/** After products changed: what was remembered may have another price. */
export function forgetTiles(): void {
  byCode.clear();
}
