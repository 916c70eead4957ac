/** The shelves of the shop as tiles: favourites, what sold last, then every category of the first rank, with all that lies in it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Clock, Star } from 'lucide-react';
import { memo, useEffect, useMemo, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { rememberTiles } from '../../cart/known-tiles.ts';
import { categoryTree } from '../../parts/category-tree.ts';
import { CategoryIcon } from './category-icon.tsx';
import { shelfQuery } from './shelf-query.ts';

/** Enough for a shop's first screen of shelves. */
const SHELVES_AHEAD = 12;

interface Props {
  readonly chosen: string;
  readonly onChoose: (of: string) => void;
}

export const Categories = memo(function Categories({ chosen, onChoose }: Props): ReactNode {
  const { t } = useTranslation();
  const client = useQueryClient();
  const categories = useQuery({ queryKey: ['categories'], queryFn: ({ signal }) => call('listCategories', { signal }) });
  const rows = useMemo(() => categoryTree(categories.data?.rows ?? []).filter(({ depth }) => depth === 0), [categories.data]);
  useEffect(() => {
    // Looked at before anybody asks: a shelf opens at once, and a scan of what is on it shows before the register has answered.
    for (const { id } of rows.slice(0, SHELVES_AHEAD)) {
      void client.fetchQuery(shelfQuery(id)).then(
        (shelf) => rememberTiles(shelf.rows),
        () => {
          // Asked again, and said, when somebody opens that shelf.
        },
      );
    }
  }, [client, rows]);
  return (
    <nav className="cats" aria-label={t('sell.categories')}>
      <button type="button" className="cat" aria-pressed={chosen === 'favourites'} onClick={() => onChoose('favourites')}>
        <Star className="icon" aria-hidden />
        {t('sell.favourites')}
      </button>
      <button type="button" className="cat" aria-pressed={chosen === 'recent'} onClick={() => onChoose('recent')}>
        <Clock className="icon" aria-hidden />
        {t('sell.recent')}
      </button>
      {rows.map((category) => (
        <button key={category.id} type="button" className="cat" aria-pressed={chosen === category.id} onClick={() => onChoose(category.id)}>
          <CategoryIcon name={category.icon} />
          <bdi className="cat-name">{category.name}</bdi>
        </button>
      ))}
    </nav>
  );
});
