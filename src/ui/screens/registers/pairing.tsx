/** The one-time code for a new register, with what is left of its ten minutes. */
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { systemClock } from '../../../base/clock.ts';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { countdown } from '../../format/format.ts';
import { queryClient } from '../../live/query-client.ts';
import { Problem } from '../../parts/problem.tsx';
import { Progress } from '../../parts/progress.tsx';
import { QrCode } from '../../parts/symbol.tsx';

const GOOD_FOR_MS = 600_000;
const GROUP = /.{1,4}/g;

interface Props {
  readonly pairing: NonNullable<Answer<'listRegisters'>['pairing']>;
  readonly onNew: () => void;
}

export function Pairing({ pairing, onNew }: Props): ReactNode {
  const { t } = useTranslation();
  const [now, setNow] = useState(() => systemClock.nowMs());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(systemClock.nowMs()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  const stop = useMutation({
    mutationFn: () => call('stopPairing'),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['registers'] }),
  });
  const leftMs = Math.max(0, pairing.expiresAt - now);
  const groups = pairing.code.replace(/[^0-9A-Z]/gi, '').match(GROUP) ?? [];
  return (
    <aside className="pair" aria-label={t('registers.pair')}>
      <h2>{t('registers.pair')}</h2>
      {leftMs > 0 ? (
        <>
          <p className="pair-code" data-pairing-code={pairing.code}>
            {groups.map((group, at) => (
              // oxlint-disable-next-line react/no-array-index-key
              <span key={at}>{group}</span>
            ))}
          </p>
          <div>
            <p className="left">
              <span>{t('pairing.one')}</span>
              <span className="strong">{t('pairing.left', { left: countdown(leftMs) })}</span>
            </p>
            <Progress label={t('pairing.time-left')} done={Math.round(leftMs / 1000)} total={GOOD_FOR_MS / 1000} />
          </div>
          <QrCode text={groups.join('')} label={t('pairing.qr')} />
        </>
      ) : (
        <p className="soft">{t('pairing.over')}</p>
      )}
      <ol className="soft">
        <li>{t('pairing.how-1')}</li>
        <li>{t('pairing.how-2')}</li>
        <li>{t('pairing.how-3')}</li>
      </ol>
      {pairing.addresses.length > 0 ? (
        <p className="soft">
          {t('pairing.addresses')}
          <br />
          <span className="code strong">
            {pairing.addresses.map((host) => (pairing.port === 5432 ? host : `${host}:${pairing.port}`)).join(', ')}
          </span>
        </p>
      ) : null}
      <Problem error={stop.error} />
      <div className="actions">
        <button type="button" className="btn" onClick={onNew}>
          {t('pairing.new')}
        </button>
        <button type="button" className="btn" disabled={stop.isPending} onClick={() => stop.mutate()}>
          {t('pairing.stop')}
        </button>
      </div>
    </aside>
  );
}
