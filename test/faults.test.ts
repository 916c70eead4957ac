/**
 * The faults that AuraPOS must come through, by their numbers, and what went wrong for others (FIELD): each has a test whose name says so,
 * `[fault 7]`, `[fault 1-3, 5]`. A test renamed or taken out shows here.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..');
const FAULTS = '1-48';
const FIELD = '1-11';

/** `1-3, 5` as 1, 2, 3, 5. */
function numbers(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [from = NaN, to = from] = part.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, at) => from + at);
  });
}

/** Numbers of this kind in the names of tests: what is called `test` or `t.test` with a text. */
function named(kind: 'fault' | 'FIELD'): Set<number> {
  const found = new Set<number>();
  for (const file of globSync('{src,test}/**/*.test.ts', { cwd: ROOT })) {
    const source = readFileSync(join(ROOT, file), 'utf8');
    for (const [, name = ''] of source.matchAll(/\btest\(\s*['`]([^\n]*)['`],/g))
      for (const [, list = ''] of name.matchAll(new RegExp(`\\[${kind} ([\\d, -]+)\\]`, 'g')))
        for (const number of numbers(list)) found.add(number);
  }
  return found;
}

test('every fault and every story from the field that is to be held has a test that names it', () => {
  for (const [kind, list] of [
    ['fault', FAULTS],
    ['FIELD', FIELD],
  ] as const) {
    const found = named(kind);
    assert.deepEqual(
      numbers(list).filter((number) => !found.has(number)),
      [],
      kind,
    );
  }
});
