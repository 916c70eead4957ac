/** The dictionary that every body ever written was compressed with must never change a byte. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256, toHex } from '../base/bytes.ts';
import { FIRST_DICTIONARY } from './dictionary.ts';

test('dictionary 1 is the one that shipped', () => {
  assert.equal(toHex(sha256(FIRST_DICTIONARY.content)), '71d3d9353404978f3c8eaa56ac6314e7a82e05ba72933fb2b107ef04e71f31ab');
});
