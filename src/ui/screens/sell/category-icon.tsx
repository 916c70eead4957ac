import {
  Apple,
  Baby,
  Beef,
  Book,
  Candy,
  Carrot,
  Coffee,
  Croissant,
  CupSoda,
  Droplet,
  Fish,
  Flower2,
  Gift,
  IceCreamCone,
  Milk,
  Package,
  PawPrint,
  Pill,
  Shirt,
  ShoppingBag,
  Snowflake,
  Sparkles,
  Tag,
  Wheat,
  Wine,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';

const ICONS: Readonly<Record<string, LucideIcon>> = {
  apple: Apple,
  baby: Baby,
  bakery: Croissant,
  bag: ShoppingBag,
  book: Book,
  bread: Croissant,
  candy: Candy,
  clothes: Shirt,
  coffee: Coffee,
  dairy: Milk,
  drinks: CupSoda,
  fish: Fish,
  flowers: Flower2,
  frozen: Snowflake,
  gift: Gift,
  glass: CupSoda,
  health: Pill,
  home: Droplet,
  ice: IceCreamCone,
  jar: Wheat,
  meat: Beef,
  milk: Milk,
  pantry: Wheat,
  pets: PawPrint,
  produce: Apple,
  soap: Sparkles,
  vegetables: Carrot,
  wine: Wine,
  other: Package,
};

/** The picture of a category by the name its row holds; a tag where it holds none. */
/** Names to choose from, each picture once. */
export const CATEGORY_ICONS: readonly string[] = Object.keys(ICONS).filter(
  (name, at, names) => names.findIndex((other) => ICONS[other] === ICONS[name]) === at,
);

export function CategoryIcon({ name }: { readonly name: string | null }): ReactNode {
  if (name === 'cheese') return <Cheese />;
  const Icon = (name !== null && Object.hasOwn(ICONS, name) ? ICONS[name] : undefined) ?? Tag;
  return <Icon className="icon" aria-hidden />;
}

/** The one shelf that the icon set has no picture for. */
function Cheese(): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M3.5 14 14 5.5a6.5 6.5 0 0 1 6.5 6.5v7h-17zM3.5 14h17M8.5 16.5h.01M14 16.5h.01" />
    </svg>
  );
}
