/** A refusal beside the thing it is about: what is true, then what to do. */
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RefusalWords } from '../api/call.ts';
import { errorText, refusalText } from '../texts/refusal-text.ts';

export function Problem({ error, refusal }: { readonly error?: unknown; readonly refusal?: RefusalWords | null }): ReactNode {
  if ((error === null || error === undefined) && (refusal === null || refusal === undefined)) return null;
  const { message, action } = refusal === null || refusal === undefined ? errorText(error) : refusalText(refusal);
  return (
    <div className="problem" role="alert">
      <CircleAlert className="icon" aria-hidden />
      <p>
        <span className="strong">{message}</span> {action}
      </p>
    </div>
  );
}
