/** The fiscal device beside this register, in countries whose law wants one: what it wants, and where the device is. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { queryClient } from '../../live/query-client.ts';
import { Field, SelectField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';

type Setting = Answer<'getFiscal'>['fiscal'];

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
      {fiscal.data === undefined || rule === null ? null : <FiscalForm setting={fiscal.data.fiscal} />}
    </div>
  );
}

function FiscalForm({ setting }: { readonly setting: Setting }): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  const [kind, setKind] = useState(setting.kind);
  const [host, setHost] = useState(setting.kind === 'none' ? SIMULATED.host : setting.host);
  const [port, setPort] = useState(String(setting.kind === 'none' ? SIMULATED.port : setting.port));
  const save = useMutation({
    mutationFn: () => call('setFiscal', { body: { fiscal: kind === 'none' ? { kind } : { kind, host, port: Number(port) } } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['fiscal'] }),
  });
  return (
    <form
      className="panel selling-part"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <SelectField
        label={t('fiscal.device')}
        hint={t(`fiscal.${kind}-say`)}
        value={kind}
        onChange={(event) => setKind(event.target.value === 'simulated' ? 'simulated' : 'none')}
      >
        <option value="none">{t('fiscal.none')}</option>
        <option value="simulated">{t('fiscal.simulated')}</option>
      </SelectField>
      {kind === 'none' ? null : (
        <>
          <Field label={t('terminal.host')} value={host} onChange={(event) => setHost(event.target.value)} />
          <Field label={t('terminal.port')} inputMode="numeric" value={port} onChange={(event) => setPort(event.target.value)} />
        </>
      )}
      <Problem error={save.error} />
      <button className="btn btn-primary" disabled={!can('settings') || save.isPending}>
        {t('do.save')}
      </button>
      {save.isSuccess ? (
        <p className="good" role="status">
          {t('fiscal.saved')}
        </p>
      ) : null}
    </form>
  );
}
