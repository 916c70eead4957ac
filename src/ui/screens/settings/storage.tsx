/** Settings > Storage: the mode this register is in, the way from single to master while the shop keeps selling, and where things lie. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { bytes, count } from '../../format/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { JobView } from '../../parts/job-view.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan, useLocale } from '../../parts/register-context.ts';
import { linkTo } from '../../parts/route.ts';
import { useJob, useJobId } from '../../parts/use-job.ts';
import { AddressDialog } from './address-dialog.tsx';

type StorageState = Answer<'getStorage'>;
const MODES = ['single', 'master', 'slave'] as const;
const HUB_PORT = 5432;

export function Storage(): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  const [asking, setAsking] = useState(false);
  const [jobId, setJobId] = useJobId('to-master');
  const storage = useQuery({ queryKey: ['storage'], queryFn: ({ signal }) => call('getStorage', { signal }) });
  const mayMove = storage.data?.mode === 'single' && can('storage') && jobId === null;
  return (
    <div className="page-narrow">
      <header>
        <h1>{t('storage.title')}</h1>
        <p className="soft">{t('storage.hint')}</p>
      </header>
      <Problem error={storage.error} />
      {jobId === null ? null : <Move id={jobId} onClose={() => setJobId(null)} />}
      <section aria-label={t('storage.modes')}>
        <ul className="panel modes">
          {MODES.map((mode) => (
            <li className="row" key={mode}>
              <div>
                <h3>{t(`mode.${mode}`)}</h3>
                <p className="small soft">{t(`storage.${mode}-say`)}</p>
              </div>
              {storage.data?.mode === mode ? <span className="badge">{t('storage.in-use')}</span> : null}
              {mode === 'master' && mayMove ? (
                <button type="button" className="btn" onClick={() => setAsking(true)}>
                  {t('storage.become')}
                </button>
              ) : null}
            </li>
          ))}
        </ul>
      </section>
      {storage.data === undefined ? null : <Facts storage={storage.data} />}
      {asking ? (
        <AskMove
          onClose={() => setAsking(false)}
          onStarted={(job) => {
            setAsking(false);
            setJobId(job);
          }}
        />
      ) : null}
    </div>
  );
}

function AskMove({ onClose, onStarted }: { readonly onClose: () => void; readonly onStarted: (job: string) => void }): ReactNode {
  const { t } = useTranslation();
  const [port, setPort] = useState(String(HUB_PORT));
  const hubPort = Number(port);
  const wrong = !/^\d+$/.test(port) || hubPort < 1 || hubPort > 65_535;
  const move = useMutation({ mutationFn: () => call('toMaster', { body: { hubPort } }), onSuccess: ({ job }) => onStarted(job) });
  return (
    <Dialog
      title={t('storage.become-title')}
      onClose={onClose}
      onSubmit={() => {
        if (!wrong && !move.isPending) move.mutate();
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={move.isPending}>
            {t('storage.start')}
          </button>
        </>
      }
    >
      <p>{t('storage.become-say')}</p>
      <Field
        label={t('storage.port')}
        hint={t('storage.port-hint')}
        className="num"
        inputMode="numeric"
        value={port}
        onChange={(event) => setPort(event.target.value)}
        error={wrong ? t('storage.not-a-port', { text: port }) : null}
      />
      <Problem error={move.error} />
    </Dialog>
  );
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
  const title = t(job.data?.state === 'done' ? 'storage.became' : 'storage.becoming');
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
        {job.data?.state === 'done' ? (
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
  const facts: readonly (readonly [string, string | null])[] = [
    [t(storage.mode === 'slave' ? 'storage.master-at' : 'storage.addresses'), storage.addresses.join(', ') || null],
    [t('storage.master-name'), storage.masterName],
    [t('storage.port'), storage.port === null ? null : String(storage.port)],
    [t('storage.database'), storage.database],
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
