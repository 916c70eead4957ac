import type { ReactNode } from 'react';

/** Characters a total holds at its full size, and one step down. */
const AT_FULL_SIZE = 9;
const AT_ONE_STEP_DOWN = 12;

/** A total: a longer one steps down and is never cut. */
export function BigFigure({ text, className }: { readonly text: string; readonly className: string }): ReactNode {
  const step = text.length > AT_ONE_STEP_DOWN ? 'figure-longer' : text.length > AT_FULL_SIZE ? 'figure-long' : '';
  return (
    <p className={`${className} ${step}`}>
      <span className="num">{text}</span>
    </p>
  );
}
