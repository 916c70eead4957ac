/** The drawer as it stands: closed and to be opened, open with its movements, being counted, or counted and to be closed. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { ArrowDownToLine, ArrowUpFromLine, FileText, LockOpen, Vault } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { PieceCount } from '../../../domain/drawer-count.ts';
import { call } from '../../api/call.ts';
import { dateTime, time, typedAmount } from '../../format/format.ts';
import { queryClient } from '../../live/query-client.ts';
import { Problem } from '../../parts/problem.tsx';
import { useCan, useLocale, useMoney } from '../../parts/register-context.ts';
import { AmountEntry, typedMinor } from './amount-entry.tsx';
import { Count } from './count.tsx';
import { CountResult } from './count-result.tsx';
import { keepShift, type OpenShift, type ShiftView } from './keep-shift.ts';
import { MovementDialog, NoSaleDialog } from './movement-dialogs.tsx';
import { XDialog } from './x-dialog.tsx';

export function Drawer({ tabs }: { readonly tabs: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const shift = useQuery({ queryKey: ['shift'], queryFn: ({ signal }) => call('getShift', { signal }) });
  const [counting, setCounting] = useState(false);
  const [pieces, setPieces] = useState<readonly PieceCount[]>([]);
  const open = shift.data?.open ?? null;
  return (
    <main className="page cash" tabIndex={0}>
      <div className="page-title cash-title">
        <h1>{t('screen.cash')}</h1>
        {tabs}
      </div>
      <Problem error={shift.error} />
      {shift.data === undefined ? null : open === null ? (
        <ClosedDrawer shift={shift.data} />
      ) : counting ? (
        <Count
          shift={shift.data}
          open={open}
          onCancel={() => setCounting(false)}
          onCounted={(counted) => {
            setPieces(counted);
            setCounting(false);
          }}
        />
      ) : open.count === null ? (
        <OpenDrawer shift={shift.data} open={open} onCount={() => setCounting(true)} />
      ) : (
        <CountResult open={open} count={open.count} pieces={pieces} onAgain={() => setCounting(true)} />
      )}
    </main>
  );
}

function ClosedDrawer({ shift }: { readonly shift: ShiftView }): ReactNode {
  const { t } = useTranslation();
  return (
    <section className="panel cash-panel cash-open" aria-labelledby="drawer-closed">
      <h2 id="drawer-closed">{t('cash.is-closed')}</h2>
      <p className="soft">{t('cash.closed-say')}</p>
      <FloatForm floatMinor={shift.floatMinor} button={t('cash.open')} />
    </section>
  );
}

function FloatForm({ floatMinor, button }: { readonly floatMinor: number; readonly button: string }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { currency, digits, money } = useMoney();
  const [text, setText] = useState(floatMinor === 0 ? '' : typedAmount(floatMinor, currency, locale));
  const [tried, setTried] = useState(false);
  const minor = typedMinor(text, digits);
  const open = useMutation({ mutationFn: (amount: number) => call('openShift', { body: { floatMinor: amount } }), onSuccess: keepShift });
  return (
    <form
      className="cash-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (minor !== null) open.mutate(minor);
      }}
    >
      <AmountEntry
        label={t('cash.float')}
        text={text}
        onText={setText}
        error={tried && minor === null ? t('cash.not-an-amount', { text }) : null}
        hint={floatMinor === 0 ? undefined : t('cash.float-hint', { amount: money(floatMinor) })}
      />
      <Problem error={open.error} />
      <button className="btn btn-primary finish" disabled={open.isPending}>
        <LockOpen className="icon" aria-hidden />
        {button}
      </button>
    </form>
  );
}

interface OpenProps {
  readonly shift: ShiftView;
  readonly open: OpenShift;
  readonly onCount: () => void;
}

function OpenDrawer({ shift, open, onCount }: OpenProps): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  const [dialog, setDialog] = useState<'in' | 'out' | 'no-sale' | 'x' | 'float' | null>(null);
  const close = (): void => setDialog(null);
  return (
    <div className="cash-columns">
      <section className="panel cash-panel" aria-labelledby="drawer-open">
        <DrawerHead open={open} />
        {open.isOld ? <p className="cash-note wait">{t('cash.old-say')}</p> : null}
        {shift.blind && open.methods.every(({ expectedMinor }) => expectedMinor === null) ? (
          <p className="soft">{t('cash.blind-say')}</p>
        ) : (
          <Expected methods={open.methods} />
        )}
        <div className="cash-buttons">
          {can('cash-movement') ? (
            <>
              <button type="button" className="btn" onClick={() => setDialog('in')}>
                <ArrowDownToLine className="icon" aria-hidden />
                {t('cash.put-in')}
              </button>
              <button type="button" className="btn" onClick={() => setDialog('out')}>
                <ArrowUpFromLine className="icon" aria-hidden />
                {t('cash.take-out')}
              </button>
            </>
          ) : null}
          <button type="button" className="btn" onClick={() => setDialog('no-sale')}>
            <LockOpen className="icon" aria-hidden />
            {t('cash.no-sale')}
          </button>
          {can('x-report') ? (
            <button type="button" className="btn" onClick={() => setDialog('x')}>
              <FileText className="icon" aria-hidden />
              {t('cash.x')}
            </button>
          ) : null}
        </div>
        {open.isOld || (open.silent && !open.hasFloat) ? (
          <button type="button" className="btn" onClick={() => setDialog('float')}>
            {open.isOld ? t('cash.open-new') : t('cash.add-float')}
          </button>
        ) : null}
        <button type="button" className="btn btn-primary finish" onClick={onCount}>
          <Vault className="icon" aria-hidden />
          {t('cash.count-and-close')}
        </button>
        {can('settings') ? <BlindSwitch blind={shift.blind} /> : null}
      </section>
      <Movements open={open} />
      {dialog === 'in' || dialog === 'out' ? <MovementDialog way={dialog} onClose={close} /> : null}
      {dialog === 'float' ? <MovementDialog way="float" proposedMinor={shift.floatMinor} onClose={close} /> : null}
      {dialog === 'no-sale' ? <NoSaleDialog onClose={close} /> : null}
      {dialog === 'x' ? <XDialog onClose={close} /> : null}
    </div>
  );
}

function DrawerHead({ open }: { readonly open: OpenShift }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const at = open.isOld ? dateTime(open.openedAt, locale) : time(open.openedAt, locale);
  return (
    <div>
      <h2 id="drawer-open">{t('cash.is-open')}</h2>
      <p className="soft">
        {open.silent ? t('cash.opened-silently', { at }) : t('cash.opened-by', { user: open.openedBy, at })} ·{' '}
        {t('sales.count', { count: open.sales, shown: String(open.sales) })}
      </p>
    </div>
  );
}

function Expected({ methods }: { readonly methods: OpenShift['methods'] }): ReactNode {
  const { t } = useTranslation();
  const { money } = useMoney();
  return (
    <dl className="cash-sums">
      {methods.map(({ method, name, expectedMinor }) => (
        <div key={method}>
          <dt>{t('cash.should-be', { method: name })}</dt>
          <dd className="num">{expectedMinor === null ? '' : money(expectedMinor)}</dd>
        </div>
      ))}
    </dl>
  );
}

function BlindSwitch({ blind }: { readonly blind: boolean }): ReactNode {
  const { t } = useTranslation();
  // What was asked for shows at once, until the register says what is.
  const [asked, setAsked] = useState<boolean | null>(null);
  const set = useMutation({
    mutationFn: (value: boolean) => call('setBlindCount', { body: { blind: value } }),
    onSettled: async () => {
      await queryClient.invalidateQueries({ queryKey: ['shift'] });
      setAsked(null);
    },
  });
  return (
    <>
      <label className="check">
        <input
          type="checkbox"
          checked={asked ?? blind}
          onChange={(event) => {
            setAsked(event.target.checked);
            set.mutate(event.target.checked);
          }}
        />
        <span>
          {t('cash.blind')}
          <br />
          <span className="small soft">{t('cash.blind-hint')}</span>
        </span>
      </label>
      <Problem error={set.error} />
    </>
  );
}

function Movements({ open }: { readonly open: OpenShift }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  return (
    <section className="panel cash-panel" aria-labelledby="drawer-movements">
      <h2 id="drawer-movements">{t('cash.movements')}</h2>
      {open.movements.length === 0 ? (
        <p className="soft">{t('cash.no-movements')}</p>
      ) : (
        <ul className="cash-movements">
          {open.movements.map((row, at) => (
            <li key={open.movements.length - at}>
              <span className="num soft">{time(row.at, locale)}</span>
              <span>
                <span className="strong">{t(`cash.kind.${row.kind}`)}</span>
                <br />
                <span className="small soft">
                  <bdi>{row.reason === '' ? row.user : `${row.reason}, ${row.user}`}</bdi>
                </span>
              </span>
              <span className="num strong">{money(row.amountMinor)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
