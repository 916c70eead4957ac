/** The way to the other screens, from the till and from a narrow page. */
import { Menu } from '@base-ui/react/menu';
import { Menu as MenuIcon } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { useTranslation } from '../texts/texts.tsx';
import { useCan } from './register-context.ts';
import { linkTo, useRoute } from './route.ts';
import { SCREENS } from './screens.ts';

export const AppMenu = memo(function AppMenu({ className = '' }: { readonly className?: string }): ReactNode {
  const { t } = useTranslation();
  const [here] = useRoute();
  const can = useCan();
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className={`btn btn-quiet btn-icon ${className}`} aria-label={t('menu.label')}>
        <MenuIcon className="icon" aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="menu-place" sideOffset={4} align="start">
          <Menu.Popup className="menu">
            {SCREENS.filter(({ right }) => right === null || can(right)).map(({ name, icon: Icon }) => (
              <Menu.LinkItem
                key={name}
                href={linkTo(name)}
                className="menu-item"
                aria-current={name === here ? 'page' : undefined}
                closeOnClick
              >
                <Icon className="icon" aria-hidden />
                {t(`screen.${name}`)}
              </Menu.LinkItem>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
});
