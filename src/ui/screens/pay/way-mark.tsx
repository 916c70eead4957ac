import { Banknote, CreditCard, NotebookText, Ticket, Wallet, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Method } from './given.ts';

const ICONS: Readonly<Record<Method['kind'], LucideIcon>> = {
  cash: Banknote,
  card: CreditCard,
  voucher: Ticket,
  account: NotebookText,
  other: Wallet,
};

/** The sign of a way to pay. */
export function WayMark({ kind }: { readonly kind: Method['kind'] }): ReactNode {
  const Icon = ICONS[kind];
  return <Icon className="icon" aria-hidden />;
}
