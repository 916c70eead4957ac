/**
 * The Z: closes the register's chain from where the last Z ended, one closing for each trading day in it. Numbers run without a gap, ranges
 * without a gap or an overlap; the changesets it sums are those its hash commits to, and it is signed with its own changeset.
 */
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { turnoverMinor } from '../domain/closing-totals.ts';
import { commitWith, chunk, startDraft } from '../store/journal.ts';
import { lastZNumber, type Unclosed } from '../store/queries/closings.ts';
import { ownRegisterId, type Register } from './register.ts';

/** A changeset's text holds this many closings with room to spare. */
const CLOSINGS_A_CHANGESET = 20;

/** How many closings were made. Refuses with closing.nothing, closing.changed (somebody closed meanwhile). One transaction. */
export function closeDay({ store }: Register, unclosed: Unclosed, user: Id): Result<number> {
  if (unclosed.days.length === 0) return refuse('closing.nothing');
  return commitWith(store, (append) => {
    const register = ownRegisterId(store);
    if (lastZNumber(store.db, register) !== unclosed.lastNumber) return refuse('closing.changed');
    let number = unclosed.lastNumber;
    let perpetualMinor = unclosed.perpetualMinor;
    for (const days of chunk(unclosed.days, CLOSINGS_A_CHANGESET)) {
      const draft = startDraft(store);
      for (const day of days) {
        number++;
        perpetualMinor += turnoverMinor(day.totals);
        draft.insert('closing', {
          register,
          number,
          kind: 'z',
          from_n: day.fromN,
          to_n: day.toN,
          trading_day: day.tradingDay,
          totals: JSON.stringify(day.totals),
          perpetual_total_minor: perpetualMinor,
        });
      }
      append(draft, { kind: 'closing', user });
    }
    return ok(unclosed.days.length);
  });
}
