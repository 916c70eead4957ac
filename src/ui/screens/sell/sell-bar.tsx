/** The till's top bar: menu, search, number pad, where it stands, who is here. */
import { Grip, Search } from 'lucide-react';
import { memo, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { AppMenu } from '../../parts/app-menu.tsx';
import { StatusButton } from '../../parts/status-button.tsx';
import { UserButton } from '../../parts/user-button.tsx';

interface Props {
  readonly search: string;
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onSearch: (text: string) => void;
  readonly onKey: (event: KeyboardEvent<HTMLInputElement>) => void;
  readonly padOpen: boolean;
  readonly onPad: () => void;
}

export const SellBar = memo(function SellBar({ search, field, onSearch, onKey, padOpen, onPad }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <header className="topbar">
      <AppMenu />
      <div className="search">
        <Search className="icon" aria-hidden />
        <input
          ref={field}
          className="input"
          type="search"
          data-scan=""
          enterKeyHint="done"
          aria-label={t('sell.search')}
          placeholder={t('sell.search-by')}
          autoComplete="off"
          value={search}
          onChange={(event) => onSearch(event.target.value)}
          onKeyDown={onKey}
        />
        <kbd aria-hidden="true">/</kbd>
      </div>
      <button
        type="button"
        className="btn btn-quiet btn-icon number-pad"
        aria-label={t('pad.label')}
        aria-pressed={padOpen}
        onClick={onPad}
      >
        <Grip className="icon" aria-hidden />
      </button>
      <span className="grow topbar-menu" />
      <StatusButton />
      <UserButton />
    </header>
  );
});
