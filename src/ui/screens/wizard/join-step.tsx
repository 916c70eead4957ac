/** Joining a shop: which master, does it answer, the code its screen shows. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Check, ChevronRight, TriangleAlert } from 'lucide-react';
import { useEffectEvent, useEffect, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import type { Answer } from '../../../protocol/api/routes.ts';
import { count } from '../../format/format.ts';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale } from '../../parts/register-context.ts';
import { CodeGroups } from './code-groups.tsx';
import { splitAddress, type Draft } from './draft.ts';
import './join-step.css';

const LOOK_AGAIN_MS = 3000;
/** A difference worth a word; the registers follow the master's clock. */
const SKEW_WORTH_SAYING_MS = 2000;

/** What joining asks for, at first launch and later. */
export type JoinDraft = Pick<Draft, 'masterAddress' | 'database' | 'code'>;

interface Props {
  readonly draft: JoinDraft;
  readonly change: (part: Partial<JoinDraft>) => void;
  /** Fields that want something, once somebody went on. */
  readonly problems: readonly string[];
}

export function JoinStep({ draft, change, problems }: Props): ReactNode {
  const { t } = useTranslation();
  const found = useQuery({
    queryKey: ['found-masters'],
    queryFn: ({ signal }) => call('foundMasters', { signal }),
    refetchInterval: LOOK_AGAIN_MS,
  });
  const test = useMutation({
    mutationFn: (at: { host: string; port: number }) => call('testMaster', { body: { ...at, database: draft.database } }),
  });
  const tryNow = (address: string): void => {
    const at = splitAddress(address);
    if (at !== null) test.mutate(at);
  };
  const choose = (host: string, port: number): void => {
    const address = port === 5432 ? host : host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    change({ masterAddress: address });
    tryNow(address);
  };
  // A single master in sight is the one: chosen and tested without a hand.
  const only = found.data?.rows.length === 1 ? found.data.rows[0] : undefined;
  const chooseOnly = useEffectEvent(() => {
    if (only !== undefined && draft.masterAddress === '') choose(only.host, only.port);
  });
  useEffect(() => chooseOnly(), [only]);

  return (
    <div className="join">
      <section className="panel" aria-labelledby="find">
        <h2 id="find">{t('join.master')}</h2>
        <Field
          label={t('join.address')}
          hint={t('join.address-hint')}
          className="num"
          value={draft.masterAddress}
          onChange={(event) => {
            test.reset();
            change({ masterAddress: event.target.value });
          }}
          onBlur={() => tryNow(draft.masterAddress)}
          error={problems.includes('masterAddress') ? t('join.needs-address') : null}
        />
        <div>
          <h3>{t('join.found')}</h3>
          <ul className="found">
            {found.data?.rows.map((master) => (
              <FoundMaster
                key={`${master.host} ${master.port}`}
                master={master}
                chosen={isChosen(master, draft.masterAddress)}
                onChoose={() => choose(master.host, master.port)}
              />
            ))}
          </ul>
          {found.data?.rows.length === 0 ? <p className="soft small">{t('join.none-found')}</p> : null}
        </div>
        <Field
          label={t('join.database')}
          className="code"
          value={draft.database}
          onChange={(event) => change({ database: event.target.value })}
          error={problems.includes('database') ? t('join.needs-database') : null}
        />
      </section>
      <section className="panel" aria-labelledby="test">
        <div className="actions">
          <h2 className="grow" id="test">
            {t('join.test')}
          </h2>
          <button type="button" className="btn" disabled={test.isPending} onClick={() => tryNow(draft.masterAddress)}>
            {test.isIdle ? t('join.test-now') : t('join.test-again')}
          </button>
        </div>
        {test.isIdle ? <p className="soft">{t('join.test-hint')}</p> : null}
        {test.isPending ? <p className="soft">{t('join.testing')}</p> : null}
        <Problem error={test.error} />
        {test.data === undefined ? null : <Checks result={test.data} />}
      </section>
      <section className="panel pairing" aria-labelledby="code">
        <div>
          <h2 id="code">{t('join.code')}</h2>
          <p className="soft">{t('join.code-hint')}</p>
        </div>
        <CodeGroups value={draft.code} onChange={(code) => change({ code })} labelledBy="code" />
      </section>
    </div>
  );
}

type Found = Answer<'foundMasters'>['rows'][number];

function isChosen(master: Found, address: string): boolean {
  const at = splitAddress(address);
  return at !== null && at.host === master.host && at.port === master.port;
}

function FoundMaster({ master, chosen, onChoose }: { master: Found; chosen: boolean; onChoose: () => void }): ReactNode {
  const Icon = chosen ? Check : ChevronRight;
  return (
    <li>
      <button type="button" className={chosen ? 'row row-chosen' : 'row'} aria-pressed={chosen} onClick={onChoose}>
        <span className={chosen ? 'good' : 'soft'}>
          <Icon className={chosen ? 'icon' : 'icon icon-turns'} aria-hidden />
        </span>
        <span>
          <span className="strong">
            <bdi>{master.register}</bdi>, <bdi>{master.shop}</bdi>
          </span>
          <br />
          <span className="small soft num">{master.host}</span>
        </span>
      </button>
    </li>
  );
}

function Checks({ result }: { readonly result: Answer<'testMaster'> }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const skewed = Math.abs(result.clockSkewMs) > SKEW_WORTH_SAYING_MS;
  const roundTrip = t('status.ms', { ms: count(result.roundTripMs, locale) });
  const rows: readonly [string, string][] = [
    ...(result.link === 'good' ? [[t('join.answers'), roundTrip] as [string, string]] : []),
    [t('join.hello', { shop: result.shop }), ''],
    [t('join.versions-fit'), result.version],
  ];
  return (
    <ul className="checks" aria-live="polite">
      {result.link === 'good' ? null : (
        <li>
          <span className="wait">
            <TriangleAlert className="icon" aria-hidden />
          </span>
          <div>
            {t('join.slow')}
            <p className="small soft">{t('join.slow-do')}</p>
          </div>
          <span className="soft num">{roundTrip}</span>
        </li>
      )}
      {rows.map(([say, figure]) => (
        <li key={say}>
          <span className="good">
            <Check className="icon" aria-hidden />
          </span>
          <div>{say}</div>
          <span className="soft num">{figure}</span>
        </li>
      ))}
      <li>
        <span className={skewed ? 'wait' : 'good'}>
          {skewed ? <TriangleAlert className="icon" aria-hidden /> : <Check className="icon" aria-hidden />}
        </span>
        <div>
          {skewed ? t('join.clocks-differ') : t('join.clocks-agree')}
          {skewed ? <p className="small soft">{t('join.clocks-differ-do')}</p> : null}
        </div>
        <span className="soft num">{skewed ? t('join.seconds', { seconds: count(Math.abs(result.clockSkewMs) / 1000, locale) }) : ''}</span>
      </li>
    </ul>
  );
}
