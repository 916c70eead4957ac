/** The screens by name, in the order of the menu, and the right each asks for. */
import {
  Banknote,
  Boxes,
  ChartColumn,
  CircleCheck,
  LifeBuoy,
  Package,
  ReceiptText,
  Settings,
  ShoppingBasket,
  Store,
  UserRound,
  Users,
  type LucideIcon,
} from 'lucide-react';
import type { Right } from '../../domain/rights.ts';

export interface ScreenEntry {
  readonly name:
    | 'sell'
    | 'sales'
    | 'cash'
    | 'products'
    | 'stock'
    | 'reports'
    | 'customers'
    | 'registers'
    | 'users'
    | 'to-check'
    | 'settings'
    | 'help';
  readonly right: Right | null;
  readonly icon: LucideIcon;
}

export const SCREENS: readonly ScreenEntry[] = [
  { name: 'sell', right: 'sell', icon: ShoppingBasket },
  { name: 'sales', right: 'history', icon: ReceiptText },
  { name: 'cash', right: 'shift', icon: Banknote },
  { name: 'products', right: null, icon: Package },
  { name: 'stock', right: 'stock', icon: Boxes },
  { name: 'reports', right: 'reports', icon: ChartColumn },
  { name: 'customers', right: 'customers', icon: UserRound },
  { name: 'registers', right: null, icon: Store },
  { name: 'users', right: 'users', icon: Users },
  { name: 'to-check', right: 'to-check', icon: CircleCheck },
  { name: 'settings', right: null, icon: Settings },
  { name: 'help', right: null, icon: LifeBuoy },
];
