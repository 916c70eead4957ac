/** Several products carry the scanned code: the one in the hand is chosen, and To check names it to the owner. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import type { Tile } from '../../cart/preview.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useMoney } from '../../parts/register-context.ts';

interface Props {
  readonly code: string;
  readonly onChoose: (tile: Tile) => void;
  readonly onClose: () => void;
}

export function ChooseProduct({ code, onChoose, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const { amount } = useMoney();
  const found = useQuery({ queryKey: ['search', code], queryFn: ({ signal }) => call('quickSearch', { query: { q: code }, signal }) });
  return (
    <Dialog
      title={t('sell.which-one', { code })}
      onClose={onClose}
      actions={
        <button type="button" className="btn" onClick={onClose}>
          {t('do.cancel')}
        </button>
      }
    >
      <Problem error={found.error} />
      <ul className="choose-list panel">
        {found.data?.rows.map((tile) => (
          <li key={tile.id}>
            <button type="button" className="row row-button" onClick={() => onChoose(tile)}>
              <span className="strong">
                <bdi>{tile.name}</bdi>
              </span>
              <span className="num">{amount(tile.priceMinor)}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
