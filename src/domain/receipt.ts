/** A sale as its receipt says it, whoever shows or prints it: screen, browser, receipt printer, invoice. All as it was then. */
import type { Id } from '../base/id.ts';
import type { FiscalWord } from './fiscal.ts';
import type { TaxSum } from './tax-parts.ts';
import type { MethodKind } from './tender.ts';

export type SaleKind = 'sale' | 'refund' | 'exchange';

export interface ReceiptLine {
  readonly name: string;
  readonly quantityMilli: number;
  readonly unit: string;
  readonly unitPriceMinor: number;
  /** Taken off: total = price x quantity - discount. */
  readonly discountMinor: number;
  readonly totalMinor: number;
  /** Of all its taxes. */
  readonly taxRatePpm: number;
  readonly note: string | null;
}

export interface ReceiptTender {
  /** As changesets refer to it: the same on every register. */
  readonly tender: `${string}:${number}`;
  readonly methodId: Id | null;
  readonly method: string;
  readonly kind: MethodKind;
  readonly amountMinor: number;
  readonly changeMinor: number;
  /** A voucher's code. */
  readonly reference: string | null;
  /** A card terminal took it. */
  readonly byTerminal: boolean;
  /** What was recorded first, where somebody corrected it. */
  readonly insteadOf: string | null;
}

export interface ReceiptData {
  readonly uuid: Id;
  /** Series and number, as printed and as its barcode holds it: R1-000042. */
  readonly label: string;
  readonly shop: {
    readonly name: string;
    readonly address: string;
    readonly taxNumber: string;
    readonly phone: string;
    readonly footer: string;
    readonly country: string;
  };
  readonly register: { readonly code: string; readonly name: string };
  readonly user: string;
  readonly customer: string | null;
  /** The customer's, else the shop's. */
  readonly language: string;
  readonly completedAt: number;
  readonly utcOffsetMinutes: number;
  readonly currency: string;
  readonly lines: ReceiptLine[];
  readonly kind: SaleKind;
  readonly training: boolean;
  readonly note: string | null;
  /** The number it has in the store that it was brought from. */
  readonly broughtFrom: string | null;
  readonly totalMinor: number;
  readonly roundingMinor: number;
  readonly dueMinor: number;
  readonly taxes: TaxSum[];
  readonly tenders: ReceiptTender[];
  readonly changeMinor: number;
  /** What a fiscal device said of it, where there is one. */
  readonly fiscal: FiscalWord | null;
  /** Issued with this sale. */
  readonly vouchers: { readonly code: string; readonly amountMinor: number; readonly expiresAt: number | null }[];
}

/** Whether taxes come on top of what the lines say, so that they stand above the total; else they are in it, and below. */
export function hasTaxOnTop({ lines, totalMinor }: Pick<ReceiptData, 'totalMinor'> & { readonly lines: readonly ReceiptLine[] }): boolean {
  return lines.reduce((sum, line) => sum + line.totalMinor, 0) !== totalMinor;
}
