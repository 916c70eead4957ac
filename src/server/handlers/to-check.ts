/** What wants a person, in words: what is true, and what to do. */
import { idToBytes, isId } from '../../base/id.ts';
import type { Answer } from '../../protocol/api/routes.ts';
import { readProduct } from '../../store/queries/catalogue.ts';
import type { ToCheckRow } from '../../store/queries/shop.ts';
import { textOrNull } from '../../store/database.ts';
import type { Store } from '../../store/store.ts';

type View = Answer<'listToCheck'>['rows'][number];

export function describeException(store: Store, row: ToCheckRow, nowMs: number): View {
  const detail = JSON.parse(row.detail) as Record<string, unknown>;
  const { title, text } = describe(store, row, detail, nowMs);
  return { id: row.id, kind: row.kind as View['kind'], at: row.at, title, detail: text };
}

function describe(store: Store, row: ToCheckRow, detail: Record<string, unknown>, nowMs: number): { title: string; text: string } {
  switch (row.kind) {
    case 'equal-barcode': {
      const names = (Array.isArray(detail['products']) ? detail['products'] : []).flatMap((id) =>
        isId(id) ? [readProduct(store.db, id, nowMs)?.name ?? ''] : [],
      );
      return {
        title: `More than one product has the code ${row.subject}`,
        text: `${names.join(', ')}. Take the code off all but one; until then a scan asks which it is.`,
      };
    }
    case 'lost-edit':
      return {
        title: `An edit of ${nameOf(store, row.subject)} was overtaken by another`,
        text: `Two registers changed it while apart and the later one stands. Overtaken: ${JSON.stringify(detail['values'])}.`,
      };
    case 'doubled-number':
      return {
        title: `Receipt ${row.subject} was given out twice`,
        text: 'Two machines sold as one register. Both sales are kept; tell whoever keeps the books.',
      };
    case 'set-aside':
      return {
        title: 'A change from another register was set aside',
        text: `It is not properly signed (change ${String(detail['n'])}). Nothing behind it was held up. If it happens again, revoke that register and pair it anew.`,
      };
    case 'clone':
      return {
        title: 'Two machines wrote as one register',
        text: 'A copy of a register’s data is in use elsewhere. All sales of both are kept and each goes on under its own receipt series. Find out which machine was copied.',
      };
    default:
      return { title: row.kind, text: row.detail };
  }
}

function nameOf(store: Store, id: string): string {
  if (!isId(id)) return 'something';
  const product = store.db.get('SELECT name FROM product WHERE id = ?', idToBytes(id));
  return textOrNull(product?.['name']) ?? 'a record';
}
