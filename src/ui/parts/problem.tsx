/** A refusal beside the thing it is about: what is true, then what to do; SQL for somebody else to run stands by itself, to be copied. */
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiError, type RefusalWords } from '../api/call.ts';
import { errorText, refusalText } from '../texts/refusal-text.ts';
import { useTranslation } from '../texts/texts.tsx';

export function Problem({ error, refusal }: { readonly error?: unknown; readonly refusal?: RefusalWords | null }): ReactNode {
  const words = refusal ?? (error instanceof ApiError ? error.refusal : null);
  if (words === null && (error === null || error === undefined)) return null;
  const { message, action } = words === null ? errorText(error) : refusalText(words);
  const sql = words?.params['sql'];
  return (
    <>
      <div className="problem" role="alert">
        <CircleAlert className="icon" aria-hidden />
        <p>
          <span className="strong">{message}</span> {action}
        </p>
      </div>
      {typeof sql === 'string' ? <ToCopy text={sql} /> : null}
    </>
  );
}

function ToCopy({ text }: { readonly text: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="to-copy">
      <p className="code">{text}</p>
      <button type="button" className="btn" onClick={() => void navigator.clipboard.writeText(text)}>
        {t('diagnosis.copy')}
      </button>
    </div>
  );
}
