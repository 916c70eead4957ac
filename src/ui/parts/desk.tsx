import type { ReactNode } from 'react';
import { Banners } from './banners.tsx';
import { TopBar } from './top-bar.tsx';

/** The frame of every screen behind the counter. */
export function Desk({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <div className="desk">
      <TopBar />
      <div className="desk-banner">
        <Banners />
      </div>
      {children}
    </div>
  );
}
