/** What a cashier may not, somebody who may allows on the spot: their PIN, and the same press goes on. */
import { useSyncExternalStore, type ReactNode } from 'react';
import { call } from '../api/call.ts';
import { grantAsk } from '../api/grant-ask.ts';
import { useTranslation } from '../texts/texts.tsx';
import { Dialog } from './dialog.tsx';
import { PinForm } from './pin-form.tsx';

export function GrantDialog(): ReactNode {
  const { t } = useTranslation();
  const asked = useSyncExternalStore(grantAsk.subscribe, grantAsk.current);
  if (asked === null) return null;
  const grant = async (typed: { readonly pin: string; readonly name?: string }): Promise<void> => {
    const { token } = await call('grantRight', { body: { ...typed, right: asked.right } });
    asked.answer(token);
  };
  return (
    <Dialog
      title={t(`right.${asked.right.replaceAll('.', '-')}`)}
      onClose={() => asked.answer(null)}
      actions={
        <button type="button" className="btn" onClick={() => asked.answer(null)}>
          {t('do.cancel')}
        </button>
      }
    >
      <p className="soft">{t('grant.say')}</p>
      <PinForm label={t('grant.allow')} onPin={grant} />
    </Dialog>
  );
}
