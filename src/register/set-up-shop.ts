/**
 * The first changesets of a shop: its register, its words for money and tax, ways to pay, roles, the owner. All in one transaction: killed
 * before it, nothing is there; after it, everything is. A master begins as a single register and grows.
 */
import { present } from '../base/assert.ts';
import { makeId, type Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { countryProfile, taxName } from '../domain/country.ts';
import { BUILT_IN_ROLES, pinDigitsNeeded, type BuiltInRole } from '../domain/rights.ts';
import { speaks } from '../domain/language.ts';
import { shopWord } from '../domain/shop-words.ts';
import { beginChain } from '../store/begin-chain.ts';
import { commitWith, startDraft, type Draft } from '../store/journal.ts';
import { settingId } from '../store/queries/shop.ts';
import { writeMeta } from '../store/store.ts';
import { addDemoCatalogue } from './demo-shop.ts';
import { readMode, refillSearch, type Register } from './register.ts';

export interface ShopInput {
  readonly language: string;
  readonly registerName: string;
  readonly shop: {
    readonly name: string;
    readonly country: string;
    readonly currency: string;
    readonly address: string;
    readonly taxNumber: string;
  };
  readonly owner: { readonly name: string; readonly pin: string };
  /** Argon2id of the owner's PIN (hash-pin.ts), made before: hashing awaits. */
  readonly ownerPinHash: string;
  readonly catalogue: 'empty' | 'demo';
}

/** Refuses with setup.done, user.pin-too-short. */
export async function setUpShop(register: Register, input: ShopInput): Promise<Result<{ readonly owner: Id }>> {
  const { store } = register;
  if (readMode(store) !== null) return refuse('setup.done');
  const digits = pinDigitsNeeded(BUILT_IN_ROLES.owner);
  if (input.owner.pin.length < digits) return refuse('user.pin-too-short', { digits });
  const done = commitWith(store, (append) => {
    const registerId = makeId(store.clock, store.random);
    beginChain(store, registerId, 'R1');
    const draft = startDraft(store);
    draft.create('register', { code: 'R1', name: input.registerName }, registerId);
    const owner = addPeople(draft, input);
    addShop(draft, input, store.clock.nowMs());
    append(draft, { kind: 'shop-set-up', user: owner });
    if (input.catalogue === 'demo') {
      const goods = startDraft(store);
      addDemoCatalogue(goods, store, { currency: input.shop.currency, language: speaks(input.language) });
      append(goods, { kind: 'products-added', user: owner });
    }
    writeMeta(store.db, 'language', input.language);
    writeMeta(store.db, 'mode', 'single');
    return ok({ owner });
  });
  if (done.ok) await refillSearch(register);
  return done;
}

function addPeople(draft: Draft, input: ShopInput): Id {
  const roles = Object.entries(BUILT_IN_ROLES).map(([name, rights]) => ({
    name: name as BuiltInRole,
    id: draft.create('role', { name, built_in: name, rights: rights.join(' ') }),
  }));
  const role = roles.find(({ name }) => name === 'owner');
  return draft.create('user', {
    name: input.owner.name,
    pin_hash: input.ownerPinHash,
    pin_digits: input.owner.pin.length,
    role: present(role, 'the owner role').id,
    active: true,
    language: input.language,
  });
}

function addShop(draft: Draft, input: ShopInput, nowMs: number): void {
  const { shop } = input;
  const language = speaks(input.language);
  const profile = countryProfile(shop.country, shop.currency);
  draft.create('shop_version', {
    name: shop.name,
    address: shop.address,
    tax_number: shop.taxNumber,
    country: shop.country,
    from_at: nowMs,
  });
  const settings = {
    currency: shop.currency,
    country: shop.country,
    languages: input.language,
    pricesIncludeTax: profile.pricesIncludeTax,
  };
  for (const [key, value] of Object.entries(settings)) draft.create('setting', { key, value: JSON.stringify(value) }, settingId(key));
  for (const [position, { code, ...rate }] of profile.taxes.entries()) {
    const category = draft.create('tax_category', { name: taxName(rate), code, position });
    draft.create('tax_rate', {
      tax_category: category,
      service: 'any',
      rate_ppm: rate.ratePpm,
      from_at: 0,
      ...(rate.parts === null ? {} : { parts: JSON.stringify(rate.parts) }),
    });
  }
  draft.create('payment_method', {
    name: shopWord('cash', language),
    kind: 'cash',
    position: 1,
    counted: true,
    gives_change: true,
    opens_drawer: true,
    rounding_step_minor: profile.cashStepMinor,
    rounding_scope: 'cash',
    active: true,
  });
  draft.create('payment_method', {
    name: shopWord('card', language),
    kind: 'card',
    position: 2,
    counted: true,
    gives_change: false,
    active: true,
  });
}
