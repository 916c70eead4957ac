/** A receipt printer as this register knows it: where it is, what paper it has, and when receipts go to it. */
import type { Id } from '../base/id.ts';

export const PAPERS = {
  '80mm': { columns: 48, dots: 576 },
  /** Printers of 80 mm that print fewer dots. */
  '80mm-narrow': { columns: 42, dots: 512 },
  '58mm': { columns: 32, dots: 384 },
} as const;
export type PaperName = keyof typeof PAPERS;
export const PAPER_NAMES = ['80mm', '80mm-narrow', '58mm'] as const satisfies readonly PaperName[];

/** What happens with a receipt once the sale is paid: printed by itself, printed when asked for, never on this printer. */
export const RECEIPTS_WHEN = ['always', 'ask', 'never'] as const;

export type PrinterAddress =
  | { readonly kind: 'network'; readonly host: string; readonly port: number }
  /** /dev/usb/lp0 */
  | { readonly kind: 'device'; readonly path: string };

export interface PrinterSettings {
  readonly name: string;
  readonly address: PrinterAddress;
  readonly paper: PaperName;
  /** A cash drawer hangs on it. */
  readonly drawer: boolean;
  readonly receipts: (typeof RECEIPTS_WHEN)[number];
}

export interface Printer extends PrinterSettings {
  readonly id: Id;
}

/** The port that network printers listen on. */
export const PRINTER_PORT = 9100;

/** Why nothing comes out of a printer, as far as it can be told. */
export type PrinterProblem = 'not-reachable' | 'not-a-device' | 'paper-out' | 'cover-open' | 'out-of-order' | 'cut-off';
export const PRINTER_PROBLEMS = [
  'not-reachable',
  'not-a-device',
  'paper-out',
  'cover-open',
  'out-of-order',
  'cut-off',
] as const satisfies readonly PrinterProblem[];
