/** A shop for tests: real stores in a folder of their own, a clock and a randomness that a test can steer. Nothing of ours is mocked. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/base/clock.ts';
import type { Id } from '../../src/base/id.ts';
import { present } from '../../src/base/assert.ts';
import { systemRandom, type Random } from '../../src/base/random.ts';
import { unwrap } from '../../src/base/result.ts';
import { addProductLine } from '../../src/register/edit-cart.ts';
import { completeSale } from '../../src/register/complete-sale.ts';
import { openRegister, type Register } from '../../src/register/register.ts';
import { setUpShop } from '../../src/register/set-up-shop.ts';
import { hashPin } from '../../src/register/hash-pin.ts';
import { listPaymentMethods, listProducts } from '../../src/store/queries/catalogue.ts';
import type { ReceiptData } from '../../src/domain/receipt.ts';
import { closeStore, type Store } from '../../src/store/store.ts';
import { openStore } from '../../src/store/open-store.ts';

export const OWNER_PIN = '482916';

/** A clock that only moves when told to; sleeping ends at once. */
export function steppedClock(startMs = 1_790_000_000_000): Clock & { advance(ms: number): void } {
  let now = startMs;
  return {
    nowMs: () => now,
    monotonicMs: () => performance.now(),
    sleep: () => Promise.resolve(true),
    advance: (ms) => (now += ms),
  };
}

/** xorshift32: the same seed, the same bytes. */
export function seededRandom(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
  return { bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff) };
}

export function temporaryFolder(name = 'aurapos-test-'): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), name));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function openTestStore(file = ':memory:', deps: { clock?: Clock; random?: Random } = {}): Store {
  return unwrap(openStore(file, { clock: deps.clock ?? steppedClock(), random: deps.random ?? systemRandom }));
}

export interface TestShop {
  readonly register: Register;
  readonly store: Store;
  readonly owner: Id;
  readonly clock: Clock & { advance(ms: number): void };
  close(): void;
}

let pinHash: Promise<string> | undefined;

/** A single register of a Belgian demo shop. */
export async function makeShop(
  options: { file?: string; catalogue?: 'demo' | 'empty'; country?: string; currency?: string; language?: string; random?: Random } = {},
): Promise<TestShop> {
  const clock = steppedClock();
  const store = openTestStore(options.file ?? ':memory:', { clock, ...(options.random ? { random: options.random } : {}) });
  const { register, filled } = openRegister(store);
  await filled;
  pinHash ??= hashPin(OWNER_PIN, systemRandom);
  const { owner } = unwrap(
    await setUpShop(register, {
      language: options.language ?? 'en',
      registerName: 'Front till',
      shop: {
        name: 'Corner Shop',
        country: options.country ?? 'BE',
        currency: options.currency ?? 'EUR',
        address: '1 Market Street',
        taxNumber: 'BE0123456789',
      },
      owner: { name: 'Mina', pin: OWNER_PIN },
      ownerPinHash: await pinHash,
      catalogue: options.catalogue ?? 'demo',
    }),
  );
  return { register, store, owner, clock, close: () => closeStore(store) };
}

/** Sells one piece of each of the first products, paid in cash with a whole note. */
export function sellSome(shop: { register: Register; store: Store; owner: Id }, lines = 2): ReceiptData {
  const { register, store } = shop;
  const products = listProducts(store.db, {
    category: null,
    hidden: false,
    sort: 'newest',
    offset: 0,
    limit: lines,
    nowMs: store.clock.nowMs(),
  }).rows;
  let cart = unwrap(addProductLine(register, present(products[0], 'a product').id, 1000));
  for (const product of products.slice(1)) cart = unwrap(addProductLine(register, product.id, 1000));
  const cash = present(
    listPaymentMethods(store.db).find(({ kind }) => kind === 'cash'),
    'cash',
  );
  return unwrap(
    completeSale(register, {
      cart: cart.id,
      totalMinor: cart.totalMinor,
      tenders: [{ method: cash.id, amountMinor: cart.totalMinor + 1000 }],
      user: shop.owner,
    }),
  );
}
