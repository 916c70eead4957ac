/** A product's picture: chosen, shown small, taken away. It is kept as small as tiles show it. */
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { ProductImage } from '../../parts/product-image.tsx';
import { shrinkToPng } from '../../parts/shrink-to-png.ts';

const DOTS = { width: 160, height: 160 };

interface Props {
  readonly image: string | null;
  readonly onChange: (image: string | null) => void;
}

export function ImageField({ image, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  const keep = useMutation({
    mutationFn: async (file: File) => (await call('addImage', { body: { png: await shrinkToPng(file, DOTS) } })).id,
    onSuccess: onChange,
  });
  return (
    <div className="image-field">
      {image === null ? null : <ProductImage id={image} className="image-shown" />}
      <Field
        label={t('products.image')}
        type="file"
        accept="image/*"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file !== undefined) keep.mutate(file);
        }}
      />
      {image === null ? null : (
        <button type="button" className="btn" onClick={() => onChange(null)}>
          {t('products.no-image')}
        </button>
      )}
      <Problem error={keep.error} />
    </div>
  );
}
