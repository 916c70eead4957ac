/** Products the screen has seen, by barcode: a scan of one shows before the register has answered. */
import type { Tile } from './preview.ts';

const MOST = 5000;
const byCode = new Map<string, Tile>();

export function rememberTiles(tiles: readonly Tile[]): void {
  if (byCode.size > MOST) byCode.clear();
  for (const tile of tiles) if (tile.code !== null) byCode.set(tile.code, tile);
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
