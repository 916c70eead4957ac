/** Which screen: first launch, log-in, or the one the address names. Every screen behind the log-in gets the register as context. */
import { useQuery } from '@tanstack/react-query';
import { Suspense, useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from './texts/texts.tsx';
import { call } from './api/call.ts';
import { cartStore } from './cart/cart-store.ts';
import { setRegion } from './format/format.ts';
import { listen } from './live/events.ts';
import { queryClient } from './live/query-client.ts';
import { apart, fetchApart } from './parts/apart.ts';
import { GrantDialog } from './parts/grant-dialog.tsx';
import { NoRegister } from './parts/no-register.tsx';
import { RegisterContext, useCan, type RegisterState } from './parts/register-context.ts';
import { useRoute, type Route } from './parts/route.ts';
import { SCREENS } from './parts/screens.ts';
import { Login } from './screens/login/login.tsx';
import { Payment } from './screens/pay/payment.tsx';
import { Sell } from './screens/sell/sell.tsx';

const Cash = apart(async () => (await import('./screens/cash/cash.tsx')).Cash);
const Customers = apart(async () => (await import('./screens/customers/customers.tsx')).Customers);
const Diagnosis = apart(async () => (await import('./screens/help/diagnosis.tsx')).Diagnosis);
const Import = apart(async () => (await import('./screens/import/import.tsx')).Import);
const Products = apart(async () => (await import('./screens/products/products.tsx')).Products);
const Registers = apart(async () => (await import('./screens/registers/registers.tsx')).Registers);
const Reports = apart(async () => (await import('./screens/reports/reports.tsx')).Reports);
const Sales = apart(async () => (await import('./screens/sales/sales.tsx')).Sales);
const Settings = apart(async () => (await import('./screens/settings/settings.tsx')).Settings);
const Stock = apart(async () => (await import('./screens/stock/stock.tsx')).Stock);
const ToCheck = apart(async () => (await import('./screens/to-check/to-check.tsx')).ToCheck);
const Users = apart(async () => (await import('./screens/users/users.tsx')).Users);
const Wizard = apart(async () => (await import('./screens/wizard/wizard.tsx')).Wizard);

export function App(): ReactNode {
  const state = useQuery({ queryKey: ['state'], queryFn: ({ signal }) => call('getState', { signal }) });
  const { i18n } = useTranslation();
  const language = state.data?.setUp === true ? state.data.language : null;
  useEffect(() => {
    if (language !== null && language !== i18n.language) void i18n.changeLanguage(language);
  }, [i18n, language]);
  // The wizard stays until its last page was read, which comes after the register is set up.
  const [inWizard, setInWizard] = useState(false);
  if (state.data?.setUp === false && !inWizard) setInWizard(true);

  setRegion(state.data?.shop?.country ?? '');
  if (state.data === undefined) return state.isError ? <NoRegister error={state.error} onRetry={() => void state.refetch()} /> : null;
  if (inWizard)
    return (
      <Suspense>
        <Wizard onDone={() => setInWizard(false)} />
      </Suspense>
    );
  if (state.data.user === null) return <Login state={state.data} />;
  return <Signed state={state.data} />;
}

function Signed({ state }: { readonly state: RegisterState }): ReactNode {
  const route = useRoute();
  useEffect(() => {
    void cartStore.reload().catch(() => {
      // Said by whichever screen needs the cart.
    });
    const stop = listen(queryClient, cartStore);
    const fetching = requestIdleCallback(() => {
      fetchApart().catch(() => {
        // Fetched when asked for, then.
      });
    });
    return () => {
      cancelIdleCallback(fetching);
      stop();
      cartStore.forget();
    };
  }, []);
  return (
    <RegisterContext value={state}>
      <Suspense>
        <Screen route={route} />
      </Suspense>
      <GrantDialog />
    </RegisterContext>
  );
}

function Screen({ route: [name, id, ...more] }: { readonly route: Route }): ReactNode {
  const can = useCan();
  const right = SCREENS.find((screen) => screen.name === name)?.right ?? null;
  // Somebody else took over, who may not see what the last one looked at.
  if (right !== null && !can(right)) return <Sell />;
  switch (name) {
    case 'pay':
      return <Payment />;
    case 'sales':
      return <Sales chosen={id ?? null} />;
    case 'cash':
      return <Cash part={id === undefined ? [] : [id, ...more]} />;
    case 'products':
      return id === 'import' ? <Import /> : <Products />;
    case 'stock':
      return <Stock />;
    case 'reports':
      return <Reports />;
    case 'customers':
      return <Customers chosen={id ?? null} />;
    case 'users':
      return <Users chosen={id ?? null} />;
    case 'registers':
      return <Registers />;
    case 'settings':
      return <Settings page={id ?? null} />;
    case 'help':
      return <Diagnosis />;
    case 'to-check':
      return <ToCheck />;
    default:
      return <Sell />;
  }
}
