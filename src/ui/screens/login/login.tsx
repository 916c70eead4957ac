/** Who is here: a PIN, nothing else. */
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { Brand } from '../../parts/brand.tsx';
import { LogInForm } from '../../parts/pin-form.tsx';
import type { RegisterState } from '../../parts/register-context.ts';
import './login.css';

export function Login({ state }: { readonly state: RegisterState }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="login">
      <header className="topbar">
        <Brand />
        <span className="grow" />
        {state.register === null ? null : (
          <p className="soft login-where">
            <bdi>{state.register.name}</bdi> <span className="badge num">{state.register.code}</span>
          </p>
        )}
      </header>
      <main className="login-ask">
        <h1>
          <bdi>{state.shop?.name ?? 'AuraPOS'}</bdi>
        </h1>
        <p className="soft">{t('login.hint')}</p>
        <LogInForm />
      </main>
    </div>
  );
}
