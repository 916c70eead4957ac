/** A demo shop of our own: a small grocer's shelf with categories, prices and codes for use inside a shop (GS1 prefix 20). */
import type { Id } from '../base/id.ts';
import { currencyDigits } from '../domain/money.ts';
import type { Unit } from '../domain/cart.ts';
import type { Draft } from '../store/journal.ts';
import { readTaxCategories } from '../store/queries/taxes.ts';
import type { Store } from '../store/store.ts';

type Goods = readonly [name: string, price: number, unit: Unit, content: string];

const SHELVES: readonly { readonly name: string; readonly icon: string; readonly goods: readonly Goods[] }[] = [
  {
    name: 'Bakery',
    icon: 'bread',
    goods: [
      ['Baguette', 1.45, 'each', '250 g'],
      ['Sourdough loaf', 4.6, 'each', '800 g'],
      ['Butter croissant', 1.35, 'each', ''],
      ['Rye bread, sliced', 2.85, 'each', '500 g'],
      ['Apple turnover', 2.1, 'each', ''],
    ],
  },
  {
    name: 'Dairy',
    icon: 'milk',
    goods: [
      ['Whole milk', 1.29, 'each', '1 l'],
      ['Oat drink', 2.19, 'each', '1 l'],
      ['Greek yoghurt', 3.15, 'each', '500 g'],
      ['Salted butter', 3.49, 'each', '250 g'],
      ['Free-range eggs', 4.29, 'each', ''],
    ],
  },
  {
    name: 'Cheese',
    icon: 'cheese',
    goods: [
      ['Mountain cheese', 24.9, 'kg', ''],
      ['Gouda, aged', 18.5, 'kg', ''],
      ['Feta', 3.95, 'each', '200 g'],
    ],
  },
  {
    name: 'Produce',
    icon: 'apple',
    goods: [
      ['Bananas', 1.99, 'kg', ''],
      ['Pears', 2.69, 'kg', ''],
      ['Vine tomatoes', 3.49, 'kg', ''],
      ['Avocado', 1.19, 'each', ''],
      ['Lemons', 0.45, 'each', ''],
    ],
  },
  {
    name: 'Drinks',
    icon: 'glass',
    goods: [
      ['Orange juice', 3.75, 'each', '50 cl'],
      ['Sparkling water', 0.95, 'each', '1 l'],
      ['Still water', 0.85, 'each', '1.5 l'],
      ['Lemonade', 2.4, 'each', '75 cl'],
    ],
  },
  {
    name: 'Coffee and tea',
    icon: 'coffee',
    goods: [
      ['Ground coffee', 8.95, 'each', '250 g'],
      ['Espresso beans', 14.5, 'each', '500 g'],
      ['Earl Grey tea', 3.6, 'each', ''],
    ],
  },
  {
    name: 'Pantry',
    icon: 'jar',
    goods: [
      ['Dark chocolate', 2.45, 'each', '100 g'],
      ['Olive oil', 9.9, 'each', '75 cl'],
      ['Basmati rice', 3.29, 'each', '1 kg'],
      ['Spaghetti', 1.75, 'each', '500 g'],
      ['Tomato passata', 1.59, 'each', '690 g'],
      ['Acacia honey', 6.8, 'each', '350 g'],
    ],
  },
  {
    name: 'Home',
    icon: 'home',
    goods: [
      ['Paper bag', 0.25, 'each', ''],
      ['Candles', 4.5, 'each', ''],
      ['Dish soap', 2.95, 'each', '500 ml'],
    ],
  },
];

/** Adds shelves and goods to the draft; the taxes of the shop must stand in the store already. */
export function addDemoCatalogue(draft: Draft, store: Store, currency: string): void {
  const unit = 10 ** currencyDigits(currency);
  const taxes = readTaxCategories(store.db, store.clock.nowMs());
  // Food stands at the lowest rate above nothing in most countries; soap and candles at the usual one.
  const reduced = taxes.filter(({ ratePpm }) => ratePpm > 0).at(-1) ?? taxes[0];
  let number = 1;
  SHELVES.forEach((shelf, position) => {
    const category = draft.create('category', { name: shelf.name, icon: shelf.icon, position });
    shelf.goods.forEach((goods, at) =>
      addGoods(draft, goods, {
        category,
        tax: (shelf.name === 'Home' ? taxes[0] : reduced)?.id ?? null,
        unit,
        number: number++,
        favourite: at < 3,
      }),
    );
  });
}

function addGoods(
  draft: Draft,
  goods: Goods,
  place: { category: Id; tax: Id | null; unit: number; number: number; favourite: boolean },
): void {
  const [name, price, unit, content] = goods;
  const [amount, contentUnit] = content.split(' ');
  const product = draft.create('product', {
    name,
    category: place.category,
    price_minor: Math.round(price * place.unit),
    price_includes_tax: true,
    tax_category: place.tax,
    unit,
    ...(contentUnit === undefined ? {} : { net_content_milli: Math.round(Number(amount) * 1000), content_unit: contentUnit }),
    favourite: place.favourite,
    position: place.number,
    track_stock: true,
    active: true,
  });
  draft.create('product_barcode', { product, code: shopCode(place.number) });
}

/** EAN-13 of GS1's prefix 20, which every shop may give out within its own walls. */
export function shopCode(number: number): string {
  const digits = `20${String(number).padStart(10, '0')}`;
  const sum = Array.from(digits, Number).reduce((total, digit, at) => total + digit * (at % 2 === 0 ? 1 : 3), 0);
  return digits + String((10 - (sum % 10)) % 10);
}
