import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { Dialog } from '../../parts/dialog.tsx';

const KEYS = [
  ['/', 'search'],
  ['3 *', 'times'],
  ['Enter', 'enter'],
  ['F4', 'hold'],
  ['F5', 'cash'],
  ['F6', 'card'],
  ['F9', 'pay'],
  ['↑ ↓', 'line'],
  ['+ −', 'more-less'],
  ['Delete', 'remove'],
  ['Ctrl Z', 'undo'],
  ['Esc', 'escape'],
  ['?', 'help'],
] as const;

/** Every key of the selling screen, on one sheet. */
export function Shortcuts({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog
      title={t('keys.title')}
      onClose={onClose}
      actions={
        <button type="button" className="btn btn-primary" onClick={onClose}>
          {t('do.close')}
        </button>
      }
    >
      <dl className="keys">
        {KEYS.map(([key, name]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((part) => (
                <kbd key={part}>{part}</kbd>
              ))}
            </dt>
            <dd>{t(`keys.${name}`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
