/** The journal of what was taken out of carts. */
import type { Cart } from '../domain/cart.ts';
import type { Draft } from '../store/journal.ts';

/** Lines that were taken out on the way: who, when, why, and what they came to. */
export function draftVoids(draft: Draft, cart: Cart): void {
  for (const { user, at, name, quantityMilli, totalMinor, reason } of cart.voided)
    draft.insert('audit_entry', {
      kind: 'void',
      ...(user === null ? {} : { user }),
      at,
      subject: name,
      detail: JSON.stringify({ quantityMilli, totalMinor, reason }),
    });
}
