/** The card terminal beside this register: one that the cashier looks at, or one that is asked over the network. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Answer } from '../../../protocol/api/routes.ts';
import { TERMINAL_KINDS } from '../../../domain/terminal-setting.ts';
import { call } from '../../api/call.ts';
import { queryClient } from '../../live/query-client.ts';
import { Field, SelectField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';

type Setting = Answer<'getTerminal'>['terminal'];

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
      {terminal.data === undefined ? null : <TerminalForm setting={terminal.data.terminal} />}
    </div>
  );
}

function TerminalForm({ setting }: { readonly setting: Setting }): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  const [kind, setKind] = useState(setting.kind);
  const [host, setHost] = useState(setting.kind === 'by-hand' ? SIMULATED.host : setting.host);
  const [port, setPort] = useState(String(setting.kind === 'by-hand' ? SIMULATED.port : setting.port));
  const save = useMutation({
    mutationFn: () => call('setTerminal', { body: { terminal: kind === 'by-hand' ? { kind } : { kind, host, port: Number(port) } } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['terminal'] }),
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
        label={t('terminal.kind')}
        hint={t(`terminal.${kind}-say`)}
        value={kind}
        onChange={(event) => setKind(TERMINAL_KINDS.find((one) => one === event.target.value) ?? 'by-hand')}
      >
        {TERMINAL_KINDS.map((one) => (
          <option key={one} value={one}>
            {t(`terminal.${one}`)}
          </option>
        ))}
      </SelectField>
      {kind === 'by-hand' ? null : (
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
          {t('terminal.saved')}
        </p>
      ) : null}
    </form>
  );
}
