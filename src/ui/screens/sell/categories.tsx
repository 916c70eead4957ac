/** The shelves of the shop as tiles: favourites, what sold last, then every category. */
import { useQuery } from '@tanstack/react-query';
import { Clock, Star } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/call.ts';
import { CategoryIcon } from './category-icon.tsx';

interface Props {
  readonly chosen: string;
  readonly onChoose: (of: string) => void;
}

export const Categories = memo(function Categories({ chosen, onChoose }: Props): ReactNode {
  const { t } = useTranslation();
  const categories = useQuery({ queryKey: ['categories'], queryFn: ({ signal }) => call('listCategories', { signal }) });
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
      {categories.data?.rows.map((category) => (
        <button key={category.id} type="button" className="cat" aria-pressed={chosen === category.id} onClick={() => onChoose(category.id)}>
          <CategoryIcon name={category.icon} />
          <bdi className="cat-name">{category.name}</bdi>
        </button>
      ))}
    </nav>
  );
});
