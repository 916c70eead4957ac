/** The languages of the product: screens, paper and what is made at set-up speak each of them. Pure. */

export const LANGUAGES = ['en', 'fr', 'nl', 'de'] as const;

export type Language = (typeof LANGUAGES)[number];

/** The language that is spoken to somebody who asked for `wanted`, such as "nl-BE"; English where it is not known. */
export function speaks(wanted: string): Language {
  return LANGUAGES.find((language) => wanted.slice(0, 2) === language) ?? 'en';
}
