/** Practice says so in a colour that is used for nothing else, with the way out. */
import { GraduationCap } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { call } from '../api/call.ts';
import { cartStore } from '../cart/cart-store.ts';
import type { Cart } from '../cart/preview.ts';
import { useTranslation } from '../texts/texts.tsx';
import { Problem } from './problem.tsx';

export function setTraining(training: boolean): Promise<Cart> {
  return cartStore.ask(() => call('setTraining', { body: { training } }));
}

export function TrainingBanner({ cart }: { readonly cart: Cart | null }): ReactNode {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<unknown>(null);
  if (cart?.training !== true) return null;
  return (
    <>
      <div className="banner banner-training" role="status">
        <GraduationCap className="icon" aria-hidden />
        <p>
          <span className="strong">{t('training.on')}</span> {t('training.say')}
        </p>
        <button type="button" className="btn" onClick={() => void setTraining(false).then(() => setProblem(null), setProblem)}>
          {t('training.end')}
        </button>
      </div>
      <Problem error={problem} />
    </>
  );
}
