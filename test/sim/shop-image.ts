/** The shop that every schedule begins with: three registers that have heard of each other, a few products and customers, all level. */
import { join } from 'node:path';
import { toBase64Url } from '../../src/base/bytes.ts';
import { ok, unwrap } from '../../src/base/result.ts';
import { makeChainKey } from '../../src/protocol/changeset.ts';
import { addCustomer } from '../../src/register/edit-customer.ts';
import { addProduct } from '../../src/register/edit-product.ts';
import { openRegister } from '../../src/register/register.ts';
import { beginChain } from '../../src/store/begin-chain.ts';
import { trustCertificate } from '../../src/store/chains.ts';
import { commit, commitWith, startDraft, type Draft } from '../../src/store/journal.ts';
import { settingId } from '../../src/store/queries/shop.ts';
import { closeStore, writeMeta, type Store } from '../../src/store/store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { testId } from '../support/foreign-chain.ts';
import { seededRandom } from '../support/shop.ts';
import { AUTHORITY, CERTIFICATES } from './certificates.ts';
import { START_MS } from './virtual-time.ts';

export const REGISTERS = ['R1', 'R2', 'R3'] as const;
export const OWNER = testId(9200);

/** Store files of the registers, each with its own chain begun; the hub has not heard of any. */
export async function makeStores(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const [at, code] of REGISTERS.entries()) {
    const file = join(folder, `image-${code}`, 'store.db');
    const store = openImage(file, at);
    unwrap(commitWith(store, () => ok(beginChain(store, testId(9001 + at), code, makeChainKey(seededRandom(9001 + at))))));
    writeMeta(store.db, 'authority', AUTHORITY);
    store.authority = AUTHORITY;
    for (const certificate of CERTIFICATES) trustCertificate(store, certificate);
    writeMeta(store.db, 'mode', at === 0 ? 'master' : 'slave');
    if (at === 0) await fillShop(store);
    closeStore(store);
    files.push(file);
  }
  return files;
}

function openImage(file: string, at: number): Store {
  const clock = { nowMs: () => START_MS - 1_000, monotonicMs: () => 0, sleep: () => Promise.resolve(true) };
  return unwrap(openStore(file, { clock, random: seededRandom(50 + at) }));
}

async function fillShop(store: Store): Promise<void> {
  const { register, filled } = openRegister(store);
  await filled;
  unwrap(
    commitWith(store, (append) => {
      const draft = startDraft(store);
      draftShop(draft);
      append(draft, { kind: 'shop-set-up', user: OWNER });
      return ok(null);
    }),
  );
  for (const name of ['Bread', 'Milk', 'Soap', 'Tea'])
    unwrap(addProduct(register, { name, priceMinor: 100 + name.length * 7, codes: [`code ${name}`] }, OWNER));
  for (const name of ['Ada', 'Bo']) unwrap(addCustomer(register, { name, phone: `+32 ${name}` }, OWNER));
  unwrap(
    commit(store, { kind: 'certified', user: null }, (draft) => {
      for (const [at, der] of CERTIFICATES.entries())
        draft.insert('certificate', {
          chain: toBase64Url(makeChainKey(seededRandom(9001 + at)).chain),
          register: testId(9001 + at),
          der: toBase64Url(der),
        });
      return ok(null);
    }),
  );
}

function draftShop(draft: Draft): void {
  for (const [at, code] of REGISTERS.entries()) draft.create('register', { code, name: `Till ${code}` }, testId(9001 + at));
  const role = draft.create('role', { name: 'owner', built_in: 'owner', rights: 'all' });
  draft.create('user', { name: 'Mina', role, active: true }, OWNER);
  draft.create('shop_version', { name: 'Corner Shop', country: 'BE', from_at: START_MS });
  draft.create('setting', { key: 'currency', value: '"EUR"' }, settingId('currency'));
  const category = draft.create('tax_category', { name: '21 %', code: 'A' });
  draft.create('tax_rate', { tax_category: category, service: 'any', rate_ppm: 210_000, from_at: 0 });
  draft.create('payment_method', {
    name: 'Cash',
    kind: 'cash',
    position: 1,
    counted: true,
    gives_change: true,
    rounding_step_minor: 5,
    rounding_scope: 'cash',
    active: true,
  });
  draft.create('payment_method', { name: 'Card', kind: 'card', position: 2, counted: true, gives_change: false, active: true });
}
