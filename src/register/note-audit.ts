/** The journal of what leaves no figure: a drawer opened without a sale, a receipt printed again. */
import type { Id } from '../base/id.ts';
import { ok, type Result } from '../base/result.ts';
import { commit } from '../store/journal.ts';
import { tradingNow } from './open-shift.ts';
import type { Register } from './register.ts';

export interface AuditNote {
  readonly kind: 'no-sale' | 'reprint';
  readonly user: Id;
  /** What it is about: a receipt's number. */
  readonly subject?: string;
  readonly detail: { readonly reason?: string };
}

export function noteAudit({ store }: Register, note: AuditNote): Result<null> {
  return commit(store, { kind: note.kind, user: note.user }, (draft) => {
    draft.insert('audit_entry', {
      kind: note.kind,
      user: note.user,
      at: tradingNow(store).at,
      ...(note.subject === undefined ? {} : { subject: note.subject }),
      detail: JSON.stringify(note.detail),
    });
    return ok(null);
  });
}
