/** The list of tables says in types what it says in values. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TABLES, TABLE_NAMES, type Insert, type Patch } from './tables.ts';

test('row types follow from the list', () => {
  const whole: Insert<'product'> = { name: 'x', price_minor: 1, price_includes_tax: true, unit: 'each', active: true };
  const patch: Patch<'product'> = { price_minor: 3, deleted: true };
  assert.ok(Object.keys({ ...whole, ...patch }).every((name) => name in TABLES.product.columns));
});

test('every record has a tombstone, and no column stands in two groups', () => {
  for (const name of TABLE_NAMES) {
    const table = TABLES[name];
    if (table.kind === 'ledger') continue;
    const names = Object.values(table.groups).flatMap((group) => Object.keys(group));
    assert.equal(new Set(names).size, names.length, name);
    assert.ok('deleted' in table.columns, name);
  }
});
