/** Changes of the storage mode that ask something first: taking the main register's part, giving it away, working alone, pairing again. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { refuseUnfit, ServerElsewhere, ServerFields } from '../../parts/server-elsewhere.tsx';
import { NO_SERVER, serverBody, type Server } from '../../parts/server.ts';
import { useTranslation } from '../../texts/texts.tsx';
import { CopyWords } from './master-lost.tsx';

export const HUB_PORT = 5432;

type Hub = NonNullable<Answer<'getStorage'>['hub']>;

interface JobProps {
  readonly onClose: () => void;
  /** Long work began. */
  readonly onStarted: (job: string) => void;
}

/** The text of a port field, its number, and whether it is none. */
function usePort(initial: number): { text: string; setText: (text: string) => void; port: number; wrong: boolean } {
  const [text, setText] = useState(String(initial));
  const port = Number(text);
  return { text, setText, port, wrong: !/^\d+$/.test(text) || port < 1 || port > 65_535 };
}

function PortField({ text, setText, wrong }: ReturnType<typeof usePort>): ReactNode {
  const { t } = useTranslation();
  return (
    <Field
      label={t('storage.port')}
      hint={t('storage.port-hint')}
      className="num"
      inputMode="numeric"
      value={text}
      onChange={(event) => setText(event.target.value)}
      error={wrong ? t('storage.not-a-port', { text }) : null}
    />
  );
}

function Actions({
  onClose,
  label,
  disabled,
  danger,
}: {
  onClose: () => void;
  label: string;
  disabled: boolean;
  danger?: boolean;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <button type="button" className="btn" onClick={onClose}>
        {t('do.cancel')}
      </button>
      <button className={danger === true ? 'btn btn-danger' : 'btn btn-primary'} disabled={disabled}>
        {label}
      </button>
    </>
  );
}

/** From single to master. */
export function BecomeMaster({ onClose, onStarted }: JobProps): ReactNode {
  const { t } = useTranslation();
  const port = usePort(HUB_PORT);
  const [server, setServer] = useState(NO_SERVER);
  const move = useMutation({
    mutationFn: () => putThere(server, port.port),
    onSuccess: ({ job }) => onStarted(job),
  });
  return (
    <Dialog
      title={t('storage.become-title')}
      onClose={onClose}
      onSubmit={() => {
        if (!port.wrong && !move.isPending) move.mutate();
      }}
      actions={<Actions onClose={onClose} label={t('storage.start')} disabled={move.isPending} />}
    >
      <p>{t('storage.become-say')}</p>
      <PortField {...port} />
      <ServerElsewhere server={server} onChange={setServer} />
      <Problem error={move.error} />
    </Dialog>
  );
}

/** What would be refused there is, before anything is begun. */
async function putThere(server: Server, hubPort: number): Promise<{ readonly job: string }> {
  await refuseUnfit(server);
  return call('toMaster', { body: { hubPort, ...serverBody(server) } });
}

/** The shop's database to another place: to a server of somebody else's, to another one, or back to this machine. */
export function MoveHub({ hub, port: initial, onClose, onStarted }: JobProps & { readonly hub: Hub; readonly port: number }): ReactNode {
  const { t } = useTranslation();
  const [to, setTo] = useState<Hub>(hub === 'here' ? 'elsewhere' : 'here');
  const port = usePort(hub === 'here' ? initial : HUB_PORT);
  const [server, setServer] = useState(NO_SERVER);
  const move = useMutation({
    mutationFn: () => putThere(to === 'here' ? NO_SERVER : server, port.port),
    onSuccess: ({ job }) => onStarted(job),
  });
  const ready = (to === 'here' ? !port.wrong : server.url.trim() !== '') && !move.isPending;
  return (
    <Dialog
      title={t('storage.move')}
      onClose={onClose}
      onSubmit={() => {
        if (ready) move.mutate();
      }}
      actions={<Actions onClose={onClose} label={t('storage.start')} disabled={!ready} />}
    >
      <p>{t('storage.move-say')}</p>
      {hub === 'here' ? null : (
        <fieldset className="elsewhere-to">
          <legend className="unseen">{t('storage.move')}</legend>
          {(['here', 'elsewhere'] as const).map((one) => (
            <label key={one} className="check">
              <input type="radio" name="to" checked={to === one} onChange={() => setTo(one)} /> {t(`storage.move-${one}`)}
            </label>
          ))}
        </fieldset>
      )}
      {to === 'here' ? <PortField {...port} /> : <ServerFields server={server} onChange={setServer} />}
      <Problem error={move.error} />
    </Dialog>
  );
}

/** A slave takes the part of the main register. */
export function TakeOver({
  port: initial,
  copies,
  onClose,
  onStarted,
}: JobProps & { readonly port: number; readonly copies: Answer<'getStorage'>['copies'] }): ReactNode {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const [lost, setLost] = useState(false);
  const port = usePort(initial);
  const take = useMutation({
    mutationFn: () => call('takeOver', { body: { recoveryCode: lost ? null : code, hubPort: port.port } }),
    onSuccess: ({ job }) => onStarted(job),
  });
  const ready = (lost || code.trim() !== '') && !port.wrong && !take.isPending;
  return (
    <Dialog
      title={t('storage.take-over')}
      onClose={onClose}
      onSubmit={() => {
        if (ready) take.mutate();
      }}
      actions={<Actions onClose={onClose} label={t('storage.start')} disabled={!ready} danger={lost} />}
    >
      <p>{t('storage.take-over-say')}</p>
      {copies === null || copies.fuller === null ? null : <CopyWords copies={copies} />}
      <Field
        label={t('storage.recovery-code')}
        hint={t('storage.recovery-code-hint')}
        className="num"
        value={code}
        maxLength={60}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        disabled={lost}
        data-first
        onChange={(event) => setCode(event.target.value)}
      />
      <label className="check">
        <input type="checkbox" checked={lost} onChange={(event) => setLost(event.target.checked)} /> {t('storage.code-lost')}
      </label>
      {lost ? <p className="soft">{t('storage.code-lost-say')}</p> : null}
      <PortField {...port} />
      <Problem error={take.error} />
    </Dialog>
  );
}

/** The master gives its part to a register that is online. */
export function HandOver({ port: initial, onClose }: { readonly port: number; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  const port = usePort(initial);
  const [chosen, setChosen] = useState<string | null>(null);
  const registers = useQuery({ queryKey: ['registers'], queryFn: ({ signal }) => call('listRegisters', { signal }) });
  const online = registers.data?.rows.filter((row) => !row.isThis && row.state === 'online') ?? [];
  const register = chosen ?? online[0]?.id ?? null;
  const give = useMutation({
    mutationFn: () => call('handOver', { body: { register, hubPort: port.port } }),
    onSuccess: async () => {
      onClose();
      await queryClient.invalidateQueries({ queryKey: ['storage'] });
    },
  });
  const ready = register !== null && !port.wrong && !give.isPending;
  return (
    <Dialog
      title={t('storage.hand-over')}
      onClose={onClose}
      onSubmit={() => {
        if (ready) give.mutate();
      }}
      actions={<Actions onClose={onClose} label={t('storage.start')} disabled={!ready} />}
    >
      <p>{t('storage.hand-over-say')}</p>
      {registers.data !== undefined && online.length === 0 ? (
        <p className="strong">{t('storage.hand-over-none')}</p>
      ) : (
        <div className="field">
          <label htmlFor={id}>{t('storage.hand-over-to')}</label>
          <select id={id} className="input" value={register ?? ''} onChange={(event) => setChosen(event.target.value)}>
            {online.map((row) => (
              <option key={row.id} value={row.id}>
                {row.code} {row.name}
              </option>
            ))}
          </select>
        </div>
      )}
      <PortField {...port} />
      <Problem error={give.error ?? registers.error} />
    </Dialog>
  );
}

/** A slave, or a master, goes on by itself. */
export function WorkAlone({ mode, onClose }: { readonly mode: 'master' | 'slave'; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const leave = useMutation({
    mutationFn: () => call('toSingle'),
    onSuccess: async () => {
      onClose();
      await Promise.all(['state', 'storage', 'registers'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
    },
  });
  return (
    <Dialog
      title={t('storage.alone')}
      onClose={onClose}
      onSubmit={() => {
        if (!leave.isPending) leave.mutate();
      }}
      actions={<Actions onClose={onClose} label={t('storage.alone')} disabled={leave.isPending} danger />}
    >
      <p>{t(`storage.alone-${mode}-say`)}</p>
      <Problem error={leave.error} />
    </Dialog>
  );
}

/** Its shop has new keys, or it was on its own for a while. */
export function PairAgain({
  host: initial,
  port: initialPort,
  onClose,
  onStarted,
}: JobProps & { readonly host: string; readonly port: number }): ReactNode {
  const { t } = useTranslation();
  const [host, setHost] = useState(initial);
  const [code, setCode] = useState('');
  const port = usePort(initialPort);
  const pair = useMutation({
    mutationFn: () => call('joinAgain', { body: { host: host.trim(), port: port.port, code: code.trim() } }),
    onSuccess: ({ job }) => onStarted(job),
  });
  const ready = host.trim() !== '' && code.trim().length >= 12 && !port.wrong && !pair.isPending;
  return (
    <Dialog
      title={t('storage.pair-again')}
      onClose={onClose}
      onSubmit={() => {
        if (ready) pair.mutate();
      }}
      actions={<Actions onClose={onClose} label={t('storage.start')} disabled={!ready} />}
    >
      <p>{t('storage.pair-again-say')}</p>
      <Field
        label={t('storage.master-at')}
        className="num"
        value={host}
        maxLength={255}
        data-first
        onChange={(event) => setHost(event.target.value)}
      />
      <Field
        label={t('storage.pairing-code')}
        className="num"
        value={code}
        maxLength={20}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setCode(event.target.value)}
      />
      <PortField {...port} />
      <Problem error={pair.error} />
    </Dialog>
  );
}
