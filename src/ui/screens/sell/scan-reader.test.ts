import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ScanReader } from './scan-reader.ts';

function type(reader: ScanReader, text: string, gapMs: number, end: string, startMs = 0): string | null {
  let at = startMs;
  for (const key of text) {
    reader.key(key, at);
    at += gapMs;
  }
  return reader.key(end, at);
}

test('a scanner is told from a person by its pace', () => {
  assert.equal(type(new ScanReader(), '5410000111112', 8, 'Enter'), '5410000111112');
  assert.equal(type(new ScanReader(), '5410000111112', 8, 'Tab'), '5410000111112');
  assert.equal(type(new ScanReader(), 'R1-000042', 5, 'Enter'), 'R1-000042');
  assert.equal(type(new ScanReader(), '5410000111112', 120, 'Enter'), null);
  assert.equal(type(new ScanReader(), '12', 5, 'Enter'), null);
});

test('keys somebody pressed before the scan do not get into the code', () => {
  const reader = new ScanReader();
  reader.key('3', 0);
  reader.key('*', 400);
  assert.equal(type(reader, '4011', 5, 'Enter', 900), '4011');
  assert.equal(type(reader, '4012', 5, 'Enter', 1000), '4012');
});
