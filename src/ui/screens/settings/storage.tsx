/** Settings > Storage: the mode this register is in, every way to another while the shop keeps selling, and where things lie. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { bytes, count } from '../../format/format.ts';
import { JobView } from '../../parts/job-view.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan, useLocale, useRegister, type Status } from '../../parts/register-context.ts';
import { linkTo } from '../../parts/route.ts';
import { useJob, useJobId } from '../../parts/use-job.ts';
import { AddressDialog } from './address-dialog.tsx';
import { JoinAnother, useJoining } from './joining.tsx';
import { KeptStores } from './kept.tsx';
import { MasterLost } from './master-lost.tsx';
import { RecoveryPanel } from './recovery.tsx';
import { BecomeMaster, HandOver, HUB_PORT, MoveHub, PairAgain, TakeOver, WorkAlone } from './storage-dialogs.tsx';

type StorageState = Answer<'getStorage'>;
const HEARD_EVERY_MS = 3_000;
const MODES = ['single', 'master', 'slave'] as const;
type Mode = (typeof MODES)[number];

/** What each register may change to, from its mode: the row it stands in, and its words. */
const WAYS = {
  become: { row: 'master', label: 'storage.become' },
  'take-over': { row: 'master', label: 'storage.take-over' },
  move: { row: 'master', label: 'storage.move' },
  'hand-over': { row: 'slave', label: 'storage.hand-over' },
  'pair-again': { row: 'slave', label: 'storage.pair-again' },
  'join-another': { row: 'slave', label: 'joining.way' },
  alone: { row: 'single', label: 'storage.alone' },
} as const satisfies Record<string, { readonly row: Mode; readonly label: string }>;
type Way = keyof typeof WAYS;
type Other = NonNullable<Status['otherMaster']>;

/** Refusals of the link that only pairing mends. */
const UNKNOWN = new Set(['pairing.not-known', 'pairing.revoked', 'hub.not-trusted']);

function waysOf({ mode, knowsShop }: StorageState, status: Status | null): Way[] {
  const problem = status?.problem?.code ?? null;
  if (mode === 'single') return knowsShop ? ['become', 'pair-again', 'join-another'] : ['become', 'join-another'];
  if (mode === 'slave')
    return status?.state === 'apart' || UNKNOWN.has(problem ?? '') ? ['take-over', 'alone', 'pair-again'] : ['take-over', 'alone'];
  if (problem === 'master.keys-missing') return ['take-over', 'pair-again'];
  return problem === 'master.replaced' ? ['pair-again'] : ['move', 'hand-over', 'alone'];
}

export function Storage(): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  const { status } = useRegister();
  const [asking, setAsking] = useState<Way | null>(null);
  const [jobId, setJobId] = useJobId('storage');
  const storage = useQuery({
    queryKey: ['storage', status?.state],
    queryFn: ({ signal }) => call('getStorage', { signal }),
    placeholderData: keepPreviousData,
    // The others are heard one after the other.
    refetchInterval: status?.state === 'apart' ? HEARD_EVERY_MS : false,
  });
  const problem = status?.problem?.code ?? null;
  const joining = useJoining(storage.data?.mode === 'single' && can('storage'));
  const joins = joining !== null || asking === 'join-another';
  const ways = storage.data === undefined || !can('storage') || jobId !== null || joins ? [] : waysOf(storage.data, status);
  const other = can('storage') && jobId === null && !joins ? (status?.otherMaster ?? null) : null;
  const isLost = other === null && status?.state === 'apart' && ways.includes('take-over') && !UNKNOWN.has(problem ?? '');
  /** It has a button of its own above. */
  const putForward: Way | null = isLost ? 'take-over' : other === null ? null : 'pair-again';
  const started = (job: string): void => {
    setAsking(null);
    setJobId(job);
  };
  return (
    <div className="page-narrow">
      <header>
        <h1>{t('storage.title')}</h1>
        <p className="soft">{t('storage.hint')}</p>
      </header>
      <Problem error={storage.error} />
      {problem === 'master.replaced' && can('storage') ? <Replaced register={String(status?.problem?.params['register'] ?? '')} /> : null}
      {storage.data === undefined || other === null ? null : (
        <OtherKeys mode={storage.data.mode} {...other} onPair={() => setAsking('pair-again')} />
      )}
      {storage.data !== undefined && isLost ? <MasterLost copies={storage.data.copies} onTakeOver={() => setAsking('take-over')} /> : null}
      {jobId === null ? null : <Move id={jobId} onClose={() => setJobId(null)} />}
      {joins ? <JoinAnother joining={joining} onClose={() => setAsking(null)} /> : null}
      {storage.data?.mode === 'master' && can('storage') && jobId === null && problem === null ? (
        <RecoveryPanel onStarted={started} />
      ) : null}
      <section aria-label={t('storage.modes')}>
        <ul className="panel modes">
          {MODES.map((mode) => (
            <li className="row" key={mode}>
              <div>
                <h3>{t(`mode.${mode}`)}</h3>
                <p className="small soft">{t(`storage.${mode}-say`)}</p>
              </div>
              {storage.data?.mode === mode ? <span className="badge">{t('storage.in-use')}</span> : null}
              {ways
                .filter((way) => WAYS[way].row === mode && way !== putForward)
                .map((way) => (
                  <button key={way} type="button" className="btn" onClick={() => setAsking(way)}>
                    {t(WAYS[way].label)}
                  </button>
                ))}
            </li>
          ))}
        </ul>
      </section>
      {storage.data?.handingOver === undefined || storage.data.handingOver === null ? null : <Offered to={storage.data.handingOver} />}
      {storage.data === undefined ? null : <Facts storage={storage.data} />}
      {can('storage') ? <KeptStores /> : null}
      {storage.data === undefined || asking === null || asking === 'join-another' ? null : (
        <Ask way={asking} storage={storage.data} other={other} onClose={() => setAsking(null)} onStarted={started} />
      )}
    </div>
  );
}

interface AskProps {
  readonly way: Exclude<Way, 'join-another'>;
  readonly storage: StorageState;
  readonly other: Other | null;
  readonly onClose: () => void;
  readonly onStarted: (job: string) => void;
}

function Ask({ way, storage, other, ...rest }: AskProps): ReactNode {
  const port = storage.port ?? HUB_PORT;
  switch (way) {
    case 'become':
      return <BecomeMaster {...rest} />;
    case 'move':
      return <MoveHub {...rest} hub={storage.hub ?? 'here'} port={port} />;
    case 'take-over':
      return <TakeOver {...rest} port={port} copies={storage.copies} />;
    case 'hand-over':
      return <HandOver onClose={rest.onClose} port={port} />;
    case 'pair-again':
      return (
        <PairAgain
          {...rest}
          port={other?.port ?? port}
          host={other?.host ?? (storage.mode === 'master' ? '' : (storage.addresses[0] ?? ''))}
        />
      );
    case 'alone':
      return <WorkAlone onClose={rest.onClose} mode={storage.mode === 'master' ? 'master' : 'slave'} />;
  }
}

/** Another register took the part of this one: it joins that one by one tap. */
function Replaced({ register }: { readonly register: string }): ReactNode {
  const { t } = useTranslation();
  const client = useQueryClient();
  const join = useMutation({
    mutationFn: () => call('joinNewMaster'),
    onSuccess: () => Promise.all(['state', 'storage', 'registers'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return (
    <section className="panel move" aria-label={t('storage.join-it')}>
      <p>{t('storage.replaced', { register })}</p>
      <Problem error={join.error} />
      <div className="actions">
        <button type="button" className="btn btn-primary" disabled={join.isPending} onClick={() => join.mutate()}>
          {t('storage.join-it')}
        </button>
      </div>
    </section>
  );
}

/** Another main register of the shop, under keys of its own: a person decides which of the two stays. */
function OtherKeys({ mode, register, host, onPair }: Other & { readonly mode: Mode; readonly onPair: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <section className="panel move" aria-labelledby="other-keys">
      <h2 id="other-keys">{t('storage.other-keys', { register, host })}</h2>
      <p>{t(mode === 'master' ? 'storage.other-keys-master-say' : 'storage.other-keys-slave-say')}</p>
      <div className="actions">
        <button type="button" className="btn btn-primary" onClick={onPair}>
          {t('storage.pair-again')}
        </button>
      </div>
    </section>
  );
}

/** The part of the main register waits for another to take it. */
function Offered({ to }: { readonly to: string }): ReactNode {
  const { t } = useTranslation();
  const client = useQueryClient();
  const back = useMutation({
    mutationFn: () => call('handOver', { body: { register: null } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['storage'] }),
  });
  return (
    <section className="panel move" aria-label={t('storage.hand-over')} role="status">
      <p>{t('storage.handing-over', { register: to })}</p>
      <Problem error={back.error} />
      <div className="actions">
        <button type="button" className="btn" disabled={back.isPending} onClick={() => back.mutate()}>
          {t('storage.take-back')}
        </button>
      </div>
    </section>
  );
}

/** Words of long work, while it goes on and when it is done. */
const TITLES = {
  'take-over': ['storage.taking-over', 'storage.took-over'],
  'renew-keys': ['recovery.rotating', 'recovery.rotated'],
  'move-hub': ['storage.moving', 'storage.moved'],
  join: ['storage.pair-again', 'storage.pair-again'],
} as const;

function titleOf(kind: string, isDone: boolean): (typeof TITLES)[keyof typeof TITLES][number] | 'storage.becoming' | 'storage.became' {
  const [doing, done] = Object.hasOwn(TITLES, kind)
    ? TITLES[kind as keyof typeof TITLES]
    : (['storage.becoming', 'storage.became'] as const);
  return isDone ? done : doing;
}

function Move({ id, onClose }: { readonly id: string; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const client = useQueryClient();
  const job = useJob(id);
  const ended = job.data !== undefined && job.data.state !== 'running';
  const code = job.data?.recoveryCode ?? null;
  const refresh = useEffectEvent(() => {
    if (ended) for (const key of ['state', 'storage', 'registers']) void client.invalidateQueries({ queryKey: [key] });
  });
  useEffect(() => refresh(), [ended]);
  const title = t(titleOf(job.data?.kind ?? '', job.data?.state === 'done'));
  return (
    <section className="panel move" aria-labelledby="moving">
      <div className="head">
        <h2 id="moving">{title}</h2>
      </div>
      {code === null ? null : (
        <div className="recovery">
          <div>
            <h3>{t('recovery.title')}</h3>
            <p className="soft">{t('recovery.hint')}</p>
          </div>
          <p className="recovery-code" data-recovery-code>
            {code}
          </p>
        </div>
      )}
      {job.data === undefined ? null : <JobView job={job.data} title={title} />}
      <Problem error={job.error} />
      <div className="actions">
        <p className="soft">{ended ? '' : t('storage.selling-goes-on')}</p>
        {job.data?.state === 'done' && job.data.kind !== 'join' && job.data.kind !== 'move-hub' ? (
          <a className="btn btn-primary" href={linkTo('registers')} onClick={onClose}>
            {t('storage.add-registers')}
          </a>
        ) : null}
        {ended || job.isError ? (
          <button type="button" className="btn" onClick={onClose}>
            {t('do.close')}
          </button>
        ) : null}
      </div>
    </section>
  );
}

function Facts({ storage }: { readonly storage: StorageState }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const can = useCan();
  const [asking, setAsking] = useState(false);
  const { postgres } = storage;
  // Of one that works on its own again, where its master was says nothing.
  const shared = storage.mode === 'single' ? null : storage;
  const facts: readonly (readonly [string, string | null])[] = [
    [
      t(storage.mode === 'slave' ? 'storage.master-at' : storage.hub === 'elsewhere' ? 'storage.server-at' : 'storage.addresses'),
      shared?.addresses.join(', ') || null,
    ],
    [t('storage.master-name'), shared?.masterName ?? null],
    [t('storage.full-copy'), storage.mode === 'single' ? null : t(storage.fullCopy ? 'storage.full-copy-yes' : 'storage.full-copy-no')],
    [t('storage.port'), shared?.port == null ? null : String(shared.port)],
    [t('storage.database'), shared?.database ?? null],
    [t('storage.postgres'), postgres === null ? null : `${postgres.version}, ${postgres.state}`],
    [
      t('storage.connections'),
      postgres === null
        ? null
        : t('storage.of', { used: count(postgres.connections, locale), all: count(postgres.connectionsAllowed, locale) }),
    ],
    [t('storage.products'), count(storage.counts.products, locale)],
    [t('storage.customers'), count(storage.counts.customers, locale)],
    [t('storage.sales'), count(storage.counts.sales, locale)],
    [t('storage.size'), bytes(storage.storeBytes, locale)],
    [t('storage.folder'), storage.dataFolder],
  ];
  return (
    <section className="panel about" aria-labelledby="facts">
      <h2 id="facts">{t('storage.facts')}</h2>
      <dl className="facts">
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name} className="fact">
              <dt>{name}</dt>
              <dd className="num">{value}</dd>
            </div>
          ),
        )}
      </dl>
      {storage.mode === 'slave' && storage.port !== null && can('storage') ? (
        <div className="actions">
          <button type="button" className="btn" onClick={() => setAsking(true)}>
            {t('storage.new-address')}
          </button>
        </div>
      ) : null}
      {asking ? <AddressDialog host={storage.addresses[0] ?? ''} port={storage.port ?? HUB_PORT} onClose={() => setAsking(false)} /> : null}
      {storage.firewallCommand === null ? null : (
        <div>
          <p className="strong">{t('storage.firewall')}</p>
          <p className="code firewall">{storage.firewallCommand}</p>
        </div>
      )}
    </section>
  );
}
