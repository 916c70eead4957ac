/** What the cart's tests begin with. */
import { systemClock } from '../../../base/clock.ts';
import { makeId, type Id } from '../../../base/id.ts';
import { systemRandom } from '../../../base/random.ts';
import type { Cart, Tile } from '../preview.ts';

export const newId = (): Id => makeId(systemClock, systemRandom);

export const EMPTY: Cart = {
  id: newId(),
  version: 1,
  lines: [],
  items: 0,
  totalMinor: 0,
  taxMinor: 0,
  taxRounding: 'receipt',
  discount: null,
  discountMinor: 0,
  note: null,
  service: 'take-away',
  training: false,
  heldName: null,
  ageToCheck: null,
  payBack: [],
  customer: null,
  cardPayments: [],
  takenMinor: 0,
  canUndo: false,
  lastSale: null,
};

export const MILK: Tile = {
  id: newId(),
  name: 'Whole milk',
  unit: 'each',
  content: '1 L',
  priceMinor: 129,
  includesTax: true,
  taxRatePpm: 0,
  taxParts: null,
  variants: 0,
  image: null,
  category: null,
  code: '1',
};
