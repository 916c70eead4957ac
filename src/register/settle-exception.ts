/**
 * Settling what wants a person: mended where the program can, or let be with a note. Who, when and why is in the journal, and by it the
 * exception goes from every register. One that grows afterwards comes back.
 */
import type { Id } from '../base/id.ts';
import { idFromBytes, idToBytes, isId } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { bytesOf } from '../store/database.ts';
import { seenOf, SETTLED } from '../store/exceptions.ts';
import { commit, type Draft } from '../store/journal.ts';
import { listExceptions, type ToCheckRow } from '../store/queries/shop.ts';
import { readUser } from '../store/queries/people.ts';
import type { Store } from '../store/store.ts';
import { draftPriceChange } from './edit-price.ts';
import type { Register } from './register.ts';

export type Settling =
  | { readonly do: 'let-be'; readonly note: string }
  /** Of an equal barcode: this product keeps the code. */
  | { readonly do: 'keep-code'; readonly product: Id }
  /** Of a lost edit: it is made again, over the one that stands. */
  | { readonly do: 'take-overtaken' }
  /** Of equal names: this user gets another. */
  | { readonly do: 'rename'; readonly user: Id; readonly name: string };

/** Refuses with input.not-found, input.invalid. */
export function settleException({ store }: Register, id: string, settling: Settling, by: Id | null): Result<null> {
  const found = listExceptions(store.db).find((row) => row.id === id);
  if (found === undefined) return refuse('input.not-found', { what: 'entry' });
  const seen = seenOf(found.kind, found.detail);
  const mended = mend(store, found, settling);
  if (!mended.ok) return mended;
  return commit(store, { kind: SETTLED, user: by }, (draft) => {
    mended.value(draft);
    draft.insert('audit_entry', {
      kind: SETTLED,
      ...(by === null ? {} : { user: by }),
      at: store.clock.nowMs(),
      subject: id,
      detail: JSON.stringify({
        ...(LASTING.includes(settling.do) ? { seen } : {}),
        note: settling.do === 'let-be' ? settling.note : settling.do,
      }),
    });
    return ok(null);
  });
}

/** Nothing else than the entry makes these exceptions go; the others follow from the rows that mend them. */
const LASTING: readonly Settling['do'][] = ['let-be', 'take-overtaken'];

/** Tables whose lost edits can be made again as they were: no personal values, nothing that lets anybody in. */
const TAKEN_AGAIN = ['product', 'category', 'supplier'] as const;

interface LostEdit {
  readonly table: (typeof TAKEN_AGAIN)[number];
  readonly values: Readonly<Record<string, string | number | boolean | null>>;
}

/** The lost edit that this exception tells of, where it can be made again. */
export function lostEditOf({ kind, detail }: Pick<ToCheckRow, 'kind' | 'detail'>): LostEdit | null {
  if (kind !== 'lost-edit') return null;
  const edit = JSON.parse(detail) as LostEdit;
  return TAKEN_AGAIN.includes(edit.table) ? edit : null;
}

/** What it takes beside the entry. */
function mend(store: Store, found: ToCheckRow, settling: Settling): Result<(draft: Draft) => void> {
  switch (settling.do) {
    case 'let-be':
      return ok(() => {});
    case 'keep-code': {
      if (found.kind !== 'equal-barcode') return refuse('input.invalid', { field: 'do', reason: 'no codes are equal here' });
      const rows = store.db.all('SELECT id, product FROM product_barcode WHERE code = ? AND deleted IS NOT 1', found.subject);
      const kept = Buffer.from(idToBytes(settling.product));
      const others = rows.filter((row) => !kept.equals(bytesOf(row['product'])));
      if (others.length === rows.length) return refuse('input.not-found', { what: 'product' });
      return ok((draft) => others.forEach((row) => draft.remove('product_barcode', idFromBytes(bytesOf(row['id'])))));
    }
    case 'take-overtaken': {
      const edit = lostEditOf(found);
      if (edit === null || !isId(found.subject)) return refuse('input.invalid', { field: 'do', reason: 'nothing was overtaken here' });
      const { table, values } = edit;
      const id = found.subject;
      return ok((draft) => {
        const { price_minor: priceMinor } = values;
        if (table === 'product' && typeof priceMinor === 'number') draftPriceChange(store, draft, id, priceMinor);
        draft.patch(table, id, values);
      });
    }
    case 'rename': {
      if (found.kind !== 'equal-name') return refuse('input.invalid', { field: 'do', reason: 'no names are equal here' });
      if (readUser(store.db, settling.user) === null) return refuse('input.not-found', { what: 'user' });
      return ok((draft) => draft.patch('user', settling.user, { name: settling.name }));
    }
  }
}
