/**
 * Records of another store, written into this one: rows in changesets of bounded size, and for every id of there the record of here that stands
 * for it. What the shop has already (by id, else by barcode, name, rate) stands as it is; what it lacks keeps its id, so that bringing it twice
 * brings it once.
 */
import { present } from '../base/assert.ts';
import type { Id } from '../base/id.ts';
import { foldName, matchCustomers, matchProducts, type CustomerSketch, type Match, type ProductSketch } from '../domain/match-records.ts';
import type { Scalar } from '../protocol/changeset.ts';
import type { Insert, Patch, RecordName } from '../protocol/tables.ts';
import type { Database } from '../store/database.ts';
import { startDraft, type Appended, type Author, type Draft } from '../store/journal.ts';
import { listPaymentMethods } from '../store/queries/catalogue.ts';
import {
  customerSketches,
  holdsRecord,
  productSketch,
  productsWithCodes,
  recordNames,
  recordsNaming,
  recordValues,
} from '../store/queries/holdings.ts';
import { listRoles, listUsers } from '../store/queries/people.ts';
import { readTaxCategories } from '../store/queries/taxes.ts';
import type { Store } from '../store/store.ts';

type Values = Readonly<Record<string, Scalar>>;
type Append = (draft: Draft, author: Author) => Appended;

/** Of a changeset's 500 rows and 256 KiB: room for what one more row may need. */
const MAX_ROWS = 400;
const MAX_CHARACTERS = 60_000;

/** Rows on their way into changesets, of which another is begun whenever one is full. */
export class Rows {
  readonly #store: Store;
  readonly #append: Append;
  readonly #kind: string;
  #draft: Draft;
  #characters = 0;

  constructor(store: Store, append: Append, kind: string) {
    this.#store = store;
    this.#append = append;
    this.#kind = kind;
    this.#draft = startDraft(store);
  }

  create<K extends RecordName>(table: K, id: Id, values: Values): void {
    this.#makeRoom(values);
    // They were written under the same list of columns, by this program or an older one.
    this.#draft.create(table, values as unknown as Insert<K>, id);
  }

  patch<K extends RecordName>(table: K, id: Id, values: Values): void {
    this.#makeRoom(values);
    this.#draft.patch(table, id, values as unknown as Patch<K>);
  }

  /** The present changeset, for ledger rows. */
  ledger(): Draft {
    this.#makeRoom({});
    return this.#draft;
  }

  end(): void {
    if (this.#draft.rows.length > 0) this.#append(this.#draft, { kind: this.#kind, user: null });
    this.#draft = startDraft(this.#store);
    this.#characters = 0;
  }

  #makeRoom(values: Values): void {
    const characters = JSON.stringify(values).length;
    if (this.#draft.rows.length >= MAX_ROWS || (this.#characters > 0 && this.#characters + characters > MAX_CHARACTERS)) this.end();
    this.#characters += characters;
  }
}

/** The shop's customers by name and phone, but those that were brought; indexed when first asked. */
export function matchShopsCustomers({ db }: Store, from: Database): Match<CustomerSketch, CustomerSketch<Id>> {
  let match: Match<CustomerSketch, CustomerSketch<Id>> | null = null;
  return (ours) => (match ??= matchCustomers(customerSketches(db).filter(({ id }) => !holdsRecord(from, 'customer', id))))(ours);
}

/** Which record of the shop stands for one of the other store. For one transaction: what one that was taken back had made is not there. */
export class Places {
  readonly #store: Store;
  readonly #from: Database;
  readonly #customers: Match<CustomerSketch, CustomerSketch<Id>>;
  readonly #placed = new Map<string, Id | null>();
  readonly #names = new Map<RecordName, Map<string, Id>>();

  constructor(store: Store, from: Database, customers: Match<CustomerSketch, CustomerSketch<Id>>) {
    this.#store = store;
    this.#from = from;
    this.#customers = customers;
  }

  /** What the shop has for it; null when it is new to the shop. One that was brought is new, and stands for itself. */
  matchProduct(id: Id): ProductSketch<Id> | null {
    const { db, clock } = this.#store;
    if (holdsRecord(db, 'product', id)) return null;
    const ours = productSketch(this.#from, id, clock.nowMs());
    if (ours === null || ours.codes.length === 0) return null;
    // What was brought itself is nobody's match: two products of the other store stay two.
    const theirs = productsWithCodes(db, ours.codes, clock.nowMs()).filter((product) => !holdsRecord(this.#from, 'product', product.id));
    return matchProducts(theirs)(ours);
  }

  product(id: Id): Id {
    return this.#once('product', id, () => this.matchProduct(id)?.id ?? id) ?? id;
  }

  matchCustomer(id: Id): CustomerSketch<Id> | null {
    if (holdsRecord(this.#store.db, 'customer', id)) return null;
    const ours = recordValues(this.#from, 'customer', id);
    const [name, phone] = [ours?.['name'], ours?.['phone']];
    if (typeof name !== 'string' || typeof phone !== 'string') return null;
    return this.#customers({ id, name, phone });
  }

  customer(id: Id): Id {
    return this.#once('customer', id, () => this.matchCustomer(id)?.id ?? id) ?? id;
  }

  /** By name; one that the shop lacks is made, under its parent. Null for one that was removed there. */
  category(rows: Rows, id: Id): Id | null {
    return this.#once('category', id, () => {
      const values = this.#wanted('category', id);
      if (values === null) return null;
      const parent = isText(values['parent']) && values['parent'] !== id ? this.category(rows, values['parent'] as Id) : null;
      return this.#byName(rows, 'category', id, { ...values, parent });
    });
  }

  supplier(rows: Rows, id: Id): Id | null {
    return this.#once('supplier', id, () => {
      const values = this.#wanted('supplier', id);
      return values === null ? null : this.#byName(rows, 'supplier', id, values);
    });
  }

  /** The tax with the same rates now, best under the same name; one that the shop lacks is made, with all its rates. */
  tax(rows: Rows, id: Id): Id | null {
    return this.#once('tax_category', id, () => {
      const values = this.#wanted('tax_category', id);
      if (values === null) return null;
      const ratesOf = (db: Database) =>
        new Map(
          (['take-away', 'eat-in'] as const).flatMap((service) =>
            readTaxCategories(db, this.#store.clock.nowMs(), service).map((tax) => [`${tax.id} ${service}`, tax] as const),
          ),
        );
      const [ours, theirs] = [ratesOf(this.#from), ratesOf(this.#store.db)];
      const rate = (taxes: typeof ours, tax: Id): string =>
        JSON.stringify(
          (['take-away', 'eat-in'] as const).map((service) => {
            const { ratePpm = 0, parts = null } = taxes.get(`${tax} ${service}`) ?? {};
            return [ratePpm, parts];
          }),
        );
      const same = readTaxCategories(this.#store.db, this.#store.clock.nowMs()).filter((tax) => rate(theirs, tax.id) === rate(ours, id));
      const found = same.find(({ name }) => foldName(name) === foldName(nameIn(values))) ?? same[0];
      if (found !== undefined) return found.id;
      rows.create('tax_category', id, values);
      for (const of of recordsNaming(this.#from, 'tax_rate', id))
        if (!holdsRecord(this.#store.db, 'tax_rate', of)) rows.create('tax_rate', of, recordValues(this.#from, 'tax_rate', of) ?? {});
      return id;
    });
  }

  /** Vouchers and accounts that were brought are paid with here as there. */
  lastingMethod(rows: Rows, kind: 'voucher' | 'account'): void {
    const theirs = listPaymentMethods(this.#from).find((method) => method.kind === kind);
    if (theirs !== undefined) this.method(rows, theirs.id);
  }

  /** Of the same kind, best under the same name; another is brought out of use: the old payments name it. */
  method(rows: Rows, id: Id): Id {
    const placed = this.#once('payment_method', id, () => {
      const values = recordValues(this.#from, 'payment_method', id);
      if (values === null || holdsRecord(this.#store.db, 'payment_method', id)) return id;
      const same = listPaymentMethods(this.#store.db).filter(({ kind }) => kind === (values['kind'] ?? 'other'));
      const named = same.find(({ name }) => foldName(name) === foldName(nameIn(values)));
      const found = named ?? (values['kind'] === 'other' ? undefined : same[0]);
      if (found !== undefined) return found.id;
      const { deleted: _, ...kept } = values;
      const isLasting = kept['kind'] === 'voucher' || kept['kind'] === 'account';
      rows.create('payment_method', id, { ...kept, active: isLasting && kept['active'] === true });
      return id;
    });
    return placed ?? id;
  }

  /** Somebody of that name; whom the shop does not have is kept out of use, without a PIN, so that old sales say who made them. */
  user(rows: Rows, id: Id): Id {
    const placed = this.#once('user', id, () => {
      if (holdsRecord(this.#store.db, 'user', id)) return id;
      const name = recordValues(this.#from, 'user', id)?.['name'];
      if (!isText(name)) return id;
      const found = listUsers(this.#store.db).find((user) => foldName(user.name) === foldName(name));
      if (found !== undefined) return found.id;
      const roles = listRoles(this.#store.db);
      const role = present(roles.find(({ builtIn }) => builtIn === 'cashier') ?? roles[0], 'a role of the shop');
      rows.create('user', id, { name, role: role.id, active: false });
      return id;
    });
    return placed ?? id;
  }

  /** The shop as it was on the old receipts. From before all time, so that it is never the shop of now. */
  shopVersion(rows: Rows, id: Id): Id {
    this.#once('shop_version', id, () => {
      const values = this.#wanted('shop_version', id);
      if (values !== null && !holdsRecord(this.#store.db, 'shop_version', id)) rows.create('shop_version', id, { ...values, from_at: 0 });
      return id;
    });
    return id;
  }

  #once(table: RecordName, id: Id, place: () => Id | null): Id | null {
    const key = `${table} ${id}`;
    const known = this.#placed.get(key);
    if (known !== undefined) return known;
    // For a circle of parents, should there be one.
    this.#placed.set(key, null);
    const placed = place();
    this.#placed.set(key, placed);
    return placed;
  }

  /** Null for what is not there, or was removed there. */
  #wanted(table: RecordName, id: Id): Values | null {
    const values = recordValues(this.#from, table, id);
    return values === null || values['deleted'] === true ? null : values;
  }

  #byName(rows: Rows, table: 'category' | 'supplier', id: Id, values: Values): Id {
    if (holdsRecord(this.#store.db, table, id)) return id;
    const names = this.#namesOf(table);
    const found = names.get(foldName(nameIn(values)));
    if (found !== undefined) return found;
    rows.create(table, id, values);
    names.set(foldName(nameIn(values)), id);
    return id;
  }

  #namesOf(table: 'category' | 'supplier'): Map<string, Id> {
    let names = this.#names.get(table);
    if (names === undefined) {
      names = new Map(recordNames(this.#store.db, table).map(([name, id]) => [foldName(name), id]));
      this.#names.set(table, names);
    }
    return names;
  }
}

function nameIn(values: Values): string {
  return isText(values['name']) ? values['name'] : '';
}

function isText(value: Scalar | undefined): value is string {
  return typeof value === 'string';
}
