/** A dialog on the browser's own <dialog>: focus is held and given back, Escape closes, what lies beneath is inert. */
import { useEffect, useId, useRef, type ReactNode, type SubmitEvent } from 'react';

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** The buttons, the last step last. */
  readonly actions?: ReactNode;
  readonly wide?: boolean;
  /** Makes the dialog a form: Enter in a field does the same as its submit button. */
  readonly onSubmit?: () => void;
}

export function Dialog({ title, onClose, children, actions, wide = false, onSubmit }: Props): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element?.open === false) {
      element.showModal();
      // What the person came to fill in, where buttons stand before it.
      element.querySelector<HTMLElement>('[data-first]')?.focus();
    }
    return () => element?.close();
  }, []);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    onSubmit?.();
  };
  const inside = (
    <>
      <div className="dialog-body">{children}</div>
      {actions === undefined ? null : <div className="actions">{actions}</div>}
    </>
  );
  return (
    <dialog
      ref={dialog}
      className={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={heading}>{title}</h2>
      {onSubmit === undefined ? (
        inside
      ) : (
        <form onSubmit={submit} noValidate>
          {inside}
        </form>
      )}
    </dialog>
  );
}
