/** Settings > Storage on the master: the owner's recovery code until it is printed, another one, and new keys for the whole shop. */
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { call } from '../../api/call.ts';
import { queryClient } from '../../live/query-client.ts';
import { Problem } from '../../parts/problem.tsx';
import { useRegister } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';

export function RecoveryPanel({ onStarted }: { readonly onStarted: (job: string) => void }): ReactNode {
  const { t } = useTranslation();
  const { status } = useRegister();
  const [code, setCode] = useState<string | null>(null);
  const show = useMutation({ mutationFn: () => call('showRecoveryCode'), onSuccess: (shown) => setCode(shown.code) });
  const renew = useMutation({ mutationFn: () => call('renewRecoveryCode'), onSuccess: (made) => setCode(made.code) });
  const rotate = useMutation({ mutationFn: () => call('renewKeys'), onSuccess: ({ job }) => onStarted(job) });
  const printed = useMutation({
    mutationFn: () => call('recoveryCodePrinted', { body: { code: code ?? '' } }),
    onSuccess: async () => {
      setCode(null);
      await queryClient.invalidateQueries({ queryKey: ['state'] });
    },
  });
  const unprinted = status?.recoveryUnprinted === true;
  return (
    <section className="panel about" aria-labelledby="recovery">
      <h2 id="recovery">{t(unprinted || code !== null ? 'recovery.unprinted' : 'recovery.keys')}</h2>
      {code === null ? (
        <p className="soft">{t(unprinted ? 'recovery.unprinted-say' : 'recovery.renew-say')}</p>
      ) : (
        <p className="recovery-code" data-recovery-code>
          {code}
        </p>
      )}
      {code === null && !unprinted ? <p className="soft">{t('recovery.rotate-say')}</p> : null}
      <div className="actions">
        {code === null ? (
          <>
            {unprinted ? (
              <button type="button" className="btn btn-primary" disabled={show.isPending} onClick={() => show.mutate()}>
                {t('recovery.show')}
              </button>
            ) : (
              <button type="button" className="btn" disabled={renew.isPending} onClick={() => renew.mutate()}>
                {t('recovery.renew')}
              </button>
            )}
            {unprinted ? null : (
              <button type="button" className="btn" disabled={rotate.isPending} onClick={() => rotate.mutate()}>
                {t('recovery.rotate')}
              </button>
            )}
          </>
        ) : (
          <>
            <button type="button" className="btn" onClick={() => window.print()}>
              {t('recovery.print')}
            </button>
            <button type="button" className="btn btn-primary" disabled={printed.isPending} onClick={() => printed.mutate()}>
              {t('recovery.printed')}
            </button>
          </>
        )}
      </div>
      <Problem error={show.error ?? renew.error ?? rotate.error ?? printed.error} />
    </section>
  );
}
