/** Settings. Storage is the first: where this register keeps the shop's data, and whether others join in. */
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { Desk } from '../../parts/desk.tsx';
import { linkTo } from '../../parts/route.ts';
import { Storage } from './storage.tsx';
import './settings.css';

export function Settings(): ReactNode {
  const { t } = useTranslation();
  return (
    <Desk>
      <div className="settings">
        <nav className="side" aria-label={t('screen.settings')}>
          <ul>
            <li>
              <a href={linkTo('settings', 'storage')} aria-current="page">
                {t('storage.title')}
              </a>
            </li>
          </ul>
        </nav>
        <main className="page" tabIndex={0}>
          <Storage />
        </main>
      </div>
    </Desk>
  );
}
