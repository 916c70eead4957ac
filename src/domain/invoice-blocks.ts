/** An invoice or a credit note as blocks of paper, for the receipt printer: what its PDF says (server/invoice-pdf.ts), on a narrow strip. Pure. */
import type { InvoiceData } from './invoice.ts';
import { hasTaxOnTop } from './receipt.ts';
import { centred, lineBlocks, taxTable, type Block } from './receipt-blocks.ts';
import { receiptWords, type Say } from './receipt-words.ts';
import { writtenIn, type Written } from './written.ts';

export function invoiceBlocks(invoice: InvoiceData): Block[] {
  const say = receiptWords(invoice.language, invoice.seller.country);
  const written = writtenIn(invoice.language, invoice.seller.country, invoice.currency);
  return [
    { kind: 'logo' },
    ...sellerBlocks(invoice, say),
    ...aboutBlocks(invoice, say, written),
    { kind: 'rule' },
    ...invoice.lines.flatMap((line) => lineBlocks(line, say, written)),
    { kind: 'rule' },
    ...totalBlocks(invoice, say, written),
    ...belowBlocks(invoice, say, written),
  ];
}

function sellerBlocks({ seller, kind }: InvoiceData, say: Say): Block[] {
  return [
    ...centred(seller.name, { bold: true, large: true }),
    ...centred(seller.address),
    ...centred(seller.phone),
    ...(seller.taxNumber === '' ? [] : centred(say('taxNumber', { number: seller.taxNumber }))),
    { kind: 'space' },
    ...centred(say(kind === 'invoice' ? 'invoice' : 'creditNote'), { bold: true, large: true }),
    { kind: 'space' },
  ];
}

function aboutBlocks(invoice: InvoiceData, say: Say, written: Written): Block[] {
  const { label, at, soldAt, utcOffsetMinutes, receiptLabel, corrects, buyer } = invoice;
  const row = (start: string, end: string): Block => ({ kind: 'row', start, end });
  const lines = (text: string): Block[] => text.split('\n').flatMap((one): Block[] => (one === '' ? [] : [{ kind: 'text', text: one }]));
  return [
    row(say('number'), label),
    row(say('date'), written.date(at, utcOffsetMinutes)),
    ...(corrects === null ? [] : [row(say('corrects'), corrects)]),
    row(say('soldOn'), written.date(soldAt, utcOffsetMinutes)),
    row(say('receiptNumber'), receiptLabel),
    { kind: 'space' },
    { kind: 'text', text: say('buyer') },
    { kind: 'text', text: buyer.name, bold: true },
    ...lines(buyer.address),
    ...(buyer.taxNumber === '' ? [] : lines(say('taxNumber', { number: buyer.taxNumber }))),
  ];
}

function totalBlocks(invoice: InvoiceData, say: Say, written: Written): Block[] {
  const { taxes, netMinor, taxMinor, totalMinor } = invoice;
  const named = taxes.some(({ name }) => name !== null);
  const onTop = hasTaxOnTop(invoice);
  const about = named ? (onTop ? 'pricesBeforeTaxes' : 'pricesIncludeTaxes') : onTop ? 'pricesWithout' : 'pricesInclude';
  return [
    { kind: 'table', rows: taxTable(taxes, say, written) },
    { kind: 'space' },
    { kind: 'row', start: say(named ? 'totalBeforeTaxes' : 'totalNet'), end: written.amount(netMinor) },
    { kind: 'row', start: say(named ? 'taxesInAll' : 'totalTax'), end: written.amount(taxMinor) },
    { kind: 'row', start: say('total'), end: written.money(totalMinor), bold: true, large: true },
    ...(taxMinor === 0 ? [] : [{ kind: 'text', text: say(about) } as const]),
  ];
}

/** How it was paid, and the words that the law wants. */
function belowBlocks({ tenders, reasons, seller, totalMinor }: InvoiceData, say: Say, written: Written): Block[] {
  return [
    ...tenders.map(({ method, amountMinor, changeMinor }): Block => {
      const words = say(totalMinor < 0 ? 'paidBackBy' : 'paidBy', { method });
      return { kind: 'row', start: words, end: written.amount(Math.abs(amountMinor - changeMinor)) };
    }),
    ...reasons.map(({ ratePpm, reason }): Block => {
      return { kind: 'text', text: say('exempt', { rate: `${say('tax')} ${written.rate(ratePpm)}`, reason }) };
    }),
    ...(seller.footer === '' ? [] : [{ kind: 'space' } as const, ...centred(seller.footer)]),
  ];
}
