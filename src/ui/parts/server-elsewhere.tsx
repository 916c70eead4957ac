/** Where the shop's database is to be when not on this machine: a PostgreSQL that the shop runs or rents, and whether it will do. */
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call } from '../api/call.ts';
import { useTranslation } from '../texts/texts.tsx';
import { Field, TextField } from './field.tsx';
import { Problem } from './problem.tsx';
import { serverBody, type Server } from './server.ts';

/** Before anything is begun: refuses what setting up there would. Nothing to ask on this machine. */
export async function refuseUnfit(server: Server): Promise<void> {
  const { hubUrl, hubCa } = serverBody(server);
  if (hubUrl !== null) await call('testServer', { body: { hubUrl, hubCa } });
}

interface Props {
  readonly server: Server;
  readonly onChange: (server: Server) => void;
}

/** Folded away: few shops have one. */
export function ServerElsewhere(props: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <details className="elsewhere" open={props.server.url !== '' || undefined}>
      <summary>{t('elsewhere.title')}</summary>
      <ServerFields {...props} />
    </details>
  );
}

export function ServerFields({ server, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  const test = useMutation({
    mutationFn: () => call('testServer', { body: { hubUrl: server.url.trim(), hubCa: serverBody(server).hubCa } }),
  });
  const change = (part: Partial<Server>): void => {
    test.reset();
    onChange({ ...server, ...part });
  };
  return (
    <div className="elsewhere-fields">
      <p className="soft">{t('elsewhere.say')}</p>
      <Field
        label={t('elsewhere.url')}
        hint={t('elsewhere.url-hint')}
        className="code"
        value={server.url}
        maxLength={2_000}
        spellCheck={false}
        autoCapitalize="none"
        placeholder="postgres://USER:PASSWORD@HOST:5432"
        onChange={(event) => change({ url: event.target.value })}
      />
      <Field
        label={t('elsewhere.ca-file')}
        hint={t('elsewhere.ca-hint')}
        type="file"
        accept=".pem,.crt,.cer"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file !== undefined) void file.text().then((ca) => change({ ca }));
        }}
      />
      <TextField
        label={t('elsewhere.ca')}
        className="input code"
        value={server.ca}
        maxLength={32_768}
        spellCheck={false}
        onChange={(event) => change({ ca: event.target.value })}
      />
      <div className="actions">
        <button type="button" className="btn" disabled={server.url.trim() === '' || test.isPending} onClick={() => test.mutate()}>
          {t('elsewhere.test')}
        </button>
      </div>
      {test.data === undefined ? null : (
        <p className="good" role="status">
          {t('elsewhere.fits', test.data)}
        </p>
      )}
      <Problem error={test.error} />
    </div>
  );
}
