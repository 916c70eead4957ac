/**
 * Closing a day, a month or a year of the whole shop: the sum of its Zs is kept and signed, with the registers that were missing. It does
 * not change any more: a Z that comes later stands beside it with a mark.
 */
import type { Id } from '../base/id.ts';
import { present } from '../base/assert.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { periodName } from '../domain/period.ts';
import { commit } from '../store/journal.ts';
import { isPeriodClosed, nextPeriodNumber, type PeriodView } from '../store/queries/closings.ts';
import type { PeriodTotals } from '../protocol/closing.ts';
import { tradingNow } from './open-shift.ts';
import { ownRegisterId, type Register } from './register.ts';

/** Refuses with closing.nothing (no Z in it), closing.period-closed, closing.not-over (a month or a year that goes on). */
export function closePeriod({ store }: Register, view: PeriodView, user: Id): Result<null> {
  const { period } = view;
  if (view.zs.length === 0) return refuse('closing.nothing');
  if (period.kind !== 'day' && period.last >= tradingNow(store).day) return refuse('closing.not-over', { period: periodName(period) });
  return commit(store, { kind: 'closing', user }, (draft) => {
    if (isPeriodClosed(store.db, period)) return refuse('closing.period-closed', { period: periodName(period) });
    const register = ownRegisterId(store);
    const { n } = present(store.own, 'the own chain');
    draft.insert('closing', {
      register,
      number: nextPeriodNumber(store.db, register, period.kind),
      kind: period.kind,
      from_n: n,
      to_n: n,
      trading_day: period.first,
      totals: JSON.stringify(frozen(view)),
      perpetual_total_minor: view.perpetualMinor,
    });
    return ok(null);
  });
}

function frozen(view: PeriodView): PeriodTotals {
  const covers: Record<string, [number, number]> = {};
  for (const { z } of view.zs) {
    const [first, last] = covers[z.register] ?? [z.number, z.number];
    covers[z.register] = [Math.min(first, z.number), Math.max(last, z.number)];
  }
  const missing = view.missing.map(({ code }) => code);
  return { v: 1, currency: view.currency, ...view.totals, names: view.names, covers, missing };
}
