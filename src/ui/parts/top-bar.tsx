/** The bar over every screen behind the counter: where one is, where one can go, where the register stands, who is here. */
import type { ReactNode } from 'react';
import { useTranslation } from '../texts/texts.tsx';
import { AppMenu } from './app-menu.tsx';
import { Brand } from './brand.tsx';
import { useCan } from './register-context.ts';
import { linkTo, useRoute } from './route.ts';
import { SCREENS } from './screens.ts';
import { StatusButton } from './status-button.tsx';
import { UserButton } from './user-button.tsx';

export function TopBar(): ReactNode {
  const { t } = useTranslation();
  const [here] = useRoute();
  const can = useCan();
  return (
    <header className="topbar">
      <AppMenu className="topbar-menu" />
      <Brand />
      <nav className="nav" aria-label={t('menu.screens')}>
        {SCREENS.filter(({ right }) => right === null || can(right)).map(({ name }) => (
          <a key={name} href={linkTo(name)} aria-current={name === here ? 'page' : undefined}>
            {t(`screen.${name}`)}
          </a>
        ))}
      </nav>
      <span className="grow topbar-menu" />
      <StatusButton />
      <UserButton />
    </header>
  );
}
