/**
 * Settings, a page a matter, found by searching: a search looks through the titles of the pages and every label on them, in the language of
 * the screen.
 */
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { Desk } from '../../parts/desk.tsx';
import { linkTo } from '../../parts/route.ts';
import { SearchField } from '../../parts/search-field.tsx';
import { findPages, type PageTexts } from './find-pages.ts';
import { Backups } from './backups.tsx';
import { Printing } from './printing.tsx';
import { Taxes } from './taxes.tsx';
import { Fiscal } from './fiscal.tsx';
import { Selling } from './selling.tsx';
import { Storage } from './storage.tsx';
import { Terminal } from './terminal.tsx';
import { Vouchers } from './vouchers.tsx';
import './settings.css';

const PAGES = {
  storage: Storage,
  backups: Backups,
  selling: Selling,
  printing: Printing,
  taxes: Taxes,
  terminal: Terminal,
  vouchers: Vouchers,
  fiscal: Fiscal,
} as const;

type PageName = keyof typeof PAGES;

const NAMES = Object.keys(PAGES).filter((name) => isPage(name));

export function Settings({ page }: { readonly page: string | null }): ReactNode {
  const { t } = useTranslation();
  const here = isPage(page) ? page : null;
  const Page = PAGES[here ?? 'storage'];
  return (
    <Desk>
      <div className={here === null ? 'settings' : 'settings settings-one'}>
        <PageMenu here={here ?? 'storage'} />
        <main className="page" tabIndex={0}>
          <a className="btn settings-back" href={linkTo('settings')}>
            {t('settings.all')}
          </a>
          <Page />
        </main>
      </div>
    </Desk>
  );
}

function PageMenu({ here }: { readonly here: PageName }): ReactNode {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const texts = useLabels();
  const found = findPages(texts, search);
  return (
    <nav className="side" aria-label={t('screen.settings')}>
      <SearchField label={t('settings.search')} value={search} onChange={setSearch} />
      {found.length === 0 ? <p className="soft">{t('settings.none-found')}</p> : null}
      <ul>
        {found.map(({ page, title, labels }) => (
          <li key={page}>
            <a href={linkTo('settings', page)} aria-current={page === here ? 'page' : undefined}>
              <span>
                {title}
                {labels.length === 0 ? null : <span className="soft small settings-found">{labels.join(' · ')}</span>}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** What stands on each page: the texts under its name, and the names of the settings on it. */
function useLabels(): readonly PageTexts[] {
  const { t, i18n } = useTranslation();
  const textsUnder = (key: string): readonly string[] => {
    const texts: unknown = i18n.getResource(i18n.language.slice(0, 2), 'translation', key);
    return typeof texts === 'object' && texts !== null ? Object.values(texts).filter((text) => typeof text === 'string') : [];
  };
  return NAMES.map((page) => ({
    page,
    title: t(`${page}.title`),
    labels: [...textsUnder(page), ...(page === 'selling' ? SELLING.map((key) => t(`setting.${key}`)) : [])],
  }));
}

const SELLING = ['pricesIncludeTax', 'eatIn', 'ageChecks', 'voidReason', 'blindCount', 'dayEndsAt'] as const;

function isPage(page: string | null): page is PageName {
  return page !== null && Object.hasOwn(PAGES, page);
}
