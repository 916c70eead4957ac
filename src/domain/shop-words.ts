/** Names that the program itself gives to what a shop keeps: ways to pay, lines that are no goods. In the language of the register that makes them. */
import type { Language } from './language.ts';

const WORDS = {
  cash: { en: 'Cash', fr: 'Espèces', nl: 'Contant', de: 'Bar' },
  card: { en: 'Card', fr: 'Carte', nl: 'Kaart', de: 'Karte' },
  voucher: { en: 'Voucher', fr: 'Bon d’achat', nl: 'Waardebon', de: 'Gutschein' },
  account: { en: 'On account', fr: 'En compte', nl: 'Op rekening', de: 'Auf Rechnung' },
  tip: { en: 'Tip', fr: 'Pourboire', nl: 'Fooi', de: 'Trinkgeld' },
  'account-payment': { en: 'Paid off', fr: 'Acompte sur le compte', nl: 'Betaling op rekening', de: 'Zahlung auf das Konto' },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

export function shopWord(word: keyof typeof WORDS, language: Language): string {
  return WORDS[word][language];
}
