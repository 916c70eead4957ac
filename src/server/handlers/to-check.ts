/** What wants a person, as figures and names; the words, what is true and what to do, are the screen's in its language. */
import { idToBytes, isId } from '../../base/id.ts';
import type { Answer } from '../../protocol/api/routes.ts';
import { textOrNull } from '../../store/database.ts';
import { readProduct } from '../../store/queries/catalogue.ts';
import { lostEditOf } from '../../register/settle-exception.ts';
import { readUser } from '../../store/queries/people.ts';
import { nameOfChain, type ToCheckRow } from '../../store/queries/shop.ts';
import type { Store } from '../../store/store.ts';

type View = Answer<'listToCheck'>['rows'][number];

export function viewException(store: Store, row: ToCheckRow, nowMs: number): View {
  const detail = JSON.parse(row.detail) as Record<string, unknown>;
  const { id, at } = row;
  const { db } = store;
  switch (row.kind) {
    case 'equal-barcode': {
      const products = Array.isArray(detail['products']) ? detail['products'].filter((product) => isId(product)) : [];
      const named = products.map((product) => ({ id: product, name: readProduct(db, product, nowMs)?.name ?? '' }));
      return { id, at, kind: row.kind, code: row.subject, products: named };
    }
    case 'equal-name': {
      const ids = Array.isArray(detail['users']) ? detail['users'].filter((user) => isId(user)) : [];
      const users = ids.map((user) => ({ id: user, role: readUser(db, user)?.role }));
      return {
        id,
        at,
        kind: row.kind,
        name: isId(row.subject) ? (readUser(db, row.subject)?.name ?? '') : '',
        users: users.map(({ id: user, role }) => ({ id: user, role: role?.name ?? '', builtIn: role?.builtIn ?? null })),
      };
    }
    case 'unknown-code':
      return {
        id,
        at,
        kind: row.kind,
        code: row.subject,
        times: Number(detail['times']),
        department: textOf(detail['department']),
        priceMinor: Number(detail['priceMinor'] ?? 0),
      };
    case 'lost-edit':
      return {
        id,
        at,
        kind: row.kind,
        name: nameOf(store, row.subject),
        overtaken: overtakenOf(detail['values']),
        takeable: lostEditOf(row) !== null,
      };
    case 'over-refund':
      return {
        id,
        at,
        kind: row.kind,
        name: textOf(detail['name']),
        label: textOf(detail['label']),
        soldMilli: Number(detail['soldMilli']),
        refundedMilli: Number(detail['refundedMilli']),
      };
    case 'held-cart-twice':
    case 'invoiced-twice':
      return { id, at, kind: row.kind, labels: Array.isArray(detail['labels']) ? detail['labels'].map(textOf) : [] };
    case 'card-denied':
      return { id, at, kind: row.kind, amountMinor: Number(detail['amountMinor']), reference: textOf(detail['reference']) };
    case 'voucher-overdrawn':
      return { id, at, kind: row.kind, code: row.subject, overMinor: Number(detail['overMinor']) };
    case 'stock-below-zero':
      return { id, at, kind: row.kind, name: nameOf(store, row.subject), onHandMilli: Number(detail['onHandMilli']) };
    case 'doubled-number':
      return { id, at, kind: row.kind, label: row.subject };
    case 'stamp-ahead':
      return { id, at, kind: row.kind, register: nameOfChain(db, row.subject), aheadMs: Number(detail['aheadMs']) };
    case 'set-aside':
    case 'damaged':
    case 'clone':
      return { id, at, kind: row.kind, register: nameOfChain(db, row.subject) };
  }
}

function overtakenOf(values: unknown): { column: string; value: string | number | boolean | null }[] {
  return Object.entries(typeof values === 'object' && values !== null ? values : {}).map(([column, value]: [string, unknown]) => ({
    column,
    value: typeof value === 'number' || typeof value === 'boolean' || value === null ? value : textOf(value),
  }));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Of what was edited: a product, mostly; empty for what has no name to show here. */
function nameOf(store: Store, id: string): string {
  if (!isId(id)) return '';
  for (const table of ['product', 'category', 'register'] as const) {
    const name = textOrNull(store.db.get(`SELECT name FROM ${table} WHERE id = ?`, idToBytes(id))?.['name']);
    if (name !== null) return name;
  }
  return '';
}
