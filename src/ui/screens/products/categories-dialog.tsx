/** The shop's categories: named, put into each other, ordered, and removed when nothing lies in them. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { count } from '../../format/format.ts';
import { queryClient } from '../../live/query-client.ts';
import { categoryTree, indented, type Category, type Shelf } from '../../parts/category-tree.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale } from '../../parts/register-context.ts';
import { CATEGORY_ICONS, CategoryIcon } from '../sell/category-icon.tsx';

export function CategoriesDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const [edited, setEdited] = useState<Category | 'new' | null>(null);
  const categories = useQuery({ queryKey: ['categories'], queryFn: ({ signal }) => call('listCategories', { signal }) });
  const shelves = categoryTree(categories.data?.rows ?? []);
  return (
    <>
      <Dialog
        title={t('products.categories')}
        onClose={onClose}
        actions={
          <>
            <button type="button" className="btn first" onClick={() => setEdited('new')}>
              {t('products.add-category')}
            </button>
            <button type="button" className="btn btn-primary" onClick={onClose}>
              {t('do.close')}
            </button>
          </>
        }
      >
        <Problem error={categories.error} />
        <ul className="category-list">
          {shelves.map((shelf) => (
            <li key={shelf.id}>
              <button type="button" className="row row-button" onClick={() => setEdited(shelf)}>
                <span className="shelf" style={{ paddingInlineStart: `${shelf.depth * 1.5}rem` }}>
                  <CategoryIcon name={shelf.icon} />
                  <bdi className="strong">{shelf.name}</bdi>
                </span>
                <span className="soft num">{count(shelf.products, locale)}</span>
              </button>
            </li>
          ))}
        </ul>
      </Dialog>
      {edited === null ? null : (
        <CategoryForm category={edited === 'new' ? null : edited} shelves={shelves} onClose={() => setEdited(null)} />
      )}
    </>
  );
}

interface FormProps {
  readonly category: Category | null;
  readonly shelves: readonly Shelf[];
  readonly onClose: () => void;
}

/** Places between two neighbours: enough to move one without moving all. */
const STEP = 10;

function CategoryForm({ category, shelves, onClose }: FormProps): ReactNode {
  const { t } = useTranslation();
  const [name, setName] = useState(category?.name ?? '');
  const [parent, setParent] = useState<string>(category?.parent ?? '');
  const [icon, setIcon] = useState(category?.icon ?? '');
  const [place, setPlace] = useState(String(Math.round((category?.position ?? shelves.length * STEP) / STEP)));
  const [tried, setTried] = useState(false);
  const done = async (): Promise<void> => {
    await Promise.all(['categories', 'tiles', 'products', 'departments'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
    onClose();
  };
  const save = useMutation({
    mutationFn: async () => {
      const body = {
        name: name.trim(),
        parent: parent === '' ? null : parent,
        icon: icon === '' ? null : icon,
        position: Math.max(0, Math.round(Number(place) || 0)) * STEP,
      };
      if (category === null) await call('addCategory', { body });
      else await call('editCategory', { params: { id: category.id }, body });
    },
    onSuccess: done,
  });
  const remove = useMutation({
    mutationFn: (id: string) => call('removeCategory', { params: { id } }),
    onSuccess: done,
  });
  const isEmpty = category !== null && category.products === 0 && !shelves.some((shelf) => shelf.parent === category.id);
  return (
    <Dialog
      title={category === null ? t('products.add-category') : category.name}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (name.trim() !== '' && !save.isPending) save.mutate();
      }}
      actions={
        <>
          {category !== null && isEmpty ? (
            <button type="button" className="btn first" disabled={remove.isPending} onClick={() => remove.mutate(category.id)}>
              {t('products.remove-category')}
            </button>
          ) : null}
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary">{t('do.save')}</button>
        </>
      }
    >
      <Problem error={save.error ?? remove.error} />
      <Field
        label={t('products.name')}
        value={name}
        maxLength={200}
        autoFocus
        onChange={(event) => setName(event.target.value)}
        error={tried && name.trim() === '' ? t('products.needs-name') : null}
      />
      <SelectField label={t('products.lies-in')} value={parent} onChange={(event) => setParent(event.target.value)}>
        <option value="">{t('products.first-rank')}</option>
        {shelves
          .filter(({ id }) => id !== category?.id)
          .map((shelf) => (
            <option key={shelf.id} value={shelf.id}>
              {indented(shelf)}
            </option>
          ))}
      </SelectField>
      <Field
        label={t('products.place')}
        className="num"
        inputMode="numeric"
        value={place}
        onChange={(event) => setPlace(event.target.value)}
      />
      <div className="icon-choice" role="group" aria-label={t('products.icon')}>
        {CATEGORY_ICONS.map((one, at) => (
          <button
            key={one}
            type="button"
            className="btn btn-icon"
            aria-pressed={icon === one}
            aria-label={t('products.icon-number', { number: String(at + 1) })}
            onClick={() => setIcon(icon === one ? '' : one)}
          >
            <CategoryIcon name={one} />
          </button>
        ))}
      </div>
    </Dialog>
  );
}
