/** Selling a voucher: for what it is worth, and whether its goods, and so its tax, are known already. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { call } from '../../api/call.ts';
import { cartStore } from '../../cart/cart-store.ts';
import { parseTyped } from '../../format/parse-typed.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useMoney } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';

export function SellVoucherDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { digits } = useMoney();
  const [value, setValue] = useState('');
  const [tax, setTax] = useState('');
  const [tried, setTried] = useState(false);
  const taxes = useQuery({ queryKey: ['taxes'], queryFn: ({ signal }) => call('listTaxCategories', { signal }) });
  const valueMinor = parseTyped(value, digits);
  const good = valueMinor !== null && valueMinor > 0;
  const sell = useMutation({
    mutationFn: (minor: number) =>
      cartStore.ask(() =>
        call('sellVoucher', {
          body: tax === '' ? { purpose: 'multi', valueMinor: minor } : { purpose: 'single', valueMinor: minor, taxCategory: tax },
        }),
      ),
    onSuccess: onClose,
  });
  return (
    <Dialog
      title={t('voucher.sell')}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (good && !sell.isPending) sell.mutate(valueMinor);
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={sell.isPending}>
            {t('sell.to-cart')}
          </button>
        </>
      }
    >
      <Field
        label={t('voucher.value')}
        className="num"
        inputMode="decimal"
        autoFocus
        value={value}
        onChange={(event) => setValue(event.target.value)}
        error={tried && !good ? t('voucher.no-value') : null}
      />
      <SelectField
        label={t('voucher.for')}
        hint={t(tax === '' ? 'voucher.multi-say' : 'voucher.single-say')}
        value={tax}
        onChange={(event) => setTax(event.target.value)}
      >
        <option value="">{t('voucher.for-anything')}</option>
        {taxes.data?.rows.map((row) => (
          <option key={row.id} value={row.id}>
            {t('voucher.for-tax', { tax: row.name })}
          </option>
        ))}
      </SelectField>
      <Problem error={sell.error ?? taxes.error} />
    </Dialog>
  );
}
