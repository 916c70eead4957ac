/** Settings, a page a matter: where this register keeps the shop's data and whether others join in; printers, taxes, terminal, vouchers. */
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { Desk } from '../../parts/desk.tsx';
import { linkTo } from '../../parts/route.ts';
import { Printing } from './printing.tsx';
import { Taxes } from './taxes.tsx';
import { Fiscal } from './fiscal.tsx';
import { Storage } from './storage.tsx';
import { Terminal } from './terminal.tsx';
import { Vouchers } from './vouchers.tsx';
import './settings.css';

const PAGES = {
  storage: Storage,
  printing: Printing,
  taxes: Taxes,
  terminal: Terminal,
  vouchers: Vouchers,
  fiscal: Fiscal,
} as const;

export function Settings({ page }: { readonly page: string | null }): ReactNode {
  const { t } = useTranslation();
  const here = isPage(page) ? page : 'storage';
  const Page = PAGES[here];
  return (
    <Desk>
      <div className="settings">
        <nav className="side" aria-label={t('screen.settings')}>
          <ul>
            {Object.keys(PAGES).map((one) => (
              <li key={one}>
                <a href={linkTo('settings', one)} aria-current={one === here ? 'page' : undefined}>
                  {t(`${one}.title`)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <main className="page" tabIndex={0}>
          <Page />
        </main>
      </div>
    </Desk>
  );
}

function isPage(page: string | null): page is keyof typeof PAGES {
  return page !== null && Object.hasOwn(PAGES, page);
}
