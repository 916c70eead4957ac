/**
 * The words of receipts and invoices, in the languages that customers are written to. Paper speaks the customer's language, not that of the
 * screen beside it. {{name}} stands for what is filled in.
 */

const ENGLISH = {
  by: '{{user}} at {{register}}',
  customer: 'Customer: {{name}}',
  taxNumber: 'VAT number {{number}}',
  training: 'TRAINING – NOT A RECEIPT',
  copy: 'COPY',
  refund: 'REFUND',
  exchange: 'EXCHANGE',
  off: 'Discount {{amount}}',
  insteadOf: '(not {{method}})',
  voucher: 'VOUCHER {{amount}}',
  validUntil: 'Valid until {{day}}',
  fiscalOutage: 'FISCAL DEVICE OUT OF ORDER',
  fiscalNumber: 'Number {{number}}',
  total: 'Total',
  change: 'Change',
  rounding: 'Rounded for cash',
  tax: 'VAT',
  rate: 'Rate',
  net: 'Net',
  gross: 'Gross',
  taxOf: 'VAT {{rate}} of {{net}}',
  invoice: 'Invoice',
  creditNote: 'Credit note',
  number: 'Number',
  date: 'Date',
  soldOn: 'Sold on',
  receiptNumber: 'Receipt',
  corrects: 'Corrects invoice',
  buyer: 'To',
  item: 'Item',
  quantity: 'Quantity',
  price: 'Price',
  amount: 'Amount',
  pricesInclude: 'Prices and amounts of the items include VAT.',
  pricesWithout: 'Prices and amounts of the items are without VAT.',
  totalNet: 'Total without VAT',
  totalTax: 'VAT in all',
  paidBy: 'Paid by {{method}}',
  paidBackBy: 'Paid back by {{method}}',
  page: 'Page {{page}} of {{pages}}',
  exempt: '{{rate}}: {{reason}}',
  testPage: 'Test page',
  testSays: 'If this can be read, {{name}} prints.',
} as const;

export type ReceiptWord = keyof typeof ENGLISH;

const FRENCH: Readonly<Record<ReceiptWord, string>> = {
  by: '{{user}}, caisse {{register}}',
  customer: 'Client : {{name}}',
  taxNumber: 'N° TVA {{number}}',
  training: 'FORMATION – SANS VALEUR',
  copy: 'DUPLICATA',
  refund: 'REMBOURSEMENT',
  exchange: 'ÉCHANGE',
  off: 'Remise {{amount}}',
  insteadOf: '(et non {{method}})',
  voucher: 'BON {{amount}}',
  validUntil: 'Valable jusqu’au {{day}}',
  fiscalOutage: 'APPAREIL FISCAL EN PANNE',
  fiscalNumber: 'Numéro {{number}}',
  total: 'Total',
  change: 'Rendu',
  rounding: 'Arrondi espèces',
  tax: 'TVA',
  rate: 'Taux',
  net: 'HT',
  gross: 'TTC',
  taxOf: 'TVA {{rate}} de {{net}}',
  invoice: 'Facture',
  creditNote: 'Avoir',
  number: 'Numéro',
  date: 'Date',
  soldOn: 'Vendu le',
  receiptNumber: 'Ticket',
  corrects: 'Corrige la facture',
  buyer: 'À',
  item: 'Désignation',
  quantity: 'Quantité',
  price: 'Prix',
  amount: 'Montant',
  pricesInclude: 'Prix et montants des articles TTC.',
  pricesWithout: 'Prix et montants des articles HT.',
  totalNet: 'Total HT',
  totalTax: 'Total TVA',
  paidBy: 'Payé : {{method}}',
  paidBackBy: 'Remboursé : {{method}}',
  page: 'Page {{page}} sur {{pages}}',
  exempt: '{{rate}} : {{reason}}',
  testPage: 'Page d’essai',
  testSays: 'Si ceci se lit, {{name}} imprime.',
};

const LANGUAGES: Readonly<Record<string, Readonly<Record<ReceiptWord, string>>>> = { en: ENGLISH, fr: FRENCH };

/** Languages that paper speaks. */
export const PAPER_LANGUAGES = ['en', 'fr'] as const;

export type Say = (word: ReceiptWord, values?: Readonly<Record<string, string>>) => string;

/** Speaks `language`; English where it is not known. */
export function receiptWords(language: string): Say {
  const words = LANGUAGES[language.slice(0, 2)] ?? ENGLISH;
  return (word, values = {}) => words[word].replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
}
