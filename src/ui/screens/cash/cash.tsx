/** Cash: the drawer of this register from its float to its close, and what days, months and years came to. */
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { Desk } from '../../parts/desk.tsx';
import { useCan } from '../../parts/register-context.ts';
import { linkTo, type Route } from '../../parts/route.ts';
import { Closings } from './closings.tsx';
import { Drawer } from './drawer.tsx';
import './cash.css';

/** `part` is what follows `cash` in the address. */
export function Cash({ part }: { readonly part: Route }): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  const [name, ...rest] = part;
  const closings = name === 'closings' && can('closing');
  const tabs = can('closing') ? (
    <nav className="tabs" aria-label={t('cash.parts')}>
      <a className="tab" href={linkTo('cash')} aria-current={closings ? undefined : 'page'}>
        {t('cash.drawer')}
      </a>
      <a className="tab" href={linkTo('cash', 'closings')} aria-current={closings ? 'page' : undefined}>
        {t('closing.title')}
      </a>
    </nav>
  ) : null;
  return <Desk>{closings ? <Closings tabs={tabs} part={rest} /> : <Drawer tabs={tabs} />}</Desk>;
}
