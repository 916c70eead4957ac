/**
 * Text for printers of one byte a character. Three code pages that nearly all ESC/POS printers have, by their number in `ESC t`: 858 (Western
 * Europe with the euro), 852 (Central Europe), 866 (Cyrillic). What none of them has loses its accent, and failing that becomes a question mark.
 */

interface CodePage {
  /** As `ESC t` names it on Epson's and their many kin. */
  readonly number: number;
  readonly bytes: ReadonlyMap<string, number>;
}

const PC858 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■';
const PC852 =
  'ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u00ad˝˛ˇ˘§÷¸°¨˙űŘř■';
const PC866 =
  'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмноп░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀рстуфхцчшщъыьэюяЁёЄєЇїЎў°∙·√№¤■';

function page(number: number, upperHalf: string): CodePage {
  return { number, bytes: new Map(Array.from(upperHalf, (character, at) => [character, 0x80 + at])) };
}

export const CODE_PAGES: readonly CodePage[] = [page(19, PC858), page(18, PC852), page(17, PC866)];
export const FIRST_CODE_PAGE = 19;

/** Signs that no printer has, by what people take for the same. */
const PLAIN: Readonly<Record<string, string>> = {
  '\u00a0': ' ',
  '\u2009': ' ',
  '\u202f': ' ',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '–': '-',
  '—': '-',
  '−': '-',
  '…': '...',
  '•': '*',
  œ: 'oe',
  Œ: 'OE',
  '\t': ' ',
};

/** As it will stand on paper, one character a cell; control characters are gone. */
export function plainText(text: string): string {
  return Array.from(text.normalize('NFC'), (character) => PLAIN[character] ?? character)
    .join('')
    .replaceAll(/\p{Cc}/gu, '');
}

const UNKNOWN = '?'.charCodeAt(0);

/** The byte of a character on `current` if it is there, else on the first page that has it. */
export function encodeCharacter(character: string, current: number): { readonly page: number; readonly byte: number } {
  const code = character.codePointAt(0) ?? UNKNOWN;
  if (code < 0x80) return { page: current, byte: code };
  const pages = [...CODE_PAGES].sort((a, b) => Number(b.number === current) - Number(a.number === current));
  for (const { number, bytes } of pages) {
    const byte = bytes.get(character);
    if (byte !== undefined) return { page: number, byte };
  }
  const bare = character.normalize('NFD').codePointAt(0) ?? UNKNOWN;
  return { page: current, byte: bare < 0x80 ? bare : UNKNOWN };
}
