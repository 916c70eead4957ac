/** Routes of products: what is sold, its prices, pictures, sizes and categories. */
import { z } from 'zod';
import { done, idText, instant, milli, minor, name, pageOf, pageQuery, route, withId } from './route.ts';

const unit = z.enum(['each', 'kg', 'l', 'm']);
const params = withId;

export const productRow = z.object({
  id: idText,
  name: z.string(),
  codes: z.array(z.string()),
  category: z.object({ id: idText, name: z.string() }).nullable(),
  taxCategory: z.object({ id: idText, name: z.string(), ratePpm: z.int() }).nullable(),
  /** What it costs now, by an offer perhaps. */
  priceMinor: minor,
  regularPriceMinor: minor,
  includesTax: z.boolean(),
  costMinor: minor.nullable(),
  unit,
  netContentMilli: milli.nullable(),
  contentUnit: z.string().nullable(),
  minimumAge: z.int().nullable(),
  /** Fewer than these is low. */
  stockMinimumMilli: milli.nullable(),
  /** What a bottle of it adds to its price. */
  depositProduct: idText.nullable(),
  variantOf: idText.nullable(),
  variant: z.string().nullable(),
  variants: z.int(),
  image: idText.nullable(),
  favourite: z.boolean(),
  active: z.boolean(),
  /** On hand, the sum of movements; null while nobody counts it. */
  stockMilli: milli.nullable(),
});

export const productInput = z.object({
  name,
  priceMinor: minor.nonnegative(),
  includesTax: z.boolean().optional(),
  codes: z.array(z.string().trim().min(1).max(80)).max(20).optional(),
  category: idText.nullable().optional(),
  taxCategory: idText.nullable().optional(),
  costMinor: minor.nonnegative().nullable().optional(),
  unit: unit.optional(),
  netContentMilli: milli.positive().nullable().optional(),
  contentUnit: z.string().max(10).nullable().optional(),
  minimumAge: z.int().min(1).max(99).nullable().optional(),
  stockMinimumMilli: milli.nonnegative().nullable().optional(),
  depositProduct: idText.nullable().optional(),
  favourite: z.boolean().optional(),
  image: idText.nullable().optional(),
});

/** A price with its date: one that was, is or will be asked. */
export const datedPrice = z.object({
  id: idText,
  kind: z.enum(['regular', 'offer']),
  priceMinor: minor,
  fromAt: instant,
  untilAt: instant.nullable(),
});

export const category = z.object({
  id: idText,
  name: z.string(),
  parent: idText.nullable(),
  icon: z.string().nullable(),
  position: z.int(),
  products: z.int(),
});
const categoryInput = z.object({
  name,
  icon: z.string().max(40).nullable().optional(),
  /** The category it lies in. */
  parent: idText.nullable().optional(),
  position: z.int().min(0).max(100_000).optional(),
});
export const PRODUCTS = {
  listProducts: route({
    method: 'GET',
    path: '/api/products',
    access: 'login',
    summary: 'Products, by name',
    query: pageQuery.extend({ category: z.string().max(40).default(''), hidden: z.stringbool().default(false) }),
    answer: pageOf(productRow),
  }),
  getProduct: route({ method: 'GET', path: '/api/products/:id', access: 'login', summary: 'One product', params, answer: productRow }),
  addProduct: route({
    method: 'POST',
    path: '/api/products',
    access: 'products',
    summary: 'Add a product',
    body: productInput,
    answer: productRow,
  }),
  editProduct: route({
    method: 'PATCH',
    path: '/api/products/:id',
    access: 'products',
    summary: 'Edit a product; what is left out stays',
    params,
    body: productInput.partial().extend({ active: z.boolean().optional() }),
    answer: productRow,
  }),
  addVariants: route({
    method: 'POST',
    path: '/api/products/:id/variants',
    access: 'products',
    summary: 'Sizes or colours of a product: each a product of its own, begun as its copy; words that it has already stay',
    params,
    body: z.object({ words: z.array(z.string().trim().min(1).max(60)).min(1).max(60) }),
    answer: done,
  }),
  addImage: route({
    method: 'POST',
    path: '/api/images',
    access: 'products',
    summary: 'A picture that products may name: a PNG in base64, at most 100 kB',
    body: z.object({ png: z.base64().max(140_000) }),
    answer: withId,
  }),
  getImage: route({
    method: 'GET',
    path: '/api/images/:id',
    access: 'login',
    summary: 'A picture: a PNG in base64; it never changes',
    params,
    answer: z.object({ png: z.string() }),
  }),
  editProducts: route({
    method: 'PATCH',
    path: '/api/products',
    access: 'products',
    summary: 'One change of many products, all or none: category, tax, dearer or cheaper by parts per million, favourite, age, hidden',
    body: z.object({
      ids: z.array(idText).min(1).max(150),
      category: idText.nullable().optional(),
      taxCategory: idText.optional(),
      priceChangePpm: z.int().min(-1_000_000).max(10_000_000).optional(),
      priceStepMinor: z.int().min(1).max(10_000).optional(),
      favourite: z.boolean().optional(),
      minimumAge: z.int().min(1).max(99).nullable().optional(),
      active: z.boolean().optional(),
    }),
    answer: done,
  }),
  listPrices: route({
    method: 'GET',
    path: '/api/products/:id/prices',
    access: 'login',
    summary: 'Every price with its date, newest first, and the lowest of the last 30 days: what a reduction must name',
    params,
    answer: z.object({ rows: z.array(datedPrice), lowestMinor: minor }),
  }),
  planPrice: route({
    method: 'POST',
    path: '/api/products/:id/prices',
    access: 'products',
    summary: 'A price from a date on, or an offer from a date to a date; it takes effect on every register, cut off or not',
    params,
    body: datedPrice.omit({ id: true }).extend({ priceMinor: minor.nonnegative() }),
    answer: withId,
  }),
  withdrawPrice: route({
    method: 'DELETE',
    path: '/api/prices/:id',
    access: 'products',
    summary: 'Take back a price that is still to come; an offer in force ends now',
    params,
    answer: done,
  }),
  listCategories: route({
    method: 'GET',
    path: '/api/categories',
    access: 'login',
    summary: 'Categories',
    answer: z.object({ rows: z.array(category) }),
  }),
  addCategory: route({
    method: 'POST',
    path: '/api/categories',
    access: 'products',
    summary: 'Add a category',
    body: categoryInput,
    answer: category,
  }),
  editCategory: route({
    method: 'PATCH',
    path: '/api/categories/:id',
    access: 'products',
    summary: 'Rename a category, give it an icon, put it into another or in another place; what is left out stays',
    params,
    body: categoryInput.partial(),
    answer: done,
  }),
  removeCategory: route({
    method: 'DELETE',
    path: '/api/categories/:id',
    access: 'products',
    summary: 'Remove a category that nothing lies in',
    params,
    answer: done,
  }),
} as const;
