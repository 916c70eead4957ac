/** The registers of the shop: which answer, what they have not sent, how far away they are; and pairing another. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Ban, Pencil, Plus, Unplug } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { systemClock } from '../../../base/clock.ts';
import { call } from '../../api/call.ts';
import { ago, count, time } from '../../format/format.ts';
import { queryClient } from '../../live/query-client.ts';
import { Desk } from '../../parts/desk.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan, useLocale, useRegister } from '../../parts/register-context.ts';
import { Pairing } from './pairing.tsx';
import { RenameDialog, RevokeDialog, type RegisterRow } from './register-dialogs.tsx';
import { Sparkline } from './sparkline.tsx';
import { linkTo } from '../../parts/route.ts';
import './registers.css';

/** Delay and last seen move all the time; the event stream only says what was written. */
const LOOK_AGAIN_MS = 5000;

export function Registers(): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const can = useCan();
  const { mode } = useRegister();
  const [dialog, setDialog] = useState<{ kind: 'rename' | 'revoke'; row: RegisterRow } | null>(null);
  const registers = useQuery({
    queryKey: ['registers'],
    queryFn: ({ signal }) => call('listRegisters', { signal }),
    refetchInterval: LOOK_AGAIN_MS,
  });
  const pair = useMutation({
    mutationFn: () => call('startPairing'),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['registers'] }),
  });
  const rows = registers.data?.rows.filter((row) => row.state !== 'revoked') ?? [];
  const revoked = registers.data?.rows.filter((row) => row.state === 'revoked') ?? [];
  const online = rows.filter((row) => row.state === 'online').length;
  const waiting = rows.reduce((sum, row) => sum + (row.waiting ?? 0), 0);
  const pairing = registers.data?.pairing ?? null;
  const mayPair = can('registers') && mode === 'master';
  const buttons = can('registers')
    ? {
        onRename: (row: RegisterRow) => setDialog({ kind: 'rename', row }),
        onRevoke: (row: RegisterRow) => setDialog({ kind: 'revoke', row }),
      }
    : null;
  return (
    <Desk>
      <div className={pairing === null ? 'registers' : 'registers registers-pairing'}>
        <main className="page" tabIndex={0}>
          <div className="page-title registers-title">
            <div>
              <h1>{t('screen.registers')}</h1>
              {rows.length > 1 ? (
                <p className="soft">
                  {t('registers.online', { online: count(online, locale), all: count(rows.length, locale) })},{' '}
                  {t('registers.not-sent', { count: waiting, shown: count(waiting, locale) })}
                </p>
              ) : null}
            </div>
            {mayPair && pairing === null ? (
              <button type="button" className="btn btn-primary" disabled={pair.isPending} onClick={() => pair.mutate()}>
                <Plus className="icon" aria-hidden />
                {t('registers.pair')}
              </button>
            ) : null}
          </div>
          <Problem error={pair.error ?? registers.error} />
          <div className="panel">
            <RegisterTable rows={[...rows, ...revoked]} buttons={buttons} />
          </div>
          {mode === 'single' ? (
            <div className="registers-hint">
              <p className="soft">{t('registers.single-hint')}</p>
              {can('storage') ? (
                <a className="btn" href={linkTo('settings')}>
                  {t('storage.title')}
                </a>
              ) : null}
            </div>
          ) : null}
          {mode === 'slave' && can('registers') ? <p className="soft registers-hint">{t('registers.slave-hint')}</p> : null}
        </main>
        {pairing === null ? null : <Pairing pairing={pairing} onNew={() => pair.mutate()} />}
      </div>
      {dialog?.kind === 'rename' ? <RenameDialog row={dialog.row} onClose={() => setDialog(null)} /> : null}
      {dialog?.kind === 'revoke' ? <RevokeDialog row={dialog.row} onClose={() => setDialog(null)} /> : null}
    </Desk>
  );
}

/** Of all that the shop has, how much it holds. */
function Copy({ behind }: { readonly behind: number | null }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  if (behind === null) return <span className="soft">{t('status.none')}</span>;
  if (behind === 0) return <span className="soft">{t('registers.complete')}</span>;
  return <span className="wait num">{t('registers.behind', { count: behind, shown: count(behind, locale) })}</span>;
}

interface Buttons {
  readonly onRename: (row: RegisterRow) => void;
  readonly onRevoke: (row: RegisterRow) => void;
}

function RegisterTable({ rows, buttons }: { readonly rows: readonly RegisterRow[]; readonly buttons: Buttons | null }): ReactNode {
  const { t } = useTranslation();
  return (
    <table className="register-table">
      <caption className="unseen">{t('registers.caption')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('registers.register')}</th>
          <th scope="col">{t('registers.status')}</th>
          <th scope="col">{t('registers.waiting')}</th>
          <th scope="col">{t('registers.copy')}</th>
          <th scope="col">{t('registers.delay')}</th>
          <th scope="col">{t('registers.version')}</th>
          {buttons === null ? null : (
            <th scope="col">
              <span className="unseen">{t('registers.actions')}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <RegisterLine key={row.id} row={row} buttons={buttons} />
        ))}
      </tbody>
    </table>
  );
}

function RegisterLine({ row, buttons }: { readonly row: RegisterRow; readonly buttons: Buttons | null }): ReactNode {
  const { t } = useTranslation();
  const { mode } = useRegister();
  const locale = useLocale();
  return (
    <tr>
      <th scope="row">
        <div className="who">
          <span className="badge num">{row.code}</span>
          <span>
            <bdi>{row.name}</bdi>
            {row.isThis || row.isMaster ? (
              <>
                <br />
                <span className="small soft">
                  {[row.isMaster ? t('registers.master') : '', row.isThis ? t('registers.this') : '']
                    .filter((word) => word !== '')
                    .join(', ')}
                </span>
              </>
            ) : null}
          </span>
        </div>
      </th>
      <td data-name={t('registers.status')}>
        <StateWords row={row} />
      </td>
      <td data-name={t('registers.waiting')}>
        <span className={row.waiting !== null && row.waiting > 0 && mode !== 'single' ? 'badge wait num' : 'num soft'}>
          {row.waiting === null || mode === 'single' ? t('status.none') : count(row.waiting, locale)}
        </span>
      </td>
      <td data-name={t('registers.copy')}>
        <Copy behind={row.behind} />
      </td>
      <td data-name={t('registers.delay')}>
        <span className="delay">
          <Sparkline delays={row.delays} />
          <span className="num">{row.delayMs === null ? t('status.none') : t('status.ms', { ms: count(row.delayMs, locale) })}</span>
        </span>
      </td>
      <td data-name={t('registers.version')}>
        <span className="num">{row.version ?? t('status.none')}</span>
      </td>
      {buttons === null ? null : (
        <td className="register-buttons">
          <button
            type="button"
            className="btn btn-quiet btn-icon"
            aria-label={t('registers.rename-one', { name: row.name })}
            onClick={() => buttons.onRename(row)}
          >
            <Pencil className="icon" aria-hidden />
          </button>
          {row.isThis || row.isMaster || row.state === 'revoked' ? null : (
            <button
              type="button"
              className="btn btn-quiet btn-icon btn-danger"
              aria-label={t('registers.revoke-one', { name: row.name })}
              onClick={() => buttons.onRevoke(row)}
            >
              <Ban className="icon" aria-hidden />
            </button>
          )}
        </td>
      )}
    </tr>
  );
}

function StateWords({ row }: { readonly row: RegisterRow }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const seen = row.lastSeenAt === null ? null : t('registers.seen', { ago: ago(row.lastSeenAt, systemClock.nowMs(), locale) });
  switch (row.state) {
    case 'online':
      return (
        <>
          <span className="state good">
            <span className="dot" />
            {t('registers.is-online')}
          </span>
          <span className="small soft seen">{t('registers.now')}</span>
        </>
      );
    case 'not-reachable':
      return (
        <>
          <span className="state wait">
            <Unplug className="icon" aria-hidden />
            {t('registers.not-reachable')}
          </span>
          <span className="small soft seen">
            {row.lastSeenAt === null ? '' : t('registers.since', { time: time(row.lastSeenAt, locale) })}
          </span>
        </>
      );
    case 'switched-off':
      return (
        <>
          <span className="state soft">
            <span className="dot" />
            {t('registers.off')}
          </span>
          <span className="small soft seen">{seen}</span>
        </>
      );
    case 'revoked':
      return (
        <>
          <span className="state bad">
            <Ban className="icon" aria-hidden />
            {t('registers.revoked')}
          </span>
          <span className="small soft seen">{seen}</span>
        </>
      );
  }
}
