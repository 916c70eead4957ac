/**
 * Settings > Storage on a single register: joining another shop with what it holds. Where is that shop, what is here beside it, what comes along,
 * how far it is. What stands here is what the register says, so that a reload shows the same.
 */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { count, money, tradingDay } from '../../format/format.ts';
import { queryClient } from '../../live/query-client.ts';
import { JobView } from '../../parts/job-view.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale } from '../../parts/register-context.ts';
import { linkTo } from '../../parts/route.ts';
import { useJob } from '../../parts/use-job.ts';
import { CODE_LENGTH, splitAddress } from '../wizard/draft.ts';
import { JoinStep, type JoinDraft } from '../wizard/join-step.tsx';
import './joining.css';

type Joining = NonNullable<Answer<'getJoining'>['joining']>;
type Holdings = NonNullable<Joining['holdings']>;
type Choices = NonNullable<Joining['choices']>;

const LOOK_MS = 1_000;

/** Null while nothing is on its way. */
export function useJoining(enabled: boolean): Joining | null {
  const joining = useQuery({
    queryKey: ['joining'],
    queryFn: ({ signal }) => call('getJoining', { signal }),
    enabled,
    // Carts and shifts come and go at the same register.
    refetchInterval: (query) => (query.state.data?.joining === null ? false : LOOK_MS),
  });
  return joining.data?.joining ?? null;
}

function refresh(): void {
  for (const key of ['joining', 'state', 'storage']) void queryClient.invalidateQueries({ queryKey: [key] });
}

interface Props {
  readonly joining: Joining | null;
  readonly onClose: () => void;
}

export function JoinAnother({ joining, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const [job, setJob] = useState<string | null>(null);
  const [note, setNote] = useState<string | null>(null);
  const running = joining?.job ?? job;
  const callOff = useMutation({
    mutationFn: () => call('callOffJoining'),
    onSuccess: ({ told }) => {
      setJob(null);
      refresh();
      if (told) onClose();
      else setNote(t('joining.called-off'));
    },
  });
  const off = (
    <button type="button" className="btn" disabled={callOff.isPending} onClick={() => callOff.mutate()}>
      {t('joining.call-off')}
    </button>
  );
  if (note !== null)
    return (
      <section className="panel move joining" role="status">
        <p>{note}</p>
        <div className="actions">
          <button type="button" className="btn" onClick={onClose}>
            {t('do.close')}
          </button>
        </div>
      </section>
    );
  if (running !== null)
    return (
      <Working
        key={running}
        id={running}
        joining={joining}
        off={joining === null ? null : off}
        onBegin={setJob}
        onClose={() => setJob(null)}
      />
    );
  if (joining === null || joining.holdings === null)
    return <Where onStarted={setJob} onClose={onClose} off={joining === null ? null : off} />;
  return <Compared joining={joining} holdings={joining.holdings} off={off} error={callOff.error} />;
}

/** Which shop: the same questions as at first launch. */
function Where({ onStarted, onClose, off }: { onStarted: (job: string) => void; onClose: () => void; off: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<JoinDraft>({ masterAddress: '', database: 'aurapos', code: '' });
  const [asked, setAsked] = useState(false);
  const at = splitAddress(draft.masterAddress);
  const compare = useMutation({
    mutationFn: (where: { host: string; port: number }) =>
      call('compareShops', { body: { ...where, database: draft.database, code: draft.code } }),
    onSuccess: ({ job }) => onStarted(job),
  });
  const problems = [
    ...(at === null ? ['masterAddress'] : []),
    ...(draft.database.trim() === '' ? ['database'] : []),
    ...(draft.code.length < CODE_LENGTH ? ['code'] : []),
  ];
  const go = (): void => {
    setAsked(true);
    if (problems.length === 0 && at !== null) compare.mutate(at);
  };
  return (
    <section className="panel move joining" aria-labelledby="joining">
      <div>
        <h2 id="joining">{t('joining.title')}</h2>
        <p className="soft">{t('joining.say')}</p>
      </div>
      <JoinStep draft={draft} change={(part) => setDraft({ ...draft, ...part })} problems={asked ? problems : []} />
      <Problem error={compare.error} />
      <div className="actions">
        <p className="soft">{asked && problems.includes('code') ? t('joining.needs-code') : ''}</p>
        {off ?? (
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
        )}
        <button type="button" className="btn btn-primary" disabled={compare.isPending} onClick={go}>
          {t('joining.compare')}
        </button>
      </div>
    </section>
  );
}

interface WorkingProps {
  readonly id: string;
  readonly joining: Joining | null;
  readonly off: ReactNode;
  readonly onBegin: (job: string) => void;
  readonly onClose: () => void;
}

/** Work that failed stays on the screen until somebody has read why. */
function Working({ id, joining, off, onBegin, onClose }: WorkingProps): ReactNode {
  const { t } = useTranslation();
  const job = useJob(id);
  const state = job.data?.state;
  const begin = useEffectEvent(() => onBegin(id));
  useEffect(() => begin(), [id]);
  const end = useEffectEvent(() => {
    refresh();
    if (state === 'done') onClose();
  });
  useEffect(() => {
    if (state !== undefined && state !== 'running') end();
  }, [state]);
  const title = job.data?.kind === 'bring-over' ? t('joining.going', { shop: joining?.shop ?? '' }) : t('joining.comparing');
  const waits = job.data?.steps.at(-1)?.step === 'wait-open' && state === 'running';
  return (
    <section className="panel move joining" aria-labelledby="joining">
      <div className="head">
        <h2 id="joining">{title}</h2>
      </div>
      {job.data === undefined ? null : <JobView job={job.data} title={title} />}
      <Problem error={job.error} />
      {waits && joining !== null ? <ToEnd open={joining.open} /> : null}
      <div className="actions">
        <p className="soft">{state === 'running' ? t('storage.selling-goes-on') : ''}</p>
        {off}
        {state === 'failed' || job.isError ? (
          <button type="button" className="btn" onClick={onClose}>
            {t('do.close')}
          </button>
        ) : null}
      </div>
    </section>
  );
}

/** What keeps the register from leaving; it goes by itself once this is done. */
function ToEnd({ open }: Pick<Joining, 'open'>): ReactNode {
  const { t } = useTranslation();
  if (open.length === 0) return null;
  return (
    <div className="to-end" role="status">
      <h3>{t('joining.to-end')}</h3>
      <ul>
        {open.map((thing) => (
          <li key={thing}>
            <a href={linkTo(thing === 'shift' ? 'cash' : 'sell')}>{t(`joining.open-${thing}`)}</a>
          </li>
        ))}
      </ul>
      <p className="small">{t('joining.then')}</p>
    </div>
  );
}

interface ComparedProps {
  readonly joining: Joining;
  readonly holdings: Holdings;
  readonly off: ReactNode;
  readonly error: Error | null;
}

function Compared({ joining, holdings, off, error }: ComparedProps): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const [choices, setChoices] = useState<Choices>({ products: true, customers: true, sales: true });
  const bring = useMutation({ mutationFn: () => call('bringOver', { body: choices }), onSuccess: refresh });
  const { products, customers, sales, currency } = holdings;
  const days = (day: number | null): string => (day === null ? '' : tradingDay(day, 'day', locale));
  return (
    <section className="panel move joining" aria-labelledby="joining">
      <div>
        <h2 id="joining">{t('joining.beside', { shop: joining.shop })}</h2>
        <p className="soft">{t('joining.choose')}</p>
      </div>
      <div>
        <Part
          label={t('storage.products')}
          checked={choices.products}
          onChange={(on) => setChoices({ ...choices, products: on, sales: on && choices.sales })}
          facts={[
            [t('joining.new'), count(products.fresh, locale)],
            [t('joining.by-barcode'), count(products.matching, locale)],
            [t('joining.differing'), count(products.differing, locale)],
          ]}
          say={products.matching === 0 ? null : t('joining.shop-stands')}
        >
          {products.examples.length === 0 ? null : <Differing products={products} currency={currency} />}
        </Part>
        <Part
          label={t('storage.customers')}
          checked={choices.customers}
          onChange={(on) => setChoices({ ...choices, customers: on, sales: on && choices.sales })}
          facts={[
            [t('joining.new'), count(customers.fresh, locale)],
            [t('joining.by-name'), count(customers.matching, locale)],
          ]}
          say={null}
        />
        <Part
          label={t('storage.sales')}
          checked={choices.sales}
          onChange={(on) => setChoices(on ? { products: true, customers: true, sales: true } : { ...choices, sales: false })}
          facts={[
            [t('storage.sales'), count(sales.sales, locale)],
            [t('joining.sum'), money(sales.totalMinor, currency, locale)],
            [t('joining.days'), sales.firstDay === null ? '–' : `${days(sales.firstDay)} – ${days(sales.lastDay)}`],
          ]}
          say={t('joining.sales-say')}
        />
      </div>
      <ToEnd open={joining.open} />
      <p className="soft">{t('joining.pins')}</p>
      <Problem refusal={joining.problem} />
      <Problem error={bring.error ?? error} />
      <div className="actions">
        <p className="soft">{t('storage.selling-goes-on')}</p>
        {off}
        <button type="button" className="btn btn-primary" disabled={bring.isPending} onClick={() => bring.mutate()}>
          {t('joining.join', { shop: joining.shop })}
        </button>
      </div>
    </section>
  );
}

interface PartProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (on: boolean) => void;
  readonly facts: readonly (readonly [string, string])[];
  readonly say: string | null;
  readonly children?: ReactNode;
}

function Part({ label, checked, onChange, facts, say, children }: PartProps): ReactNode {
  return (
    <div className="choice-row">
      <label className="check">
        <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
        {label}
      </label>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      {say === null ? null : <p className="small soft">{say}</p>}
      {children}
    </div>
  );
}

/** Products that both have, and not alike. */
function Differing({ products, currency }: { readonly products: Holdings['products']; readonly currency: string }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { examples, differing } = products;
  return (
    <details className="differing">
      <summary>{t('joining.show')}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('joining.barcode')}</th>
            <th scope="col">{t('joining.here')}</th>
            <th scope="col">{t('joining.there')}</th>
          </tr>
        </thead>
        <tbody>
          {examples.map((one) => (
            <tr key={one.code}>
              <td className="num">{one.code}</td>
              <td>
                <bdi>{one.name}</bdi> <span className="num">{money(one.priceMinor, currency, locale)}</span>
              </td>
              <td>
                <bdi>{one.shopName}</bdi> <span className="num">{money(one.shopPriceMinor, currency, locale)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {differing > examples.length ? (
        <p className="small soft">{t('joining.first', { shown: count(examples.length, locale), total: count(differing, locale) })}</p>
      ) : null}
    </details>
  );
}
