/** What just went wrong in the cart, beside it: an unknown code, a refusal. Gone with the next scan. */
import { ScanBarcode, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan } from '../../parts/register-context.ts';

/** An unknown code, and how many of it were meant. */
export interface UnknownCode {
  readonly code: string;
  readonly quantityMilli: number;
}
export type Notice = ({ readonly kind: 'unknown' } & UnknownCode) | { readonly kind: 'error'; readonly error: unknown };

interface Props {
  readonly notice: Notice | null;
  readonly onAdd: (unknown: UnknownCode) => void;
  readonly onDepartment: (unknown: UnknownCode) => void;
  readonly onClose: () => void;
}

export function NoticeStrip({ notice, onAdd, onDepartment, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  if (notice === null) return null;
  const close = (
    <button type="button" className="btn btn-quiet btn-icon" aria-label={t('do.close')} onClick={onClose}>
      <X className="icon" aria-hidden />
    </button>
  );
  if (notice.kind === 'error') {
    return (
      <div className="notice">
        <Problem error={notice.error} />
        {close}
      </div>
    );
  }
  return (
    <div className="notice notice-bad" role="alert">
      <ScanBarcode className="icon" aria-hidden />
      <p>
        <span className="strong">{t('sell.unknown-code')}</span>
        <br />
        <span className="code">{notice.code}</span>
      </p>
      {close}
      <div className="notice-ways">
        <button type="button" className="btn" onClick={() => onDepartment(notice)}>
          {t('sell.at-a-price')}
        </button>
        {can('products') ? (
          <button type="button" className="btn" onClick={() => onAdd(notice)}>
            {t('products.add')}
          </button>
        ) : null}
      </div>
    </div>
  );
}
