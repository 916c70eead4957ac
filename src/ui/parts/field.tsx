/** A labelled field with its hint and its error beside it. */
import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes } from 'react';

interface Frame {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | null;
}

export function Field({ label, hint, error, className, ...input }: Frame & InputHTMLAttributes<HTMLInputElement>): ReactNode {
  const id = useId();
  const wrong = error !== undefined && error !== null;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className={className === undefined ? 'input' : `input ${className}`}
        autoComplete="off"
        aria-invalid={wrong || undefined}
        aria-describedby={wrong || hint !== undefined ? `${id}-more` : undefined}
        {...input}
      />
      <Below id={id} hint={hint} error={error} />
    </div>
  );
}

/** Several lines: an address. */
export function TextField({ label, ...area }: Pick<Frame, 'label'> & TextareaHTMLAttributes<HTMLTextAreaElement>): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea id={id} className="input" rows={3} {...area} />
    </div>
  );
}

export function SelectField({ label, hint, error, children, ...select }: Frame & SelectHTMLAttributes<HTMLSelectElement>): ReactNode {
  const id = useId();
  const wrong = error !== undefined && error !== null;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="input"
        aria-invalid={wrong || undefined}
        aria-describedby={wrong || hint !== undefined ? `${id}-more` : undefined}
        {...select}
      >
        {children}
      </select>
      <Below id={id} hint={hint} error={error} />
    </div>
  );
}

function Below({ id, hint, error }: { id: string; hint?: ReactNode; error?: string | null | undefined }): ReactNode {
  if (error !== undefined && error !== null) {
    return (
      <p className="field-error" id={`${id}-more`} role="alert">
        {error}
      </p>
    );
  }
  return hint === undefined ? null : (
    <p className="field-hint" id={`${id}-more`}>
      {hint}
    </p>
  );
}
