/** One of several: those that carry the scanned code (To check names them to the owner), or the sizes and colours of a product. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import type { Tile } from '../../cart/preview.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useMoney } from '../../parts/register-context.ts';

interface Props {
  /** What was scanned, or the product whose variants are to be chosen from. */
  readonly among: string | Tile;
  readonly onChoose: (tile: Tile) => void;
  readonly onClose: () => void;
}

export function ChooseProduct({ among, onChoose, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const { amount } = useMoney();
  const found = useQuery({
    queryKey: typeof among === 'string' ? ['search', among] : ['tiles', 'variants', among.id],
    queryFn: ({ signal }) =>
      typeof among === 'string'
        ? call('quickSearch', { query: { q: among }, signal })
        : call('tiles', { query: { of: `variants:${among.id}` }, signal }),
  });
  return (
    <Dialog
      title={typeof among === 'string' ? t('sell.which-one', { code: among }) : among.name}
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
