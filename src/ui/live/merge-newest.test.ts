import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { mergeNewest } from './merge-newest.ts';

const row = (uuid: string, state = 'waiting') => ({ uuid, state });

test('new sales go on top, known ones take their new state, further pages stay', () => {
  const loaded = {
    pages: [
      { rows: [row('c'), row('b')], next: 'b', total: 4 },
      { rows: [row('a'), row('z', 'sent')], next: null, total: 4 },
    ],
    pageParams: ['', 'b'],
  };
  const merged = mergeNewest(loaded, { rows: [row('d'), row('c', 'sent'), row('b', 'sent')], next: 'b', total: 5 });
  assert.deepEqual(
    merged.pages.map((page) => page.rows.map((r) => `${r.uuid} ${r.state}`)),
    [
      ['d waiting', 'c sent', 'b sent'],
      ['a waiting', 'z sent'],
    ],
  );
  assert.equal(merged.pages[0]?.total, 5);
  assert.deepEqual(merged.pageParams, ['', 'b']);
});

test('when more arrived than a page holds, the fresh page stands alone and nothing is skipped', () => {
  const loaded = { pages: [{ rows: [row('b')], next: null, total: 1 }], pageParams: [''] };
  const fresh = { rows: [row('z'), row('y')], next: 'y', total: 900 };
  assert.deepEqual(mergeNewest(loaded, fresh), { pages: [fresh], pageParams: [''] });
});
