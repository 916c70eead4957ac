/** Settings, a page a matter: where this register keeps the shop's data and whether others join in; printers and receipts; taxes. */
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { Desk } from '../../parts/desk.tsx';
import { linkTo } from '../../parts/route.ts';
import { Printing } from './printing.tsx';
import { Taxes } from './taxes.tsx';
import { Storage } from './storage.tsx';
import './settings.css';

const PAGES = ['storage', 'printing', 'taxes'] as const;

const PAGE_OF: Readonly<Record<(typeof PAGES)[number], () => ReactNode>> = {
  storage: () => <Storage />,
  printing: () => <Printing />,
  taxes: () => <Taxes />,
};

export function Settings({ page }: { readonly page: string | null }): ReactNode {
  const { t } = useTranslation();
  const here = PAGES.find((one) => one === page) ?? 'storage';
  return (
    <Desk>
      <div className="settings">
        <nav className="side" aria-label={t('screen.settings')}>
          <ul>
            {PAGES.map((one) => (
              <li key={one}>
                <a href={linkTo('settings', one)} aria-current={one === here ? 'page' : undefined}>
                  {t(`${one}.title`)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <main className="page" tabIndex={0}>
          {PAGE_OF[here]()}
        </main>
      </div>
    </Desk>
  );
}
