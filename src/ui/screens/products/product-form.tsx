/** One product, new or edited. What the fields hold stays there when the register refuses. Hiding keeps all history. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer, BodyInput } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { categoryTree, indented } from '../../parts/category-tree.ts';
import { quantity, rate, typedAmount } from '../../format/format.ts';
import { parseTyped } from '../../format/parse-typed.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { EditHistory } from '../../parts/edit-history.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { ProductPicker } from '../../parts/product-picker.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';
import { ImageField } from './image-field.tsx';
import { PricesDialog } from './prices-dialog.tsx';
import { VariantsDialog } from './variants-dialog.tsx';

type Product = Answer<'getProduct'>;

interface Props {
  readonly product: Product | null;
  /** The code of a new product that was just scanned. */
  readonly code?: string;
  readonly onClose: () => void;
  readonly onSaved?: (product: Product) => void;
}

/** Ages that laws of European countries know. */
const AGES = ['14', '16', '18', '20', '21'];
const UNITS = ['each', 'kg', 'l', 'm'] as const;

interface Fields {
  readonly name: string;
  readonly price: string;
  readonly codes: string;
  readonly category: string;
  readonly newCategory: string;
  readonly taxCategory: string;
  readonly cost: string;
  readonly unit: Product['unit'];
  readonly content: string;
  readonly contentUnit: string;
  readonly minimumAge: string;
  readonly stockMinimum: string;
  readonly depositProduct: string | null;
  readonly favourite: boolean;
  readonly image: string | null;
}

const NEW_CATEGORY = 'new';

export function ProductForm({ product, code = '', onClose, onSaved }: Props): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { currency, digits } = useMoney();
  const [fields, setFields] = useState<Fields>(() => {
    const typed = (minor: number | null | undefined): string =>
      minor === null || minor === undefined ? '' : typedAmount(minor, currency, locale);
    return {
      name: product?.name ?? '',
      price: typed(product?.regularPriceMinor),
      codes: product?.codes.join(' ') ?? code,
      category: product?.category?.id ?? '',
      newCategory: '',
      taxCategory: product?.taxCategory?.id ?? '',
      cost: typed(product?.costMinor),
      unit: product?.unit ?? 'each',
      content: product?.netContentMilli === null || product === null ? '' : quantity(product.netContentMilli, locale),
      contentUnit: product?.contentUnit ?? '',
      minimumAge: product?.minimumAge === null || product === null ? '' : String(product.minimumAge),
      stockMinimum: typeof product?.stockMinimumMilli === 'number' ? quantity(product.stockMinimumMilli, locale) : '',
      depositProduct: product?.depositProduct ?? null,
      favourite: product?.favourite ?? false,
      image: product?.image ?? null,
    };
  });
  const [tried, setTried] = useState(false);
  const [beside, setBeside] = useState<'prices' | 'variants' | 'history' | null>(null);
  const priceMinor = parseTyped(fields.price, digits);
  const costMinor = fields.cost.trim() === '' ? null : parseTyped(fields.cost, digits);
  const contentMilli = fields.content.trim() === '' ? null : parseTyped(fields.content, 3);
  const minimumMilli = fields.stockMinimum.trim() === '' ? null : parseTyped(fields.stockMinimum, 3);
  const wrong = {
    stockMinimum: fields.stockMinimum.trim() !== '' && (minimumMilli === null || minimumMilli < 0),
    name: fields.name.trim() === '',
    price: priceMinor === null || priceMinor < 0,
    cost: fields.cost.trim() !== '' && (costMinor === null || costMinor < 0),
    content: fields.content.trim() !== '' && (contentMilli === null || contentMilli <= 0),
    newCategory: fields.category === NEW_CATEGORY && fields.newCategory.trim() === '',
  };
  const save = useMutation({
    mutationFn: async (active: boolean) => {
      const category = await categoryOf(fields);
      const body: BodyInput<'addProduct'> = {
        name: fields.name.trim(),
        priceMinor: priceMinor ?? 0,
        codes: fields.codes.split(/[\s,;]+/).filter((one) => one !== ''),
        category,
        costMinor,
        unit: fields.unit,
        netContentMilli: contentMilli,
        contentUnit: contentMilli === null ? null : fields.contentUnit.trim(),
        minimumAge: fields.minimumAge === '' ? null : Number(fields.minimumAge),
        stockMinimumMilli: minimumMilli,
        depositProduct: fields.depositProduct,
        favourite: fields.favourite,
        image: fields.image,
        ...(fields.taxCategory === '' ? {} : { taxCategory: fields.taxCategory }),
      };
      return product === null
        ? call('addProduct', { body })
        : call('editProduct', { params: { id: product.id }, body: { ...body, active } });
    },
    onSuccess: async (saved) => {
      onSaved?.(saved);
      onClose();
      await Promise.all(['products', 'tiles', 'search', 'categories'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })));
    },
  });
  const submit = (): void => {
    setTried(true);
    if (!Object.values(wrong).includes(true) && !save.isPending) save.mutate(product?.active ?? true);
  };
  const set = (part: Partial<Fields>): void => setFields((before) => ({ ...before, ...part }));

  return (
    <>
      <Dialog
        wide
        title={product === null ? t('products.new') : product.name}
        onClose={onClose}
        onSubmit={submit}
        actions={
          <>
            {product === null ? null : (
              <>
                <button type="button" className="btn first" disabled={save.isPending} onClick={() => save.mutate(!product.active)}>
                  {product.active ? t('products.hide') : t('products.show')}
                </button>
                <button type="button" className="btn" onClick={() => setBeside('prices')}>
                  {t('products.prices')}
                </button>
                <button type="button" className="btn" onClick={() => setBeside('history')}>
                  {t('edit.open')}
                </button>
                {product.variantOf === null ? (
                  <button type="button" className="btn" onClick={() => setBeside('variants')}>
                    {t('products.variants')}
                  </button>
                ) : null}
              </>
            )}
            <button type="button" className="btn" onClick={onClose}>
              {t('do.cancel')}
            </button>
            <button className="btn btn-primary">{t('do.save')}</button>
          </>
        }
      >
        <Problem error={save.error} />
        <Field
          label={t('products.name')}
          value={fields.name}
          maxLength={200}
          autoFocus
          onChange={(event) => set({ name: event.target.value })}
          error={tried && wrong.name ? t('products.needs-name') : null}
        />
        <div className="two">
          <Field
            label={t('products.price')}
            className="num"
            inputMode="decimal"
            value={fields.price}
            onChange={(event) => set({ price: event.target.value })}
            error={
              !tried || !wrong.price
                ? null
                : fields.price.trim() === ''
                  ? t('products.needs-price')
                  : t('products.not-a-price', { text: fields.price, like: typedAmount(12.5 * 10 ** digits, currency, locale) })
            }
          />
          <SelectField
            label={t('products.unit')}
            value={fields.unit}
            onChange={(event) => set({ unit: event.target.value as Product['unit'] })}
          >
            {UNITS.map((unit) => (
              <option key={unit} value={unit}>
                {t(`unit.per-${unit}`)}
              </option>
            ))}
          </SelectField>
        </div>
        <Field
          label={t('products.codes')}
          hint={t('products.codes-hint')}
          className="code"
          value={fields.codes}
          onChange={(event) => set({ codes: event.target.value })}
          onKeyDown={(event) => {
            // A scanner ends with Enter: that is the end of the code, not of the form.
            if (event.key !== 'Enter') return;
            event.preventDefault();
            set({ codes: `${fields.codes.trim()} ` });
          }}
        />
        <div className="two">
          <CategoryField fields={fields} set={set} wrong={tried && wrong.newCategory} />
          <TaxField value={fields.taxCategory} onChange={(taxCategory) => set({ taxCategory })} />
        </div>
        <div className="two">
          <div className="two">
            <Field
              label={t('products.content')}
              className="num"
              inputMode="decimal"
              value={fields.content}
              onChange={(event) => set({ content: event.target.value })}
              error={tried && wrong.content ? t('products.not-a-content', { text: fields.content }) : null}
            />
            <Field
              label={t('products.content-unit')}
              placeholder="g"
              maxLength={10}
              value={fields.contentUnit}
              onChange={(event) => set({ contentUnit: event.target.value })}
            />
          </div>
          <Field
            label={t('products.cost')}
            className="num"
            inputMode="decimal"
            value={fields.cost}
            onChange={(event) => set({ cost: event.target.value })}
            error={
              tried && wrong.cost
                ? t('products.not-a-price', { text: fields.cost, like: typedAmount(12.5 * 10 ** digits, currency, locale) })
                : null
            }
          />
        </div>
        <div className="two">
          <ProductPicker
            label={t('products.deposit')}
            hint={t('products.deposit-hint')}
            value={fields.depositProduct}
            onChange={(depositProduct) => set({ depositProduct })}
          />
          <div className="two">
            <Field
              label={t('products.minimum')}
              className="num"
              inputMode="decimal"
              value={fields.stockMinimum}
              onChange={(event) => set({ stockMinimum: event.target.value })}
              error={tried && wrong.stockMinimum ? t('sell.not-a-quantity', { text: fields.stockMinimum }) : null}
            />
            <SelectField label={t('products.age')} value={fields.minimumAge} onChange={(event) => set({ minimumAge: event.target.value })}>
              <option value="">{t('products.any-age')}</option>
              {AGES.map((age) => (
                <option key={age} value={age}>
                  {t('products.from-age', { age })}
                </option>
              ))}
            </SelectField>
          </div>
        </div>
        <ImageField image={fields.image} onChange={(image) => set({ image })} />
        <label className="check">
          <input type="checkbox" checked={fields.favourite} onChange={(event) => set({ favourite: event.target.checked })} />
          {t('products.favourite')}
        </label>
      </Dialog>
      {product !== null && beside === 'prices' ? <PricesDialog product={product} onClose={() => setBeside(null)} /> : null}
      {product !== null && beside === 'history' ? (
        <Dialog
          wide
          title={product.name}
          onClose={() => setBeside(null)}
          actions={
            <button type="button" className="btn" onClick={() => setBeside(null)}>
              {t('do.close')}
            </button>
          }
        >
          <EditHistory of="product" id={product.id} />
        </Dialog>
      ) : null}
      {product !== null && beside === 'variants' ? <VariantsDialog product={product} onClose={() => setBeside(null)} /> : null}
    </>
  );
}

async function categoryOf(fields: Fields): Promise<string | null> {
  if (fields.category === '') return null;
  if (fields.category !== NEW_CATEGORY) return fields.category;
  return (await call('addCategory', { body: { name: fields.newCategory.trim() } })).id;
}

interface CategoryProps {
  readonly fields: Fields;
  readonly set: (part: Partial<Fields>) => void;
  readonly wrong: boolean;
}

function CategoryField({ fields, set, wrong }: CategoryProps): ReactNode {
  const { t } = useTranslation();
  const categories = useQuery({ queryKey: ['categories'], queryFn: ({ signal }) => call('listCategories', { signal }) });
  return (
    <>
      <SelectField label={t('products.category')} value={fields.category} onChange={(event) => set({ category: event.target.value })}>
        <option value="">{t('products.no-category')}</option>
        {categoryTree(categories.data?.rows ?? []).map((row) => (
          <option key={row.id} value={row.id}>
            {indented(row)}
          </option>
        ))}
        <option value={NEW_CATEGORY}>{t('products.new-category')}</option>
      </SelectField>
      {fields.category === NEW_CATEGORY ? (
        <Field
          label={t('products.new-category-name')}
          value={fields.newCategory}
          maxLength={200}
          onChange={(event) => set({ newCategory: event.target.value })}
          error={wrong ? t('products.needs-name') : null}
        />
      ) : null}
    </>
  );
}

function TaxField({ value, onChange }: { readonly value: string; readonly onChange: (id: string) => void }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const taxes = useQuery({ queryKey: ['taxes'], queryFn: ({ signal }) => call('listTaxCategories', { signal }) });
  return (
    <SelectField label={t('products.tax')} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">{t('products.usual-tax')}</option>
      {taxes.data?.rows.map((row) => (
        <option key={row.id} value={row.id}>
          {/\d/.test(row.name) ? row.name : `${row.name} (${rate(row.ratePpm, locale)})`}
        </option>
      ))}
    </SelectField>
  );
}
