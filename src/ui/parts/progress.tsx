import { useId, type ReactNode } from 'react';

/** How far: `done` of `total`. The words beside it say it in figures. */
export function Progress({ label, done, total }: { readonly label: string; readonly done: number; readonly total: number }): ReactNode {
  const share = total > 0 ? Math.min(100, (done / total) * 100) : 0;
  const id = useId();
  return (
    <div className="progress" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={total} aria-valuenow={done} id={id}>
      <span style={{ inlineSize: `${share}%` }} />
    </div>
  );
}
