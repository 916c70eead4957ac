/** What was counted against what was expected, why they may differ, and the end of the drawer: what stays and what goes to the safe. */
import { useMutation } from '@tanstack/react-query';
import { CircleCheck, Lightbulb, Lock } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { splitDrawer, sumPieces, type PieceCount } from '../../../domain/drawer-count.ts';
import { call } from '../../api/call.ts';
import { list, time, typedAmount } from '../../format/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';
import { linkTo } from '../../parts/route.ts';
import { AmountEntry, typedMinor } from './amount-entry.tsx';
import { keepShift, type OpenShift } from './keep-shift.ts';

type CountView = NonNullable<OpenShift['count']>;
type Method = CountView['methods'][number];
type Cause = Method['causes'][number];

interface Props {
  readonly open: OpenShift;
  readonly count: CountView;
  /** What was counted just now; empty after a reload. */
  readonly pieces: readonly PieceCount[];
  readonly onAgain: () => void;
}

export function CountResult({ open, count, pieces, onAgain }: Props): ReactNode {
  const { t } = useTranslation();
  const { money } = useMoney();
  const apart = count.methods.filter(({ differenceMinor }) => differenceMinor !== 0);
  return (
    <div className="cash-columns">
      <section className="panel cash-panel" aria-labelledby="count-result">
        <h2 id="count-result">{apart.length === 0 ? t('cash.all-right') : t('cash.differs')}</h2>
        <table className="cash-table">
          <thead>
            <tr>
              <th scope="col">{t('cash.method')}</th>
              <th scope="col">{t('cash.expected')}</th>
              <th scope="col">{t('cash.counted')}</th>
              <th scope="col">{t('cash.difference')}</th>
            </tr>
          </thead>
          <tbody>
            {count.methods.map((row) => (
              <tr key={row.method}>
                <th scope="row">{row.name}</th>
                <td>
                  <span className="num">{money(row.expectedMinor)}</span>
                </td>
                <td>
                  <span className="num">{money(row.countedMinor)}</span>
                </td>
                <td className={row.differenceMinor === 0 ? 'strong good' : 'strong bad'}>
                  <span className="num">{money(row.differenceMinor)}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {apart.length === 0 ? (
          <p className="cash-note good">
            <CircleCheck className="icon" aria-hidden />
            {t('cash.all-right-say')}
          </p>
        ) : (
          apart.map((row) => <Causes key={row.method} row={row} />)
        )}
        <button type="button" className="btn" onClick={onAgain}>
          {t('cash.count-again')}
        </button>
      </section>
      <EndForm open={open} count={count} pieces={pieces} />
    </div>
  );
}

function Causes({ row }: { readonly row: Method }): ReactNode {
  const { t } = useTranslation();
  const { money } = useMoney();
  const amount = money(Math.abs(row.differenceMinor));
  return (
    <section className="cash-causes" aria-label={t('cash.causes', { method: row.name })}>
      <h3>
        <Lightbulb className="icon" aria-hidden />
        {row.differenceMinor < 0 ? t('cash.short', { method: row.name, amount }) : t('cash.over', { method: row.name, amount })}
      </h3>
      {row.causes.length === 0 ? (
        <p className="soft">{t('cash.no-cause')}</p>
      ) : (
        <ul>
          {row.causes.map((cause) => (
            <li key={JSON.stringify(cause)}>
              <CauseWords cause={cause} row={row} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function CauseWords({ cause, row }: { readonly cause: Cause; readonly row: Method }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  switch (cause.kind) {
    case 'wrong-method': {
      const [recorded, paid] = row.differenceMinor < 0 ? [row.name, cause.other] : [cause.other, row.name];
      return <SaleLink cause={cause} words={t('cash.cause-wrong-method', { recorded, paid })} />;
    }
    case 'wrong-note':
      return (
        <SaleLink
          cause={cause}
          words={t('cash.cause-wrong-note', { recorded: money(cause.recordedMinor), likely: money(cause.likelyMinor) })}
        />
      );
    case 'not-paid':
      return <SaleLink cause={cause} words={t('cash.cause-not-paid')} />;
    case 'voided':
      return t('cash.cause-voided', { amount: money(cause.amountMinor), time: time(cause.at, locale) });
    case 'movement-turned':
      return t('cash.cause-movement', { kind: t(`cash.kind.${cause.movement}`), amount: money(Math.abs(cause.amountMinor)) });
  }
}

function SaleLink({
  cause,
  words,
}: {
  readonly cause: { readonly uuid: string; readonly label: string };
  readonly words: string;
}): ReactNode {
  return (
    <>
      <a className="num" href={linkTo('sales', cause.uuid)}>
        {cause.label}
      </a>{' '}
      {words}
    </>
  );
}

function EndForm({ open, count, pieces }: Pick<Props, 'open' | 'count' | 'pieces'>): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { currency, digits, money } = useMoney();
  const countedMinor = count.methods.find(({ kind }) => kind === 'cash')?.countedMinor ?? 0;
  const floatMinor = open.movements.filter(({ kind }) => kind === 'float').reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const proposedMinor = proposeStays(pieces, Math.min(floatMinor, countedMinor));
  const [text, setText] = useState(typedAmount(proposedMinor, currency, locale));
  const staysMinor = typedMinor(text, digits);
  const isGood = staysMinor !== null && staysMinor <= countedMinor;
  const close = useMutation({ mutationFn: (stays: number) => call('closeShift', { body: { staysMinor: stays } }), onSuccess: keepShift });
  const split = splitDrawer(pieces, staysMinor ?? 0);
  const isExact = pieces.length > 0 && sumPieces(split.stays) === staysMinor;
  return (
    <form
      className="panel cash-panel cash-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isGood) close.mutate(staysMinor);
      }}
    >
      <h2>{t('cash.end')}</h2>
      <AmountEntry
        label={t('cash.stays')}
        text={text}
        onText={setText}
        error={isGood ? null : t('cash.stays-wrong', { amount: money(countedMinor) })}
        hint={isExact && split.stays.length > 0 ? list(split.stays.map(pieceWords(money)), locale) : undefined}
      />
      <dl className="cash-sums">
        <div>
          <dt>{t('cash.to-safe')}</dt>
          <dd className="num">{isGood ? money(countedMinor - staysMinor) : ''}</dd>
        </div>
      </dl>
      {isExact && split.safe.length > 0 ? <p className="small soft">{list(split.safe.map(pieceWords(money)), locale)}</p> : null}
      <Problem error={close.error} />
      <button className="btn btn-primary finish" disabled={close.isPending}>
        <Lock className="icon" aria-hidden />
        {t('cash.close')}
      </button>
    </form>
  );
}

/** As near to the float as the pieces allow; without them the float itself. */
function proposeStays(pieces: readonly PieceCount[], floatMinor: number): number {
  return pieces.length === 0 ? floatMinor : sumPieces(splitDrawer(pieces, floatMinor).stays);
}

function pieceWords(money: (minor: number) => string): (piece: PieceCount) => string {
  return ({ faceMinor, pieces }) => `${pieces} × ${money(faceMinor)}`;
}
