/** The card terminal beside this register: one that the cashier looks at, or one that is asked over the network. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { TERMINAL_KINDS } from '../../../domain/terminal-setting.ts';
import { call } from '../../api/call.ts';
import { Problem } from '../../parts/problem.tsx';
import { useTranslation } from '../../texts/texts.tsx';
import { DeviceForm } from './device-form.tsx';

/** Where `aurapos terminal` listens unless told otherwise. */
const SIMULATED = { host: '127.0.0.1', port: 7320 } as const;

export function Terminal(): ReactNode {
  const { t } = useTranslation();
  const terminal = useQuery({ queryKey: ['terminal'], queryFn: ({ signal }) => call('getTerminal', { signal }) });
  return (
    <div className="page-narrow">
      <header>
        <h1>{t('terminal.title')}</h1>
        <p className="soft">{t('terminal.say')}</p>
      </header>
      <Problem error={terminal.error} />
      {terminal.data === undefined ? null : (
        <DeviceForm
          device="terminal"
          kinds={TERMINAL_KINDS}
          held={terminal.data.terminal}
          usual={SIMULATED}
          save={(kind, at) => call('setTerminal', { body: { terminal: kind === 'by-hand' ? { kind } : { kind, ...at } } })}
        />
      )}
    </div>
  );
}
