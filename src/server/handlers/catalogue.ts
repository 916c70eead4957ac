/** Handlers behind the counter: products, customers, users, import, what wants a person. */
import { ok, refuse, type Refused, type Result } from '../../base/result.ts';
import { isId, type Id } from '../../base/id.ts';
import type { CATALOGUE } from '../../protocol/api/catalogue.ts';
import type { PRODUCTS } from '../../protocol/api/products.ts';
import { addCustomer, editCustomer, forgetCustomer } from '../../register/edit-customer.ts';
import { addVariants } from '../../register/add-variants.ts';
import { addCategory, editCategory, removeCategory } from '../../register/edit-category.ts';
import { addImage, addProduct, editProduct } from '../../register/edit-product.ts';
import { editProducts } from '../../register/edit-many-products.ts';
import { planPrice, withdrawPrice } from '../../register/edit-price.ts';
import { beginUndo, finishedImports } from '../../register/undo-import.ts';
import { settleException } from '../../register/settle-exception.ts';
import { addTax, addTaxRate } from '../../register/edit-tax.ts';
import { addUser, editUser } from '../../register/edit-user.ts';
import { listPaymentMethods, readProduct, readProducts } from '../../store/queries/catalogue.ts';
import { readImage } from '../../store/queries/tiles.ts';
import { listPrices, lowestBefore } from '../../store/queries/prices.ts';
import { listTaxRates, readTaxCategories } from '../../store/queries/taxes.ts';
import { listUsers, readCustomer, type UserRow } from '../../store/queries/people.ts';
import { listExceptions } from '../../store/queries/shop.ts';
import { rightMissing, whoMay, type Caller, type Handlers } from '../handler.ts';
import { actingUser } from './selling.ts';
import { viewException } from './to-check.ts';

/** Matches of a search in a list: more than anybody reads. */
const MAX_FOUND = 2_000;

export const CATALOGUE_HANDLERS: Handlers<keyof typeof CATALOGUE | keyof typeof PRODUCTS> = {
  listProducts: async ({ register, reader, clock }, { query }) => {
    const offset = Number(query.cursor) || 0;
    const nowMs = clock.nowMs();
    if (query.search.trim() !== '') {
      const found = register.search.find(query.search, MAX_FOUND);
      const rows = readProducts(register.store.db, found.slice(offset, offset + query.limit), nowMs);
      return ok({ rows, next: nextOffset(offset, query.limit, found.length), total: found.length });
    }
    const category = isId(query.category) ? query.category : null;
    const page = await reader.ask('listProducts', { category, hidden: query.hidden, sort: query.sort, offset, limit: query.limit, nowMs });
    return ok({ ...page, next: nextOffset(offset, query.limit, page.total) });
  },
  getProduct: ({ register, clock }, { params }) => found(readProduct(register.store.db, params.id, clock.nowMs()), 'product'),
  addProduct: (runtime, { body, caller }) => addProduct(runtime.register, body, actingUser(runtime, caller)),
  editProduct: (runtime, { params, body, caller }) => editProduct(runtime.register, params.id, body, actingUser(runtime, caller)),
  addVariants: (runtime, { params, body, caller }) =>
    done(addVariants(runtime.register, params.id, body.words, actingUser(runtime, caller))),
  addImage: (runtime, { body, caller }) => {
    if (!isPng(Buffer.from(body.png, 'base64'))) return refuse('input.invalid', { field: 'png', reason: 'it is no PNG' });
    return idOf(addImage(runtime.register, body.png, actingUser(runtime, caller)));
  },
  getImage: ({ register }, { params }) => {
    const png = readImage(register.store.db, params.id);
    return png === null ? refuse('input.not-found', { what: 'picture' }) : ok({ png });
  },
  editProducts: (runtime, { body: { ids, ...edit }, caller }) =>
    done(editProducts(runtime.register, ids, edit, actingUser(runtime, caller))),
  listPrices: ({ register: { store }, clock }, { params }) => {
    const product = readProduct(store.db, params.id, clock.nowMs());
    if (product === null) return refuse('input.not-found', { what: 'product' });
    const rows = listPrices(store.db, params.id);
    const offer = rows.find(
      ({ kind, fromAt, untilAt }) => kind === 'offer' && fromAt <= clock.nowMs() && (untilAt ?? Infinity) > clock.nowMs(),
    );
    return ok({ rows, lowestMinor: lowestBefore(rows, product.regularPriceMinor, offer?.fromAt ?? clock.nowMs()) });
  },
  planPrice: (runtime, { params, body, caller }) => idOf(planPrice(runtime.register, params.id, body, actingUser(runtime, caller))),
  withdrawPrice: (runtime, { params, caller }) => done(withdrawPrice(runtime.register, params.id, actingUser(runtime, caller))),
  listCategories: async ({ reader }) => ok({ rows: await reader.ask('listCategories') }),
  addCategory: async (runtime, { body, caller }) => {
    const added = addCategory(runtime.register, body, actingUser(runtime, caller));
    if (!added.ok) return added;
    return found((await runtime.reader.ask('listCategories')).find(({ id }) => id === added.value) ?? null, 'category');
  },
  editCategory: (runtime, { params, body, caller }) => done(editCategory(runtime.register, params.id, body, actingUser(runtime, caller))),
  removeCategory: (runtime, { params, caller }) => done(removeCategory(runtime.register, params.id, actingUser(runtime, caller))),
  listTaxCategories: ({ register, clock }) => ok({ rows: readTaxCategories(register.store.db, clock.nowMs()) }),
  listTaxRates: ({ register }) => ok({ rows: listTaxRates(register.store.db) }),
  addTaxRate: (runtime, { body, caller }) => idOf(addTaxRate(runtime.register, body, actingUser(runtime, caller))),
  addTax: (runtime, { body, caller }) => idOf(addTax(runtime.register, body, actingUser(runtime, caller))),
  listPaymentMethods: ({ register }) => ok({ rows: listPaymentMethods(register.store.db) }),
  listCustomers: async ({ reader }, { query }) => {
    const offset = Number(query.cursor) || 0;
    const page = await reader.ask('listCustomers', { search: query.search, offset, limit: query.limit });
    return ok({ ...page, next: nextOffset(offset, query.limit, page.total) });
  },
  getCustomer: async ({ register, reader }, { params }) => {
    const customer = readCustomer(register.store.db, params.id);
    if (customer === null) return refuse('input.not-found', { what: 'customer' });
    return ok({ customer, ...(await reader.ask('customerTotals', params.id)) });
  },
  addCustomer: (runtime, { body, caller }) => mayTrust(body, caller) ?? addCustomer(runtime.register, body, actingUser(runtime, caller)),
  editCustomer: (runtime, { params, body, caller }) =>
    mayTrust(body, caller) ?? editCustomer(runtime.register, params.id, body, actingUser(runtime, caller)),
  forgetCustomer: (runtime, { params, caller }) => done(forgetCustomer(runtime.register, params.id, actingUser(runtime, caller))),
  listUsers: ({ register }, { caller }) => ok({ rows: listUsers(register.store.db).map((user) => toUserView(user, caller)) }),
  addUser: async (runtime, { body, caller }) => {
    const added = await addUser(runtime.register, body, actingUser(runtime, caller));
    return added.ok ? ok(toUserView(added.value, caller)) : added;
  },
  editUser: async (runtime, { params, body, caller }) => {
    const edited = await editUser(runtime.register, params.id, body, actingUser(runtime, caller));
    return edited.ok ? ok(toUserView(edited.value, caller)) : edited;
  },
  openImport: async ({ imports }, { query, bytes }) => {
    const stream = bytes();
    return stream === null ? refuse('input.invalid', { field: 'the file', reason: 'it is empty' }) : imports.open(stream, query.fileName);
  },
  mapImport: ({ imports }, { params, body }) => imports.map(params.id, body.mapping),
  applyImport: (runtime, { params, body, caller }) => {
    const plan = runtime.imports.plan(params.id, body, actingUser(runtime, caller));
    if (!plan.ok) return plan;
    return ok({ job: runtime.jobs.start('import', (progress) => runtime.imports.write(plan.value, progress)) });
  },
  listImports: ({ register: { store } }) =>
    ok({ rows: finishedImports(store).map(({ plan: { id, fileName, total }, at }) => ({ id, fileName, at, rows: total })) }),
  undoImport: (runtime, { params, caller }) => {
    const plan = beginUndo(runtime.register, params.id);
    if (!plan.ok) return plan;
    const user = actingUser(runtime, caller);
    return ok({ job: runtime.jobs.start('undo-import', (progress) => runtime.imports.undo(plan.value, user, progress)) });
  },
  settleException: (runtime, { body: { id, ...settling }, caller }) => {
    const needed = settling.do === 'keep-code' ? 'products' : settling.do === 'rename' ? 'users' : 'to-check';
    if (whoMay(caller, needed) === null) return { ok: false, refusal: rightMissing(caller, needed) };
    return done(settleException(runtime.register, id, settling, actingUser(runtime, caller)));
  },
  listToCheck: ({ register, clock }) =>
    ok({ rows: listExceptions(register.store.db).map((row) => viewException(register.store, row, clock.nowMs())) }),
};

function nextOffset(offset: number, limit: number, total: number): string | null {
  return offset + limit < total ? String(offset + limit) : null;
}

function found<T>(row: T | null, what: string): Result<T> {
  return row === null ? refuse('input.not-found', { what }) : ok(row);
}

function done(result: Result<unknown>): Result<{ done: true }> {
  return result.ok ? ok({ done: true }) : result;
}

function toUserView(
  user: UserRow,
  caller: Caller,
): { id: Id; name: string; role: { id: Id; name: string; builtIn: string | null } | null; active: boolean; isYou: boolean } {
  const { role } = user;
  return {
    id: user.id,
    name: user.name,
    role: role === null ? null : { id: role.id, name: role.name, builtIn: role.builtIn },
    active: user.active,
    isYou: user.id === caller.user?.id,
  };
}

const PNG_START = Buffer.from('89504e470d0a1a0a', 'hex');

function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, PNG_START.length).equals(PNG_START);
}

function idOf(made: Result<Id>): Result<{ id: Id }> {
  return made.ok ? ok({ id: made.value }) : made;
}

/** Letting somebody pay later is a matter of trust. */
function mayTrust(body: { readonly onAccount?: unknown; readonly accountLimitMinor?: unknown }, caller: Caller): Refused | null {
  const isAsked = body.onAccount !== undefined || body.accountLimitMinor !== undefined;
  return isAsked && whoMay(caller, 'on-account') === null ? { ok: false, refusal: rightMissing(caller, 'on-account') } : null;
}
