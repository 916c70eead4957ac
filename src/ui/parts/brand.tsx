import type { ReactNode } from 'react';

/** The mark: one ring round one till. */
export function Brand(): ReactNode {
  return (
    <span className="brand">
      <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
        <path d="M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0zM14 12a2 2 0 1 1-4 0 2 2 0 0 1 4 0z" />
      </svg>
      AuraPOS
    </span>
  );
}
