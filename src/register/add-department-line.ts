/**
 * Selling what no product describes: at a keyed price, under a department, which is a category of the shop with the tax most of its products
 * carry. The code that was scanned goes along into the sale, and the owner finds it under To check until a product has it.
 */
import { normalBarcode } from '../domain/barcode.ts';
import { addToCart } from '../domain/cart.ts';
import type { Id } from '../base/id.ts';
import { refuse, type Result } from '../base/result.ts';
import { readCategoryName } from '../store/queries/catalogue.ts';
import { taxesInForce } from '../store/queries/taxes-in-force.ts';
import { changeCart, readOpenCart } from './edit-cart.ts';
import type { CartView } from './view-cart.ts';
import { pricesIncludeTax } from './edit-product.ts';
import type { Register } from './register.ts';

export interface DepartmentLine {
  readonly code: string;
  /** Null in a shop without categories, where the tax alone names the department. */
  readonly category: Id | null;
  readonly taxCategory: Id;
  readonly priceMinor: number;
  readonly quantityMilli: number;
}

/** Refuses with input.not-found (category, tax), input.amount-too-large. */
export function addDepartmentLine({ store }: Register, line: DepartmentLine): Result<CartView> {
  const { service } = readOpenCart(store).cart;
  const tax = taxesInForce(store, service).find(({ id }) => id === line.taxCategory);
  if (tax === undefined) return refuse('input.not-found', { what: 'tax' });
  const name = line.category === null ? tax.name : readCategoryName(store.db, line.category);
  if (name === null) return refuse('input.not-found', { what: 'category' });
  return changeCart(store, (cart) =>
    addToCart(cart, {
      product: null,
      code: normalBarcode(line.code),
      name,
      quantityMilli: line.quantityMilli,
      unit: 'each',
      unitPriceMinor: line.priceMinor,
      unitCostMinor: null,
      taxCategory: tax.id,
      taxRatePpm: tax.ratePpm,
      taxParts: tax.parts,
      includesTax: pricesIncludeTax(store),
    }),
  );
}
