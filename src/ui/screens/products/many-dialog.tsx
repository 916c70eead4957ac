/** One change of all the products chosen. What is left as it is stays as it is in each of them. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { BodyInput } from '../../../protocol/api/routes.ts';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { categoryTree, indented } from '../../parts/category-tree.ts';
import { parseTyped } from '../../format/parse-typed.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Progress } from '../../parts/progress.tsx';

interface Props {
  readonly ids: readonly string[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Products a request, which one changeset holds. */
const AT_ONCE = 150;
const HUNDREDTH_PPM = 100;
const STEPS = ['1', '5', '10', '50', '100'];

export function ManyDialog({ ids, onClose, onDone }: Props): ReactNode {
  const { t } = useTranslation();
  const [category, setCategory] = useState('');
  const [tax, setTax] = useState('');
  const [percent, setPercent] = useState('');
  const [step, setStep] = useState('1');
  const [favourite, setFavourite] = useState('');
  const [shown, setShown] = useState('');
  const [done, setDone] = useState(0);
  const [tried, setTried] = useState(false);
  const categories = useQuery({ queryKey: ['categories'], queryFn: ({ signal }) => call('listCategories', { signal }) });
  const taxes = useQuery({ queryKey: ['taxes'], queryFn: ({ signal }) => call('listTaxCategories', { signal }) });
  const hundredths = percent.trim() === '' ? 0 : parseTyped(percent, 2);
  const wrong = hundredths === null || hundredths < -10_000 || hundredths > 100_000;
  const edit: Omit<BodyInput<'editProducts'>, 'ids'> = {
    ...(category === '' ? {} : { category: category === 'none' ? null : category }),
    ...(tax === '' ? {} : { taxCategory: tax }),
    ...(hundredths === null || hundredths === 0 ? {} : { priceChangePpm: hundredths * HUNDREDTH_PPM, priceStepMinor: Number(step) }),
    ...(favourite === '' ? {} : { favourite: favourite === 'yes' }),
    ...(shown === '' ? {} : { active: shown === 'yes' }),
  };
  const save = useMutation({
    mutationFn: async () => {
      // From where an earlier try stopped: nothing is done twice.
      for (let at = done; at < ids.length; at += AT_ONCE) {
        await call('editProducts', { body: { ids: ids.slice(at, at + AT_ONCE), ...edit } });
        setDone(Math.min(ids.length, at + AT_ONCE));
      }
    },
    onSuccess: async () => {
      await Promise.all(
        ['products', 'prices', 'tiles', 'search', 'categories'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })),
      );
      onDone();
    },
  });
  return (
    <Dialog
      title={t('products.edit-many', { count: ids.length })}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (!wrong && Object.keys(edit).length > 0 && !save.isPending) save.mutate();
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={save.isPending}>
            {t('do.save')}
          </button>
        </>
      }
    >
      <Problem error={save.error} />
      {save.isPending ? <Progress done={done} total={ids.length} label={t('products.edit-many', { count: ids.length })} /> : null}
      <div className="two">
        <SelectField label={t('products.category')} value={category} onChange={(event) => setCategory(event.target.value)}>
          <option value="">{t('products.as-it-is')}</option>
          <option value="none">{t('products.no-category')}</option>
          {categoryTree(categories.data?.rows ?? []).map((row) => (
            <option key={row.id} value={row.id}>
              {indented(row)}
            </option>
          ))}
        </SelectField>
        <SelectField label={t('products.tax')} value={tax} onChange={(event) => setTax(event.target.value)}>
          <option value="">{t('products.as-it-is')}</option>
          {taxes.data?.rows.map((row) => (
            <option key={row.id} value={row.id}>
              {row.name}
            </option>
          ))}
        </SelectField>
      </div>
      <div className="two">
        <Field
          label={t('products.dearer')}
          hint={t('products.dearer-hint')}
          className="num"
          inputMode="decimal"
          value={percent}
          onChange={(event) => setPercent(event.target.value)}
          error={tried && wrong ? t('products.not-a-percent', { text: percent }) : null}
        />
        <SelectField label={t('products.rounded-to')} value={step} onChange={(event) => setStep(event.target.value)}>
          {STEPS.map((one) => (
            <option key={one} value={one}>
              {one === '1' ? t('products.not-rounded') : t('products.rounded', { step: one })}
            </option>
          ))}
        </SelectField>
      </div>
      <div className="two">
        <SelectField label={t('sell.favourites')} value={favourite} onChange={(event) => setFavourite(event.target.value)}>
          <option value="">{t('products.as-it-is')}</option>
          <option value="yes">{t('products.yes')}</option>
          <option value="no">{t('products.no')}</option>
        </SelectField>
        <SelectField label={t('products.sold-here')} value={shown} onChange={(event) => setShown(event.target.value)}>
          <option value="">{t('products.as-it-is')}</option>
          <option value="yes">{t('products.yes')}</option>
          <option value="no">{t('products.no-hidden')}</option>
        </SelectField>
      </div>
    </Dialog>
  );
}
