/** The register's program does not answer this page. */
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from '../texts/texts.tsx';
import { Brand } from './brand.tsx';
import { Problem } from './problem.tsx';

const TRY_AGAIN_MS = 1500;

export function NoRegister({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }): ReactNode {
  const { t } = useTranslation();
  useEffect(() => {
    const timer = window.setInterval(onRetry, TRY_AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [onRetry]);
  return (
    <main className="empty">
      <h1>
        <Brand />
      </h1>
      <Problem error={error} />
      <p className="soft">{t('no-register.trying')}</p>
    </main>
  );
}
