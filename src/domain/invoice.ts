/** An invoice or a credit note as it is read: all as it was when it was given out. */
import type { ReceiptData, ReceiptLine } from './receipt.ts';
import type { TaxSum } from './tax-parts.ts';

export type InvoiceKind = 'invoice' | 'credit-note';

export interface Buyer {
  readonly name: string;
  readonly address: string;
  readonly taxNumber: string;
}

export interface InvoiceData {
  readonly kind: InvoiceKind;
  /** Series and number: R1I-000007. */
  readonly label: string;
  readonly at: number;
  readonly soldAt: number;
  readonly utcOffsetMinutes: number;
  readonly receiptLabel: string;
  /** Of a credit note: the invoice that it corrects. */
  readonly corrects: string | null;
  readonly seller: ReceiptData['shop'];
  readonly buyer: Buyer;
  readonly language: string;
  readonly currency: string;
  readonly lines: readonly ReceiptLine[];
  readonly taxes: readonly TaxSum[];
  /** Why a rate is what it is, where the law asks for words: exempt, reverse charge. */
  readonly reasons: readonly { readonly ratePpm: number; readonly reason: string }[];
  readonly netMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
  /** How the sale was paid; empty where this paper holds only a part of it. */
  readonly tenders: ReceiptData['tenders'];
}

/** Invoices and credit notes of a register's chain each have a series of their own, beside that of its receipts. */
export function invoiceSeries(receiptSeries: string, kind: InvoiceKind): string {
  return `${receiptSeries}${kind === 'invoice' ? 'I' : 'C'}`;
}
