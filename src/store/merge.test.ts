/**
 * The merge as a property: random histories of several chains, with all that a newer, older or broken program may write, come to the same
 * rows, edits, exceptions, stock and heads in whatever order, split and repetition they arrive.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toBase64Url } from '../base/bytes.ts';
import { present } from '../base/assert.ts';
import { detach, type ChangeRow, type Detached, type SealedChangeset, type Values } from '../protocol/changeset.ts';
import {
  add,
  believe,
  create,
  deliver,
  foreignChain,
  patch,
  refTo,
  snapshot,
  testId,
  type ForeignChain,
  type Snapshot,
} from '../../test/support/foreign-chain.ts';
import { openTestStore } from '../../test/support/shop.ts';
import { admitDetached } from './archive.ts';
import { closeStore } from './store.ts';

type Step =
  | {
      readonly do: 'create' | 'patch' | 'remove' | 'recode';
      readonly chain: number;
      readonly row: number;
      readonly ms: number;
      readonly value: number;
    }
  | {
      readonly do: 'sale' | 'stock' | 'customer' | 'forget' | 'strange';
      readonly chain: number;
      readonly row: number;
      readonly value: number;
    }
  | { readonly do: 'fork'; readonly chain: number; readonly back: number; readonly value: number }
  | { readonly do: 'unsigned'; readonly chain: number };

const chainOf = fc.nat(2);
const rowOf = fc.nat(2);
/** Few instants, so that equal stamps are common. */
const msOf = fc.nat(3);
const valueOf = fc.nat(4);

const stepOf: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('create', 'patch', 'patch', 'remove', 'recode'), chain: chainOf, row: rowOf, ms: msOf, value: valueOf }),
  fc.record({ do: fc.constantFrom('sale', 'stock', 'customer', 'forget', 'strange'), chain: chainOf, row: rowOf, value: valueOf }),
  fc.record({ do: fc.constant('fork'), chain: chainOf, back: fc.nat(3), value: valueOf }),
  fc.record({ do: fc.constant('unsigned'), chain: chainOf }),
) as fc.Arbitrary<Step>;

/** Values of no column's type, and some that are. */
const STRANGE: readonly Values[] = [
  { product: 'not an id', code: 'C1' },
  { product: testId(1), code: null },
  { product: testId(0), code: 'C1', flavour: 'vanilla' },
  { product: 7, code: true },
  { product: testId(2), code: 'C1', pack_quantity_milli: '12' },
];

interface History {
  readonly chains: readonly ForeignChain[];
  readonly changesets: readonly SealedChangeset[];
  readonly values: readonly Detached[];
}

function write(steps: readonly Step[]): History {
  const chains = [foreignChain(1), foreignChain(2), foreignChain(3)];
  const changesets: SealedChangeset[] = [];
  const values: Detached[] = [];
  const salt = Buffer.alloc(16, 9);
  for (const step of steps) {
    const chain = present(chains[step.chain], 'a chain');
    let changeset: SealedChangeset;
    if (step.do === 'fork') {
      const after = chain.written.at(-1 - step.back);
      changeset = chain.write([add('audit_entry', { kind: 'void', at: step.value })], after === undefined ? {} : { after });
    } else if (step.do === 'unsigned') {
      const good = chain.write([add('audit_entry', { kind: 'void', at: 1 })]);
      changeset = { ...good, signature: Buffer.alloc(64, 1) };
      chain.written[chain.written.length - 1] = changeset;
    } else {
      const person = detach(`person ${step.row} ${step.value}`, salt);
      if (step.do === 'customer') values.push(person);
      changeset = chain.write(rowsOf(step, chain, changesets, toBase64Url(person.hash)));
    }
    changesets.push(changeset);
  }
  return { chains, changesets, values };
}

function rowsOf(
  step: Exclude<Step, { do: 'fork' | 'unsigned' }>,
  chain: ForeignChain,
  before: readonly SealedChangeset[],
  person: string,
): ChangeRow[] {
  const product = testId(step.row);
  const barcode = testId(100 + step.row);
  switch (step.do) {
    case 'create':
      return [
        create('product', product, step.ms, { name: `P${step.value}`, price_minor: step.value, active: true }),
        create('product_barcode', barcode, step.ms, { product, code: `C${step.value % 2}` }),
      ];
    case 'patch': {
      const over = step.value % 2 === 0 ? {} : { price: [Math.max(0, step.ms - 1), chain.key] as const };
      return [patch('product', product, step.ms, { price_minor: step.value, price_includes_tax: step.value > 2 }, over)];
    }
    case 'remove':
      return [
        patch(step.value > 2 ? 'product' : 'product_barcode', step.value > 2 ? product : barcode, step.ms, { deleted: step.value !== 1 }),
      ];
    case 'recode':
      return [patch('product_barcode', barcode, step.ms, { product, code: `C${step.value % 3}`, pack_quantity_milli: null })];
    case 'sale': {
      const shift = before.at(-1 - step.value);
      return [
        add('sale', {
          uuid: testId(1000 + before.length),
          series: `R${step.chain}`,
          number: step.value,
          shift: shift === undefined ? 0 : refTo(shift, 0),
          total_minor: 5,
        }),
        add('sale_line', { sale: 0, product, name: 'x', total_minor: step.value === 4 ? 'five' : 5 }),
        add('sale_line', { sale: 0, kind: 'department', code: `C${step.value % 4}`, name: 'y', unit_price_minor: step.row }),
      ];
    }
    case 'stock':
      return [
        add('stock_movement', { product, quantity_milli: step.value - 2, location: step.value > 2 ? 'cellar' : null, reason: 'adjusted' }),
      ];
    case 'customer':
      return [create('customer', testId(200 + step.row), 1, { name: person }), add('sale', { uuid: product, buyer_tax_number: person })];
    case 'forget':
      return [add('forgotten', { hash: person, at: 1 })];
    case 'strange':
      return [
        create('product_barcode', testId(300 + step.row), step.value, present(STRANGE[step.value], 'strange values')),
        add('hologram', { depth: 3 }),
        patch('product', product, step.value, { aura: 'blue', name: step.value }),
        add('dictionary', { number: 'two', content: 5 }),
      ];
  }
}

function arrive(history: History, batches: readonly (readonly SealedChangeset[])[], valuesFirst: boolean): Snapshot {
  const store = openTestStore();
  believe(store, ...history.chains.map(({ key }) => key));
  if (valuesFirst) admitDetached(store, history.values);
  for (const batch of batches) deliver(store, ...batch);
  admitDetached(store, history.values);
  const seen = snapshot(store);
  closeStore(store);
  return seen;
}

const historyOf = fc.array(stepOf, { minLength: 2, maxLength: 14 }).chain((steps) => {
  const places = fc.array(fc.nat(steps.length - 1), { maxLength: 6 });
  return fc.record({
    steps: fc.constant(steps),
    order: fc.shuffledSubarray([...steps.keys()], { minLength: steps.length, maxLength: steps.length }),
    again: places,
    cuts: fc.array(fc.nat(steps.length), { maxLength: 5 }),
    valuesFirst: fc.boolean(),
  });
});

test('[P3] any order, any split, any repetition: the same rows, edits, exceptions, stock and heads', () => {
  fc.assert(
    fc.property(historyOf, ({ steps, order, again, cuts, valuesFirst }) => {
      const history = write(steps);
      const straight = arrive(history, [history.changesets], false);
      const mixed = [...order, ...again].map((at) => present(history.changesets[at], 'a changeset'));
      const edges = [0, ...cuts.toSorted((a, b) => a - b), mixed.length];
      const batches = edges.slice(1).map((edge, at) => mixed.slice(edges[at], edge));
      assert.deepEqual(arrive(history, batches, valuesFirst), straight);
      const singly = history.changesets.toReversed().map((changeset) => [changeset]);
      assert.deepEqual(arrive(history, singly, valuesFirst), straight);
    }),
    { numRuns: Number(process.env['MERGE_RUNS'] ?? 300), seed: 7 },
  );
});
