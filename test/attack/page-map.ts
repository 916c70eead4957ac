/**
 * What each byte of a SQLite file is for, read from the file format alone (sqlite.org/fileformat2.html): so that an edit that changed nothing
 * can be told from one that nobody noticed. Knows files without reserved bytes and without auto-vacuum, as a store is.
 */

/** separator: a number between two pages' row numbers; any that still lies between them is as good. null: the type 0 of
 * a value that is not there; 10, which the format reserves, is read as the same. */
export const PLACES = ['unused', 'free page', 'file header', 'separator', 'null', 'content'] as const;
export type Place = (typeof PLACES)[number];

const FILE_HEADER_BYTES = 100;
const [UNUSED, FREE, HEADER, SEPARATOR, NULL, CONTENT] = [0, 1, 2, 3, 4, 5];
const [INTERIOR_INDEX, INTERIOR_TABLE, LEAF_TABLE] = [2, 5, 13];

export function mapPages(file: Buffer, roots: readonly number[]): (offset: number) => Place {
  const uses = new Uint8Array(file.length).fill(UNUSED);
  const pageBytes = file.readUInt16BE(16);
  const walk: Walk = { file, uses, pageBytes };
  for (const root of [1, ...roots]) mapTree(walk, root);
  mapFree(walk);
  uses.fill(HEADER, 0, FILE_HEADER_BYTES);
  return (offset) => PLACES[uses[offset] ?? UNUSED] ?? 'unused';
}

interface Walk {
  readonly file: Buffer;
  readonly uses: Uint8Array;
  readonly pageBytes: number;
}

function mapTree(walk: Walk, page: number): void {
  const { file, uses, pageBytes } = walk;
  const start = (page - 1) * pageBytes;
  const header = start + (page === 1 ? FILE_HEADER_BYTES : 0);
  const kind = file.readUInt8(header);
  const cells = file.readUInt16BE(header + 3);
  const isInterior = kind === INTERIOR_INDEX || kind === INTERIOR_TABLE;
  const pointers = header + (isInterior ? 12 : 8);
  uses.fill(CONTENT, header, pointers + 2 * cells);
  if (isInterior) mapTree(walk, file.readUInt32BE(header + 8));
  for (let at = 0; at < cells; at++) mapCell(walk, start + file.readUInt16BE(pointers + 2 * at), kind);
}

function mapCell(walk: Walk, start: number, kind: number): void {
  const { file, uses, pageBytes } = walk;
  let at = start;
  if (kind === INTERIOR_INDEX || kind === INTERIOR_TABLE) {
    mapTree(walk, file.readUInt32BE(at));
    at += 4;
  }
  if (kind === INTERIOR_TABLE) {
    uses.fill(CONTENT, start, at);
    uses.fill(SEPARATOR, at, at + readVarint(file, at).bytes);
    return;
  }
  const payload = readVarint(file, at);
  at += payload.bytes;
  if (kind === LEAF_TABLE) at += readVarint(file, at).bytes;
  const here = bytesOnPage(payload.value, kind, pageBytes);
  const hasMore = here < payload.value;
  // A cell takes four bytes at least, so that it can become a free block.
  uses.fill(CONTENT, start, Math.max(at + here + (hasMore ? 4 : 0), start + 4));
  mapNulls(walk, at, here);
  if (hasMore) mapOverflow(walk, file.readUInt32BE(at + here), payload.value - here);
}

/** A record begins with the size of its header and the types of its values. */
function mapNulls({ file, uses }: Walk, start: number, bytes: number): void {
  const size = readVarint(file, start);
  const end = start + Math.min(size.value, bytes);
  for (let at = start + size.bytes; at < end;) {
    const type = readVarint(file, at);
    if (type.value === 0) uses.fill(NULL, at, at + type.bytes);
    at += type.bytes;
  }
}

/** How much of a payload lies in its cell; the rest goes to overflow pages. */
function bytesOnPage(payload: number, kind: number, pageBytes: number): number {
  const most = kind === LEAF_TABLE ? pageBytes - 35 : Math.floor(((pageBytes - 12) * 64) / 255) - 23;
  if (payload <= most) return payload;
  const least = Math.floor(((pageBytes - 12) * 32) / 255) - 23;
  const spilled = least + ((payload - least) % (pageBytes - 4));
  return spilled <= most ? spilled : least;
}

function mapOverflow({ file, uses, pageBytes }: Walk, first: number, bytes: number): void {
  let page = first;
  for (let left = bytes; left > 0; left -= pageBytes - 4) {
    const start = (page - 1) * pageBytes;
    uses.fill(CONTENT, start, start + 4 + Math.min(left, pageBytes - 4));
    page = file.readUInt32BE(start);
  }
}

function mapFree({ file, uses, pageBytes }: Walk): void {
  for (let trunk = file.readUInt32BE(32); trunk !== 0;) {
    const start = (trunk - 1) * pageBytes;
    const leaves = file.readUInt32BE(start + 4);
    uses.fill(FREE, start, start + pageBytes);
    uses.fill(CONTENT, start, start + 8 + 4 * leaves);
    for (let at = 0; at < leaves; at++) {
      const leaf = (file.readUInt32BE(start + 8 + 4 * at) - 1) * pageBytes;
      uses.fill(FREE, leaf, leaf + pageBytes);
    }
    trunk = file.readUInt32BE(start);
  }
}

/** Big-endian, seven bits a byte, eight in the ninth; sizes and row numbers of a small store fit a safe integer. */
function readVarint(file: Buffer, at: number): { value: number; bytes: number } {
  let value = 0;
  for (let bytes = 1; bytes < 9; bytes++) {
    const byte = file.readUInt8(at + bytes - 1);
    value = value * 128 + (byte & 127);
    if (byte < 128) return { value, bytes };
  }
  return { value: value * 256 + file.readUInt8(at + 8), bytes: 9 };
}
