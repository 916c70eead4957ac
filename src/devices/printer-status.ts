/** What a printer says of itself: the answers to `DLE EOT` and `GS r` (ESC/POS), told apart by the bits that are fixed. Pure. */
import type { PrinterProblem } from '../domain/printer.ts';

const DLE = 0x10;
const GS = 0x1d;

/** Answered at once, even while it prints or is out of paper: 2 is why it is offline, 4 the paper. */
export const ASK_STATUS: readonly number[] = [DLE, 0x04, 2, DLE, 0x04, 4];
/** Answered in its turn: once the answer comes, all that was sent before is on paper. */
export const ASK_DONE: readonly number[] = [GS, 0x72, 1];

export type StatusByte = 'status' | 'done' | 'other';

/** Bits 0 and 7 are nought and bits 1 and 4 are one in the first kind; bits 4 and 7 are nought in the second. */
export function kindOfByte(byte: number): StatusByte {
  if ((byte & 0x93) === 0x12) return 'status';
  return (byte & 0x90) === 0 ? 'done' : 'other';
}

/** Of the two bytes that answer ASK_STATUS, in their order; null when it can print. */
export function readProblem(offline: number, paper: number): PrinterProblem | null {
  if ((offline & 0x04) !== 0) return 'cover-open';
  if ((offline & 0x20) !== 0 || (paper & 0x60) !== 0) return 'paper-out';
  return (offline & 0x40) === 0 ? null : 'out-of-order';
}
