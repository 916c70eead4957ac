/** Who is logged in, at which register; pressed, somebody else's PIN takes over and the cart stays. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { UserRound } from 'lucide-react';
import { memo, useState, type ReactNode } from 'react';
import { useTranslation } from '../texts/texts.tsx';
import { call } from '../api/call.ts';
import { Dialog } from './dialog.tsx';
import { LogInForm } from './pin-form.tsx';
import { useRegister } from './register-context.ts';

export const UserButton = memo(function UserButton(): ReactNode {
  const { t } = useTranslation();
  const { user, register } = useRegister();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="btn btn-quiet user" onClick={() => setOpen(true)}>
        <UserRound className="icon" aria-hidden />
        <span className="unseen">{t('user.change')} </span>
        <span className="user-name clip">
          <bdi>{user?.name}</bdi>
        </span>{' '}
        <span className="badge num">{register?.code}</span>
      </button>
      {open ? <ChangeUser onClose={() => setOpen(false)} /> : null}
    </>
  );
});

function ChangeUser({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const client = useQueryClient();
  const logout = useMutation({
    mutationFn: () => call('logout'),
    onSettled: () => client.invalidateQueries({ queryKey: ['state'] }),
  });
  return (
    <Dialog
      title={t('user.change')}
      onClose={onClose}
      actions={
        <>
          <button type="button" className="btn" onClick={() => logout.mutate()}>
            {t('user.log-out')}
          </button>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
        </>
      }
    >
      <LogInForm onDone={onClose} />
    </Dialog>
  );
}
