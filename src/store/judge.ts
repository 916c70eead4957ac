/**
 * What becomes of a changeset: merged, set aside, or waiting for a key or a dictionary. The verdict follows from the set of changesets held,
 * so that it is the same in every store; it is asked again when what was missing comes. Never looks at what the rows say.
 */
import { equalBytes, sha256 } from '../base/bytes.ts';
import { isSigned, openBody, publicKeyFrom, type Opened, type SealedChangeset } from '../protocol/changeset.ts';
import { trustBySuccession, trustedKey } from './chains.ts';
import { findLocal, VOUCHED_STATES } from './look-up.ts';
import type { Prepared } from './prepare.ts';
import type { Store } from './store.ts';

/** partly: merged, but it names tables or columns that this program does not know; a newer one plays it again. */
export const CHANGESET_STATE = {
  merged: 0,
  named: 1,
  wrongSignature: 2,
  malformed: 3,
  notCertified: 4,
  missingDictionary: 5,
  partly: 6,
} as const;
export type State = (typeof CHANGESET_STATE)[keyof typeof CHANGESET_STATE];

export function isNamedOnly(store: Store, local: number): boolean {
  return store.db.get('SELECT state FROM changeset WHERE local = ?', local)?.['state'] === CHANGESET_STATE.named;
}

export function judge(store: Store, { changeset, opened, signature }: Prepared): { state: State; opened: Opened } {
  let verdict = signature;
  if (verdict === 'no-key') verdict = judgeLate(store, changeset, opened);
  if (verdict === 'no-key') return { state: CHANGESET_STATE.notCertified, opened };
  if (verdict === 'bad' && hasGoodFollower(store, changeset)) verdict = 'good';
  if (changeset.n === 1 && !beginsItsChain(store, changeset)) verdict = 'bad';
  if (verdict === 'bad') return { state: CHANGESET_STATE.wrongSignature, opened };
  if (opened.state === 'malformed') return { state: CHANGESET_STATE.malformed, opened };
  if (opened.state === 'text') return { state: CHANGESET_STATE.merged, opened };
  const again = openBody(changeset.body, store.dictionaries);
  return { state: again.state === 'text' ? CHANGESET_STATE.merged : CHANGESET_STATE.missingDictionary, opened: again };
}

/**
 * A hash covers all before it in its chain: whoever rightly signed what follows has signed this too. So it does not matter which of the
 * two came first, or whether they came together (prepare.ts looks at the last signature of a run): every store ends with the same rows.
 */
function hasGoodFollower(store: Store, changeset: SealedChangeset): boolean {
  const local = findLocal(store.db, changeset.hash);
  if (local === undefined) return false;
  const sql = `SELECT 1 AS found FROM changeset c JOIN chain k ON k.number = c.chain
    WHERE k.id = ? AND c.n = ? AND c.previous = ? AND c.state IN ${VOUCHED_STATES}`;
  return store.db.get(sql, changeset.chain, changeset.n + 1, local) !== undefined;
}

/** Changeset 1 follows the whole genesis, not only the half of it that is the chain's id. */
function beginsItsChain(store: Store, changeset: SealedChangeset): boolean {
  const key = trustedKey(store.db, changeset.chain);
  return key !== null && equalBytes(sha256(key), changeset.previous);
}

/** The worker knew no key; meanwhile somebody may have vouched for it, or this is the changeset that says whose successor it is. */
function judgeLate(store: Store, changeset: SealedChangeset, opened: Opened): Prepared['signature'] {
  if (trustedKey(store.db, changeset.chain) === null && changeset.n === 1 && opened.state === 'text')
    trustBySuccession(store, changeset.chain, opened.text);
  const key = trustedKey(store.db, changeset.chain);
  if (key === null) return 'no-key';
  return isSigned(changeset, publicKeyFrom(key)) ? 'good' : 'bad';
}
