/** Digits of a PIN, typed or tapped. The figures never show. Enter or the key below sends them. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from '../texts/texts.tsx';
import { keepLogIn } from '../live/query-client.ts';
import { ApiError, call } from '../api/call.ts';
import { KeyPad } from './key-pad.tsx';
import { Problem } from './problem.tsx';

const LONGEST_PIN = 12;

interface Props {
  readonly label: string;
  /** What is done with the PIN; a refusal shows, and the next try begins empty. `name`: who of those who share it. */
  readonly onPin: (typed: { readonly pin: string; readonly name?: string }) => Promise<void>;
}

/** A PIN, by keys or by touch. */
export function PinForm({ label, onPin }: Props): ReactNode {
  const { t } = useTranslation();
  const [pin, setPin] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const login = useMutation({
    mutationFn: (name: string | null) => onPin(name === null ? { pin } : { pin, name }),
    onError: (error) => {
      if (whoShares(error).length > 0) return;
      setPin('');
      field.current?.focus();
    },
  });
  useEffect(() => {
    // What had the focus may be gone with the screen before: a figure that nobody takes is the PIN's.
    const listener = ({ key }: KeyboardEvent): void => {
      if (/^\d$/.test(key) && document.activeElement === document.body) field.current?.focus();
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
  const change = (next: string): void => {
    if (login.isError) login.reset();
    setPin(next.replace(/\D/g, '').slice(0, LONGEST_PIN));
  };
  return (
    <form
      className="pin"
      onSubmit={(event) => {
        event.preventDefault();
        if (pin !== '' && !login.isPending) login.mutate(null);
      }}
    >
      <input
        ref={field}
        className="input pin-figures"
        type="password"
        aria-label={t('login.pin')}
        // No keyboard of the system over our own keys; a real one still types.
        inputMode="none"
        autoComplete="off"
        autoFocus
        value={pin}
        onChange={(event) => change(event.target.value)}
      />
      <Problem error={login.error} />
      {whoShares(login.error).map((name) => (
        <button key={name} type="button" className="btn" onClick={() => login.mutate(name)}>
          {name}
        </button>
      ))}
      <KeyPad onKey={(key) => change(pin + key)} onErase={() => change(pin.slice(0, -1))} />
      <button className="btn btn-primary finish" disabled={pin === '' || login.isPending}>
        {label}
      </button>
    </form>
  );
}

/** Names of those who have one PIN, where that is why it was refused. */
function whoShares(error: unknown): string[] {
  return error instanceof ApiError && error.refusal.code === 'login.shared-pin' ? String(error.refusal.params['names']).split(' · ') : [];
}

/** Logs in whoever has this PIN, or changes user; the cart stays with the register. */
export function LogInForm({ onDone }: { readonly onDone?: () => void }): ReactNode {
  const { t } = useTranslation();
  const client = useQueryClient();
  const logIn: Props['onPin'] = async (typed) => {
    const state = await call('login', { body: typed });
    await keepLogIn(state);
    // What the last one was shown is not for the next.
    void client.resetQueries({ predicate: ({ queryKey: [name] }) => name !== 'state' });
    onDone?.();
  };
  return <PinForm label={t('login.enter')} onPin={logIn} />;
}
