/** Goods whose code no product has: sold at a keyed price under a department, whose tax follows. The owner finds the code under To check. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { cartStore } from '../../cart/cart-store.ts';
import { typedAmount } from '../../format/format.ts';
import { parseTyped } from '../../format/parse-typed.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { KeyPad } from '../../parts/key-pad.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';
import { CategoryIcon } from './category-icon.tsx';
import './department.css';

interface Props {
  readonly code: string;
  readonly quantityMilli: number;
  readonly onClose: () => void;
  readonly onSold: () => void;
}

/** Like 12.50, in whatever decimals the currency has. */
const LIKE_MINOR = 1250;

export function DepartmentDialog({ code, quantityMilli, onClose, onSold }: Props): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { currency, digits } = useMoney();
  const [price, setPrice] = useState('');
  const [chosen, setChosen] = useState(0);
  const [tried, setTried] = useState(false);
  const departments = useQuery({ queryKey: ['departments'], queryFn: ({ signal }) => call('listDepartments', { signal }) });
  const priceMinor = parseTyped(price, digits);
  const department = departments.data?.rows[chosen];
  const notAPrice = t('products.not-a-price', { text: price, like: typedAmount(LIKE_MINOR, currency, locale) });
  const good = priceMinor !== null && priceMinor > 0;
  const sell = useMutation({
    mutationFn: ({ category, taxCategory }: NonNullable<typeof department>) =>
      cartStore.addDepartment({ code, category, taxCategory, priceMinor: priceMinor ?? 0, quantityMilli }),
    onSuccess: () => {
      onSold();
      onClose();
    },
  });
  return (
    <Dialog
      wide
      title={t('sell.department-title', { code })}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (good && department !== undefined && !sell.isPending) sell.mutate(department);
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={sell.isPending || department === undefined}>
            {t('sell.to-cart')}
          </button>
        </>
      }
    >
      <div className="two">
        <div className="department-price">
          <Field
            label={t('products.price')}
            className="num"
            inputMode="none"
            autoFocus
            value={price}
            onChange={(event) => setPrice(event.target.value)}
            error={tried && !good ? (price.trim() === '' ? t('products.needs-price') : notAPrice) : null}
          />
          <KeyPad
            onKey={(key) => setPrice(price + key)}
            onErase={() => setPrice(price.slice(0, -1))}
            corner={
              <button type="button" className="btn num" onClick={() => setPrice(`${price}.`)}>
                .
              </button>
            }
          />
        </div>
        <fieldset className="field departments">
          <legend>{t('sell.department')}</legend>
          {departments.data?.rows.map((row, at) => (
            <button
              key={row.category ?? row.taxCategory}
              type="button"
              className="btn"
              aria-pressed={at === chosen}
              onClick={() => setChosen(at)}
            >
              <CategoryIcon name={row.icon} />
              <bdi>{row.name}</bdi>
            </button>
          ))}
        </fieldset>
      </div>
      <Problem error={departments.error ?? sell.error} />
    </Dialog>
  );
}
