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
  cheese: Beef,
  clothes: Shirt,
  coffee: Coffee,
  dairy: Milk,
  drinks: CupSoda,
  fish: Fish,
  flowers: Flower2,
  frozen: Snowflake,
  gift: Gift,
  health: Pill,
  home: Droplet,
  ice: IceCreamCone,
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
export function CategoryIcon({ name }: { readonly name: string | null }): ReactNode {
  const Icon = (name !== null && Object.hasOwn(ICONS, name) ? ICONS[name] : undefined) ?? Tag;
  return <Icon className="icon" aria-hidden />;
}

export const CATEGORY_ICONS: readonly string[] = Object.keys(ICONS);
