/** What everybody at this register should know now. Pushes the screen down, covers nothing, asks for nothing. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, HardDrive, Hourglass, KeyRound, TriangleAlert, Unplug } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { Trans } from 'react-i18next';
import { useTranslation } from '../texts/texts.tsx';
import type { Answer } from '../../protocol/api/routes.ts';
import { call } from '../api/call.ts';
import { bytes, count, time } from '../format/format.ts';
import { refusalText } from '../texts/refusal-text.ts';
import { useCan, useLocale, useRegister, type Status } from './register-context.ts';
import { linkTo } from './route.ts';

export const Banners = memo(function Banners(): ReactNode {
  const { status } = useRegister();
  if (status === null) return null;
  return (
    <>
      {status.disk.level === 'enough' ? null : <Disk {...status.disk} />}
      {status.restoring ? <Restoring /> : null}
      <BackupTrouble backups={status.backups} />
      <Masters status={status} />
      {standBanner(status)}
    </>
  );
});

function standBanner(status: Status): ReactNode {
  switch (status.state) {
    case 'apart':
      // Not a master that does not answer: it is one that another replaced, and says so.
      return status.problem?.code === 'master.replaced' ? null : <Apart />;
    case 'ended':
      return <Ended />;
    case 'joining':
    case 'single':
    case 'online':
      if (status.lastCut !== null) return <LastCut cut={status.lastCut} />;
      return status.catchingUp !== null && !status.fullCopy ? <CatchingUp {...status.catchingUp} /> : null;
  }
}

/** For whoever may change how the shop stores its data: another register took this one's part or has one of its own, or the recovery code is not printed. */
function Masters({ status }: { readonly status: Status }): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  if (!can('storage')) return null;
  const { problem, otherMaster, recoveryUnprinted } = status;
  const register = problem?.code === 'master.replaced' ? String(problem.params['register'] ?? '') : (otherMaster?.register ?? '');
  const word = problem?.code === 'master.replaced' ? 'replaced' : otherMaster === null ? 'recovery' : 'other-keys';
  if (word === 'recovery' && !recoveryUnprinted) return null;
  return (
    <div className="banner banner-wait" role="status">
      <KeyRound className="icon" aria-hidden />
      <p className="strong">{t(`banner.${word}`, { register })}</p>
      <span className="grow" />
      <a className="btn" href={linkTo('settings', 'storage')}>
        {t(`banner.${word}-do`)}
      </a>
    </div>
  );
}

/** A warning while there is time; a word of its own once no sale can begin. */
function Disk({ level, freeBytes }: Status['disk']): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const word = level === 'full' ? 'full' : 'low';
  return (
    <div className={`banner ${level === 'full' ? 'banner-bad' : 'banner-wait'}`} role="status">
      <HardDrive className="icon" aria-hidden />
      <p>
        <span className="strong">{t(`banner.disk-${word}`, { left: bytes(freeBytes, locale) })}</span> {t(`banner.disk-${word}-do`)}
      </p>
    </div>
  );
}

/** Put back from a backup: it waits for the shop, or for a person who decides otherwise. */
function Restoring(): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  return (
    <div className="banner banner-wait" role="status">
      <Hourglass className="icon" aria-hidden />
      <p>
        <span className="strong">{t('backups.waits')}</span> {t('banner.restoring-do')}
      </p>
      {can('storage') ? <ToBackups /> : null}
    </div>
  );
}

/** For whoever can do something about it; nothing of it stops a sale. */
function BackupTrouble({ backups }: { readonly backups: Status['backups'] }): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  if (!can('storage') || (backups.state !== 'failing' && backups.state !== 'late')) return null;
  const message = backups.problem === null ? t('backups.late') : refusalText(backups.problem).message;
  return (
    <div className="banner banner-wait" role="status">
      <TriangleAlert className="icon" aria-hidden />
      <p>
        <span className="strong">{message}</span>
      </p>
      <ToBackups />
    </div>
  );
}

function ToBackups(): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <span className="grow" />
      <a className="btn" href={linkTo('settings', 'backups')}>
        {t('banner.backup-do')}
      </a>
    </>
  );
}

function Apart(): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { status } = useRegister();
  if (status === null) return null;
  const master = status.masterName ?? t('status.the-master');
  return (
    <div className="banner banner-wait" role="status">
      <Unplug className="icon" aria-hidden />
      <p>
        <span className="strong">
          <Trans
            i18nKey="banner.apart"
            values={{ master, since: time(status.sinceMs, locale) }}
            components={{ name: <bdi />, num: <span className="num" /> }}
          />
        </span>{' '}
        {t('banner.safe-here', { count: status.waitingSales, shown: count(status.waitingSales, locale) })} {t('banner.goes-on')}
      </p>
    </div>
  );
}

function Ended(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="banner banner-bad" role="status">
      <TriangleAlert className="icon" aria-hidden />
      <p>
        <span className="strong">{t('banner.ended')}</span> {t('banner.ended-do')}
      </p>
    </div>
  );
}

function CatchingUp({ done, total }: { readonly done: number; readonly total: number }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <div className="banner" role="status">
      <Hourglass className="icon" aria-hidden />
      <p>{t('banner.catching-up', { done: count(done, locale), total: count(total, locale) })}</p>
    </div>
  );
}

type Cut = NonNullable<NonNullable<Answer<'getState'>['status']>['lastCut']>;

function LastCut({ cut }: { readonly cut: Cut }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const client = useQueryClient();
  const read = useMutation({
    mutationFn: () => call('dismissCut'),
    onSuccess: () =>
      client.setQueryData<Answer<'getState'>>(['state'], (state) =>
        state?.status ? { ...state, status: { ...state.status, lastCut: null } } : state,
      ),
  });
  return (
    <div className="banner banner-good" role="status">
      <CircleCheck className="icon" aria-hidden />
      <p>
        <span className="strong">{t('banner.back', { from: time(cut.fromMs, locale), until: time(cut.untilMs, locale) })}</span>{' '}
        {t('banner.sent', { count: cut.sent, shown: count(cut.sent, locale) })}{' '}
        {t('banner.received', { count: cut.received, shown: count(cut.received, locale) })}
      </p>
      <span className="grow" />
      <button type="button" className="btn" onClick={() => read.mutate()}>
        {t('do.got-it')}
      </button>
    </div>
  );
}
