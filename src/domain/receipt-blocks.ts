/**
 * A receipt as blocks of paper, from top to bottom: what is said, and how large; where a line breaks is the printer's business
 * (devices/escpos.ts). Pure. The same receipt on the screen is ui/parts/receipt-paper.tsx.
 */
import { hasTaxOnTop, type ReceiptData, type ReceiptLine } from './receipt.ts';
import type { ReceiptPart, ReceiptTemplate } from './receipt-template.ts';
import { receiptWords, type Say } from './receipt-words.ts';
import type { TaxSum } from './tax-parts.ts';
import { writtenIn, type Written } from './written.ts';

export type Block =
  | { readonly kind: 'text'; readonly text: string; readonly align?: 'start' | 'center'; readonly bold?: boolean; readonly large?: boolean }
  /** Something and its amount at the end of the line. */
  | { readonly kind: 'row'; readonly start: string; readonly end: string; readonly bold?: boolean; readonly large?: boolean }
  /** A small table: its first column to the left, the others to the right. */
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'rule' | 'space' | 'logo' }
  | { readonly kind: 'barcode'; readonly text: string };

export interface PrintedReceipt {
  readonly receipt: ReceiptData;
  readonly template: ReceiptTemplate;
  /** Printed before: the paper says so. */
  readonly copy: boolean;
}

export function receiptBlocks({ receipt, template, copy }: PrintedReceipt): Block[] {
  const say = receiptWords(receipt.language, receipt.shop.country);
  const written = writtenIn(receipt.language, receipt.shop.country, receipt.currency);
  const has = (part: ReceiptPart): boolean => !template.without.includes(part);
  return [
    ...headBlocks(receipt, template, has),
    ...aboutBlocks(receipt, say, written, has),
    ...marks(receipt, say, copy),
    { kind: 'rule' },
    ...receipt.lines.flatMap((line) => lineBlocks(line, say, written)),
    { kind: 'rule' },
    ...(has('taxes') && hasTaxOnTop(receipt) ? onTopBlocks(receipt, say, written) : []),
    { kind: 'row', start: say('total'), end: written.money(receipt.totalMinor), bold: true, large: true },
    ...paymentBlocks(receipt, say, written),
    ...(has('taxes') && !hasTaxOnTop(receipt) ? taxBlocks(receipt, say, written) : []),
    ...fiscalBlocks(receipt, say),
    ...voucherBlocks(receipt, say, written),
    ...footBlocks(receipt, template, has),
  ];
}

export function centred(text: string, more: { bold?: boolean; large?: boolean } = {}): Block[] {
  return text.split('\n').flatMap((line): Block[] => (line.trim() === '' ? [] : [{ kind: 'text', text: line, align: 'center', ...more }]));
}

function headBlocks({ shop }: ReceiptData, template: ReceiptTemplate, has: (part: ReceiptPart) => boolean): Block[] {
  return [
    ...(has('logo') ? [{ kind: 'logo' } as const] : []),
    ...centred(shop.name, { bold: true, large: true }),
    ...(has('address') ? [...centred(shop.address), ...centred(shop.phone)] : []),
    ...centred(template.header),
  ];
}

function aboutBlocks(receipt: ReceiptData, say: Say, written: Written, has: (part: ReceiptPart) => boolean): Block[] {
  const { shop, customer } = receipt;
  const at = written.dateTime(receipt.completedAt, receipt.utcOffsetMinutes);
  return [
    ...(has('taxNumber') && shop.taxNumber !== '' ? centred(say('taxNumber', { number: shop.taxNumber })) : []),
    { kind: 'space' },
    { kind: 'row', start: receipt.label, end: at },
    ...(receipt.broughtFrom === null ? [] : [{ kind: 'text', text: say('soldAs', { label: receipt.broughtFrom }) } satisfies Block]),
    ...(has('cashier') ? [{ kind: 'text', text: say('by', { user: receipt.user, register: receipt.register.code }) } satisfies Block] : []),
    ...(has('customer') && customer !== null ? [{ kind: 'text', text: say('customer', { name: customer }) } satisfies Block] : []),
    ...(receipt.note === null ? [] : [{ kind: 'text', text: receipt.note } satisfies Block]),
  ];
}

/** Above a paper that was printed before. */
export function copyMark(language: string): Block[] {
  return centred(receiptWords(language)('copy'), { bold: true, large: true });
}

function marks(receipt: ReceiptData, say: Say, copy: boolean): Block[] {
  const words = [
    ...(receipt.training ? [say('training')] : []),
    ...(receipt.kind === 'sale' ? [] : [say(receipt.kind)]),
    ...(copy ? [say('copy')] : []),
  ];
  return words.flatMap((word) => centred(word, { bold: true, large: true }));
}

/** One line of goods, as receipts and invoices say it. */
export function lineBlocks(line: ReceiptLine, say: Say, written: Written): Block[] {
  const unit = line.unit === 'each' ? '' : ` ${line.unit}`;
  const isOnePiece = line.unit === 'each' && line.quantityMilli === 1000;
  const detail = `  ${written.quantity(line.quantityMilli)}${unit} x ${written.amount(line.unitPriceMinor)}`;
  return [
    { kind: 'row', start: line.name, end: written.amount(line.totalMinor) },
    ...(isOnePiece ? [] : [{ kind: 'text', text: detail } satisfies Block]),
    ...(line.discountMinor === 0
      ? []
      : [{ kind: 'text', text: `  ${say('off', { amount: written.amount(line.discountMinor) })}` } satisfies Block]),
    ...(line.note === null ? [] : [{ kind: 'text', text: `  ${line.note}` } satisfies Block]),
  ];
}

function paymentBlocks(receipt: ReceiptData, say: Say, written: Written): Block[] {
  const row = (start: string, minor: number): Block => ({ kind: 'row', start, end: written.amount(minor) });
  return [
    ...(receipt.roundingMinor === 0 ? [] : [row(say('rounding'), receipt.roundingMinor)]),
    ...receipt.tenders.map(({ method, insteadOf, amountMinor }) =>
      row(insteadOf === null ? method : `${method} ${say('insteadOf', { method: insteadOf })}`, amountMinor),
    ),
    ...(receipt.changeMinor === 0 ? [] : [row(say('change'), receipt.changeMinor)]),
  ];
}

/** From what the lines come to up to the total. */
function onTopBlocks({ lines, taxes }: ReceiptData, say: Say, written: Written): Block[] {
  const row = (start: string, minor: number): Block => ({ kind: 'row', start, end: written.amount(minor) });
  return [
    row(
      say('subtotal'),
      lines.reduce((sum, { totalMinor }) => sum + totalMinor, 0),
    ),
    ...taxes.map((tax) => row(taxWords(tax, say, written), tax.taxMinor)),
  ];
}

/** GST 5% of 9.99. */
function taxWords({ name, ratePpm, netMinor }: TaxSum, say: Say, written: Written): string {
  return say(name === null ? 'taxOf' : 'namedTaxOf', { name: name ?? '', rate: written.rate(ratePpm), net: written.amount(netMinor) });
}

function taxBlocks({ taxes }: ReceiptData, say: Say, written: Written): Block[] {
  if (taxes.length === 0) return [];
  return [{ kind: 'space' }, { kind: 'table', rows: taxTable(taxes, say, written) }];
}

/** Its head and a row a tax, as papers show them. Of several taxes on the same goods none has an amount that includes it alone. */
export function taxTable(taxes: readonly TaxSum[], say: Say, { amount, rate }: Written): string[][] {
  const named = taxes.some(({ name }) => name !== null);
  return [
    named ? [say('taxes'), say('net'), say('amount')] : [say('rate'), say('net'), say('tax'), say('gross')],
    ...taxes.map(({ name, ratePpm, netMinor, taxMinor }) => [
      name === null ? rate(ratePpm) : `${name} ${rate(ratePpm)}`,
      amount(netMinor),
      amount(taxMinor),
      ...(named ? [] : [amount(netMinor + taxMinor)]),
    ]),
  ];
}

function fiscalBlocks({ fiscal }: ReceiptData, say: Say): Block[] {
  if (fiscal === null) return [];
  return [
    { kind: 'space' },
    ...(fiscal.state === 'outage' ? centred(say('fiscalOutage'), { bold: true }) : []),
    ...(fiscal.number === null ? [] : centred(say('fiscalNumber', { number: fiscal.number }))),
    ...[fiscal.device, fiscal.signature].flatMap((word) => (word === null ? [] : centred(word))),
  ];
}

/** Each sold voucher, to be cut off: what it is worth, and the code by which it is taken. */
function voucherBlocks({ vouchers, utcOffsetMinutes }: ReceiptData, say: Say, written: Written): Block[] {
  return vouchers.flatMap(({ code, amountMinor, expiresAt }): Block[] => [
    { kind: 'rule' },
    ...centred(say('voucher', { amount: written.money(amountMinor) }), { bold: true, large: true }),
    { kind: 'barcode', text: code },
    ...(expiresAt === null ? [] : centred(say('validUntil', { day: written.date(expiresAt, utcOffsetMinutes) }))),
  ]);
}

function footBlocks({ label, shop }: ReceiptData, template: ReceiptTemplate, has: (part: ReceiptPart) => boolean): Block[] {
  const words = [...centred(shop.footer), ...centred(template.footer)];
  return [
    ...(words.length === 0 ? [] : [{ kind: 'space' } as const, ...words]),
    ...(has('barcode') ? [{ kind: 'space' } as const, { kind: 'barcode', text: label } as const] : []),
  ];
}

/** What a printer prints to show that it does: width, accents and the drawer's printer by name. */
export function testBlocks(printer: string, language: string): Block[] {
  const say = receiptWords(language);
  return [
    { kind: 'logo' },
    ...centred(say('testPage'), { bold: true, large: true }),
    ...centred(say('testSays', { name: printer })),
    { kind: 'rule' },
    { kind: 'row', start: 'àâäçéèêëîïñôöœùûüß', end: '1234567890 €' },
    { kind: 'row', start: 'ąćęłńóśźż čďěňřšťůž', end: '£ $' },
    { kind: 'rule' },
    { kind: 'row', start: say('total'), end: '12.50 €', bold: true, large: true },
    { kind: 'barcode', text: 'TEST-123456' },
  ];
}
