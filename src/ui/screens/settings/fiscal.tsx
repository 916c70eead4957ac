/** The fiscal device beside this register, in countries whose law wants one: what it wants, and where the device is. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call } from '../../api/call.ts';
import { Problem } from '../../parts/problem.tsx';
import { useTranslation } from '../../texts/texts.tsx';
import { DeviceForm } from './device-form.tsx';

const KINDS = ['none', 'simulated'] as const;
/** Where `aurapos fiscal-device` listens unless told otherwise. */
const SIMULATED = { host: '127.0.0.1', port: 7330 } as const;

export function Fiscal(): ReactNode {
  const { t } = useTranslation();
  const fiscal = useQuery({ queryKey: ['fiscal'], queryFn: ({ signal }) => call('getFiscal', { signal }) });
  const rule = fiscal.data?.rule;
  return (
    <div className="page-narrow">
      <header>
        <h1>{t('fiscal.title')}</h1>
        {rule === undefined ? null : <p className="soft">{t(rule === null ? 'fiscal.none-wanted' : `fiscal.rule.${rule.onOutage}`)}</p>}
        {rule?.givesNumber === true ? <p className="soft">{t('fiscal.gives-number')}</p> : null}
      </header>
      <Problem error={fiscal.error} />
      {fiscal.data === undefined || rule === null ? null : (
        <DeviceForm
          device="fiscal"
          kinds={KINDS}
          held={fiscal.data.fiscal}
          usual={SIMULATED}
          save={(kind, at) => call('setFiscal', { body: { fiscal: kind === 'none' ? { kind } : { kind, ...at } } })}
        />
      )}
    </div>
  );
}
