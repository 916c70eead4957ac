/** What a shop says about its receipts: words above and below, which parts are printed, the logo. One template for all registers. */

export const RECEIPT_PARTS = ['logo', 'address', 'taxNumber', 'cashier', 'customer', 'taxes', 'barcode'] as const;
export type ReceiptPart = (typeof RECEIPT_PARTS)[number];

export interface ReceiptTemplate {
  /** Lines under the shop's name; empty for none. */
  readonly header: string;
  /** Lines at the end, after the shop's own. */
  readonly footer: string;
  /** Parts that are left out. */
  readonly without: readonly ReceiptPart[];
}

export const PLAIN_TEMPLATE: ReceiptTemplate = { header: '', footer: '', without: [] };

export function isReceiptTemplate(value: unknown): value is ReceiptTemplate {
  if (typeof value !== 'object' || value === null) return false;
  const { header, footer, without } = value as Partial<Record<keyof ReceiptTemplate, unknown>>;
  return (
    typeof header === 'string' &&
    typeof footer === 'string' &&
    Array.isArray(without) &&
    without.every((part) => RECEIPT_PARTS.some((known) => known === part))
  );
}
