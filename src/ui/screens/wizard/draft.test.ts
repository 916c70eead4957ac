import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { cleanCode, splitAddress } from './draft.ts';

test('the address of a master may carry a port', () => {
  assert.deepEqual(splitAddress(' 192.168.1.20 '), { host: '192.168.1.20', port: 5432 });
  assert.deepEqual(splitAddress('till.local:5433'), { host: 'till.local', port: 5433 });
  assert.deepEqual(splitAddress('[fe80::1]:5433'), { host: 'fe80::1', port: 5433 });
  assert.deepEqual(splitAddress('fe80::1'), { host: 'fe80::1', port: 5432 });
  assert.equal(splitAddress(''), null);
  assert.equal(splitAddress('till.local:99999'), null);
  assert.equal(splitAddress('two words'), null);
});

test('a pairing code is read as people type it', () => {
  assert.equal(cleanCode('7k4m-q9xt 2vhd'), '7K4MQ9XT2VHD');
  assert.equal(cleanCode('oil0-'), '0110');
  assert.equal(cleanCode('7K4MQ9XT2VHDEXTRA'), '7K4MQ9XT2VHD');
});
