/** The shop's receipt template: a setting, so that all registers print alike; the logo is an image that the setting names. */
import type { Id } from '../base/id.ts';
import { ok, type Result } from '../base/result.ts';
import type { ReceiptTemplate } from '../domain/receipt-template.ts';
import { commit } from '../store/journal.ts';
import { LOGO_SETTING, TEMPLATE_SETTING } from '../store/queries/receipt-template.ts';
import { draftSetting } from './draft-setting.ts';
import type { Register } from './register.ts';

export interface TemplateInput extends ReceiptTemplate {
  /** A PNG that was looked at; null takes the logo away, undefined leaves it. */
  readonly logo: Uint8Array | null | undefined;
}

export function editReceiptTemplate({ store }: Register, { logo, ...template }: TemplateInput, user: Id): Result<null> {
  return commit(store, { kind: 'setting-changed', user }, (draft) => {
    draftSetting(store, draft, TEMPLATE_SETTING, template);
    if (logo !== undefined)
      draftSetting(store, draft, LOGO_SETTING, logo === null ? '' : draft.create('image', { png: Buffer.from(logo).toString('base64') }));
    return ok(null);
  });
}
