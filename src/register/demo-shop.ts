/** A demo shop of our own: a small grocer's shelf with categories, prices and codes for use inside a shop (GS1 prefix 20). */
import type { Id } from '../base/id.ts';
import type { Language } from '../domain/language.ts';
import { currencyDigits } from '../domain/money.ts';
import type { Unit } from '../domain/cart.ts';
import type { Draft } from '../store/journal.ts';
import { readTaxCategories } from '../store/queries/taxes.ts';
import type { Store } from '../store/store.ts';

type Names = Readonly<Record<Language, string>>;
type Goods = readonly [name: Names, price: number, unit: Unit, content: string];

const SHELVES: readonly { readonly name: Names; readonly icon: string; readonly goods: readonly Goods[] }[] = [
  {
    name: { en: 'Bakery', fr: 'Boulangerie', nl: 'Bakkerij', de: 'Backwaren' },
    icon: 'bread',
    goods: [
      [{ en: 'Baguette', fr: 'Baguette', nl: 'Stokbrood', de: 'Baguette' }, 1.45, 'each', '250 g'],
      [{ en: 'Sourdough loaf', fr: 'Pain au levain', nl: 'Zuurdesembrood', de: 'Sauerteigbrot' }, 4.6, 'each', '800 g'],
      [{ en: 'Butter croissant', fr: 'Croissant au beurre', nl: 'Boterkoek', de: 'Buttercroissant' }, 1.35, 'each', ''],
      [
        { en: 'Rye bread, sliced', fr: 'Pain de seigle, tranché', nl: 'Roggebrood, gesneden', de: 'Roggenbrot, geschnitten' },
        2.85,
        'each',
        '500 g',
      ],
      [{ en: 'Apple turnover', fr: 'Chausson aux pommes', nl: 'Appelflap', de: 'Apfeltasche' }, 2.1, 'each', ''],
    ],
  },
  {
    name: { en: 'Dairy', fr: 'Crémerie', nl: 'Zuivel', de: 'Molkerei' },
    icon: 'milk',
    goods: [
      [{ en: 'Whole milk', fr: 'Lait entier', nl: 'Volle melk', de: 'Vollmilch' }, 1.29, 'each', '1 l'],
      [{ en: 'Oat drink', fr: 'Boisson à l’avoine', nl: 'Haverdrank', de: 'Haferdrink' }, 2.19, 'each', '1 l'],
      [{ en: 'Greek yoghurt', fr: 'Yaourt grec', nl: 'Griekse yoghurt', de: 'Griechischer Joghurt' }, 3.15, 'each', '500 g'],
      [{ en: 'Salted butter', fr: 'Beurre salé', nl: 'Gezouten boter', de: 'Gesalzene Butter' }, 3.49, 'each', '250 g'],
      [{ en: 'Free-range eggs', fr: 'Œufs de plein air', nl: 'Eieren van vrije uitloop', de: 'Freilandeier' }, 4.29, 'each', ''],
    ],
  },
  {
    name: { en: 'Cheese', fr: 'Fromage', nl: 'Kaas', de: 'Käse' },
    icon: 'cheese',
    goods: [
      [{ en: 'Mountain cheese', fr: 'Fromage de montagne', nl: 'Bergkaas', de: 'Bergkäse' }, 24.9, 'kg', ''],
      [{ en: 'Gouda, aged', fr: 'Gouda vieux', nl: 'Oude Gouda', de: 'Alter Gouda' }, 18.5, 'kg', ''],
      [{ en: 'Feta', fr: 'Feta', nl: 'Feta', de: 'Feta' }, 3.95, 'each', '200 g'],
    ],
  },
  {
    name: { en: 'Produce', fr: 'Fruits et légumes', nl: 'Groenten en fruit', de: 'Obst und Gemüse' },
    icon: 'apple',
    goods: [
      [{ en: 'Bananas', fr: 'Bananes', nl: 'Bananen', de: 'Bananen' }, 1.99, 'kg', ''],
      [{ en: 'Pears', fr: 'Poires', nl: 'Peren', de: 'Birnen' }, 2.69, 'kg', ''],
      [{ en: 'Vine tomatoes', fr: 'Tomates en grappe', nl: 'Trostomaten', de: 'Tomaten am Strauch' }, 3.49, 'kg', ''],
      [{ en: 'Avocado', fr: 'Avocat', nl: 'Avocado', de: 'Avocado' }, 1.19, 'each', ''],
      [{ en: 'Lemons', fr: 'Citrons', nl: 'Citroenen', de: 'Zitronen' }, 0.45, 'each', ''],
    ],
  },
  {
    name: { en: 'Drinks', fr: 'Boissons', nl: 'Dranken', de: 'Getränke' },
    icon: 'glass',
    goods: [
      [{ en: 'Orange juice', fr: 'Jus d’orange', nl: 'Sinaasappelsap', de: 'Orangensaft' }, 3.75, 'each', '50 cl'],
      [{ en: 'Sparkling water', fr: 'Eau gazeuse', nl: 'Spuitwater', de: 'Sprudelwasser' }, 0.95, 'each', '1 l'],
      [{ en: 'Still water', fr: 'Eau plate', nl: 'Plat water', de: 'Stilles Wasser' }, 0.85, 'each', '1.5 l'],
      [{ en: 'Lemonade', fr: 'Limonade', nl: 'Limonade', de: 'Limonade' }, 2.4, 'each', '75 cl'],
    ],
  },
  {
    name: { en: 'Coffee and tea', fr: 'Café et thé', nl: 'Koffie en thee', de: 'Kaffee und Tee' },
    icon: 'coffee',
    goods: [
      [{ en: 'Ground coffee', fr: 'Café moulu', nl: 'Gemalen koffie', de: 'Gemahlener Kaffee' }, 8.95, 'each', '250 g'],
      [{ en: 'Espresso beans', fr: 'Café espresso en grains', nl: 'Espressobonen', de: 'Kaffeebohnen' }, 14.5, 'each', '500 g'],
      [{ en: 'Earl Grey tea', fr: 'Thé Earl Grey', nl: 'Earl Grey-thee', de: 'Earl-Grey-Tee' }, 3.6, 'each', ''],
    ],
  },
  {
    name: { en: 'Pantry', fr: 'Épicerie', nl: 'Kruidenierswaren', de: 'Vorrat' },
    icon: 'jar',
    goods: [
      [{ en: 'Dark chocolate', fr: 'Chocolat noir', nl: 'Pure chocolade', de: 'Zartbitter-Schokolade' }, 2.45, 'each', '100 g'],
      [{ en: 'Olive oil', fr: 'Huile d’olive', nl: 'Olijfolie', de: 'Olivenöl' }, 9.9, 'each', '75 cl'],
      [{ en: 'Basmati rice', fr: 'Riz basmati', nl: 'Basmatirijst', de: 'Basmatireis' }, 3.29, 'each', '1 kg'],
      [{ en: 'Spaghetti', fr: 'Spaghetti', nl: 'Spaghetti', de: 'Spaghetti' }, 1.75, 'each', '500 g'],
      [{ en: 'Tomato passata', fr: 'Purée de tomates', nl: 'Tomatenpassata', de: 'Passierte Tomaten' }, 1.59, 'each', '690 g'],
      [{ en: 'Acacia honey', fr: 'Miel d’acacia', nl: 'Acaciahoning', de: 'Akazienhonig' }, 6.8, 'each', '350 g'],
    ],
  },
  {
    name: { en: 'Home', fr: 'Maison', nl: 'Huishouden', de: 'Haushalt' },
    icon: 'home',
    goods: [
      [{ en: 'Paper bag', fr: 'Sac en papier', nl: 'Papieren zak', de: 'Papiertüte' }, 0.25, 'each', ''],
      [{ en: 'Candles', fr: 'Bougies', nl: 'Kaarsen', de: 'Kerzen' }, 4.5, 'each', ''],
      [{ en: 'Dish soap', fr: 'Liquide vaisselle', nl: 'Afwasmiddel', de: 'Spülmittel' }, 2.95, 'each', '500 ml'],
    ],
  },
];

/** Adds shelves and goods to the draft, named in `language`; the taxes of the shop must stand in the store already. */
export function addDemoCatalogue(
  draft: Draft,
  store: Store,
  { currency, language }: { readonly currency: string; readonly language: Language },
): void {
  const unit = 10 ** currencyDigits(currency);
  const taxes = readTaxCategories(store.db, store.clock.nowMs());
  // Food stands at the lowest rate above nothing in most countries; soap and candles at the usual one.
  const reduced = taxes.filter(({ ratePpm }) => ratePpm > 0).at(-1) ?? taxes[0];
  let number = 1;
  SHELVES.forEach((shelf, position) => {
    const category = draft.create('category', { name: shelf.name[language], icon: shelf.icon, position });
    shelf.goods.forEach((goods, at) =>
      addGoods(draft, goods, {
        category,
        tax: (shelf.icon === 'home' ? taxes[0] : reduced)?.id ?? null,
        unit,
        number: number++,
        favourite: at < 3,
        language,
      }),
    );
  });
}

function addGoods(
  draft: Draft,
  goods: Goods,
  place: { category: Id; tax: Id | null; unit: number; number: number; favourite: boolean; language: Language },
): void {
  const [names, price, unit, content] = goods;
  const [amount, contentUnit] = content.split(' ');
  const product = draft.create('product', {
    name: names[place.language],
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
