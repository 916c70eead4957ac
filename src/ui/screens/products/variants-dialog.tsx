/** Sizes and colours of a product: what there is, and more by their words. Each is edited as the product that it is. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Answer } from '../../../protocol/api/routes.ts';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useMoney } from '../../parts/register-context.ts';

interface Props {
  readonly product: Answer<'getProduct'>;
  readonly onClose: () => void;
}

export function VariantsDialog({ product, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const { amount } = useMoney();
  const [words, setWords] = useState('');
  const variants = useQuery({
    queryKey: ['tiles', 'variants', product.id],
    queryFn: ({ signal }) => call('tiles', { query: { of: `variants:${product.id}` }, signal }),
  });
  const add = useMutation({
    mutationFn: () =>
      call('addVariants', {
        params: { id: product.id },
        body: {
          words: words
            .split(/[,;]/)
            .map((word) => word.trim())
            .filter((word) => word !== ''),
        },
      }),
    onSuccess: async () => {
      setWords('');
      await Promise.all(['tiles', 'products', 'search'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })));
    },
  });
  return (
    <Dialog
      title={t('products.variants-of', { name: product.name })}
      onClose={onClose}
      onSubmit={() => {
        if (words.trim() !== '' && !add.isPending) add.mutate();
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.close')}
          </button>
          <button className="btn btn-primary" disabled={words.trim() === '' || add.isPending}>
            {t('products.add-variants')}
          </button>
        </>
      }
    >
      <Problem error={variants.error ?? add.error} />
      <ul className="price-list">
        {variants.data?.rows.map((row) => (
          <li key={row.id}>
            <bdi className="strong">{row.name}</bdi>
            <span className="num">{amount(row.priceMinor)}</span>
          </li>
        ))}
      </ul>
      <Field
        label={t('products.new-variants')}
        hint={t('products.variants-hint')}
        value={words}
        maxLength={500}
        onChange={(event) => setWords(event.target.value)}
      />
    </Dialog>
  );
}
