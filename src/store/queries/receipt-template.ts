/** The shop's receipt template, and its logo as a PNG. */
import { idToBytes, isId, type Id } from '../../base/id.ts';
import { isReceiptTemplate, PLAIN_TEMPLATE, type ReceiptTemplate } from '../../domain/receipt-template.ts';
import { textOrNull, type Database } from '../database.ts';
import { readSetting } from './shop.ts';

export const TEMPLATE_SETTING = 'receiptTemplate';
/** The id of the image that is the logo; empty for none. */
export const LOGO_SETTING = 'receiptLogo';

export function readReceiptTemplate(db: Database): ReceiptTemplate {
  return readSetting(db, TEMPLATE_SETTING, PLAIN_TEMPLATE, isReceiptTemplate);
}

export function readReceiptLogo(db: Database): { readonly id: Id; readonly png: Uint8Array } | null {
  const id = readSetting<Id | ''>(db, LOGO_SETTING, '', (value) => value === '' || isId(value));
  if (id === '') return null;
  const png = textOrNull(db.get('SELECT png FROM image WHERE id = ?', idToBytes(id))?.['png']);
  return png === null ? null : { id, png: Buffer.from(png, 'base64') };
}
