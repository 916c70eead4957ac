/**
 * What no verdict of the hub covers yet, counted as it comes and goes: asked after every sale, and a day cut off is ten thousand of them.
 * Only what was added or acknowledged since the last question is read.
 */
import { ownChains } from './chains.ts';
import { numberOf, numberOrNull, type Database } from './database.ts';
import type { Store, Waiting, WaitingTally } from './store.ts';

export function countWaiting(store: Store): Waiting {
  const tallies = ownChains(store.db).map(({ number, sentN }) => {
    const tally = follow(store.db, number, store.waiting.get(number), sentN);
    store.waiting.set(number, tally);
    return tally;
  });
  return {
    changes: tallies.reduce((sum, { changes }) => sum + changes, 0),
    sales: tallies.reduce((sum, { sales }) => sum + sales, 0),
  };
}

function follow(db: Database, chain: number, before: WaitingTally | undefined, sent: number): WaitingTally {
  const head = numberOrNull(db.get('SELECT max(n) AS head FROM changeset WHERE chain = ?', chain)?.['head']) ?? 0;
  // A hub that fell back has less than it had: counted anew, as at the first question.
  const known = before !== undefined && before.sent <= sent && before.head <= head && sent <= before.head ? before : null;
  if (known === null) return { sent, head, ...count(db, chain, sent, head) };
  const added = count(db, chain, known.head, head);
  const acknowledged = count(db, chain, known.sent, sent);
  return {
    sent,
    head,
    changes: known.changes + added.changes - acknowledged.changes,
    sales: known.sales + added.sales - acknowledged.sales,
  };
}

/** Parameters: a chain, n after which, n up to which. */
export const COUNT_WAITING = `SELECT count(DISTINCT c.local) AS changes, count(s.id) AS sales
  FROM changeset c LEFT JOIN sale s ON s.id BETWEEN c.local * 512 AND c.local * 512 + 511
  WHERE c.chain = ? AND c.n > ? AND c.n <= ? AND c.state IN (0, 6)`;

/** Changesets `after` < n <= `upto` of a chain that are merged here. */
function count(db: Database, chain: number, after: number, upto: number): Waiting {
  if (upto <= after) return { changes: 0, sales: 0 };
  const row = db.get(COUNT_WAITING, chain, after, upto);
  return { changes: numberOf(row?.['changes']), sales: numberOf(row?.['sales']) };
}
