/** Imports run one way: a room imports what ARCHITECTURE.md says it may, and no file imports itself by a detour. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const SRC = join(import.meta.dirname, '../src');

const ROOMS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  domain: ['base'],
  protocol: ['base', 'domain'],
  store: ['base', 'domain', 'protocol'],
  hub: ['base', 'domain', 'protocol'],
  backup: ['base', 'domain', 'protocol', 'store', 'hub'],
  devices: ['base', 'domain'],
  register: ['base', 'domain', 'protocol', 'store'],
  sync: ['base', 'protocol', 'store', 'hub'],
  server: ['base', 'domain', 'protocol', 'store', 'hub', 'devices', 'register', 'sync', 'backup'],
  ui: ['base', 'domain', 'protocol'],
  cli: ['base', 'domain', 'protocol', 'store', 'hub', 'devices', 'register', 'sync', 'backup', 'server'],
};

interface Source {
  readonly file: string;
  readonly imports: readonly string[];
}

/** Sources of the product; tests may reach further, to build what they test. */
function readSources(): Source[] {
  return globSync('**/*.{ts,tsx}', { cwd: SRC })
    .filter((file) => !/\.test\.tsx?$/.test(file) && !file.includes('/testing/'))
    .map((file) => {
      const text = readFileSync(join(SRC, file), 'utf8');
      const imports = [
        ...text.matchAll(
          /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s+['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]\s*\)|(?:^|\n)import\s+['"](\.[^'"]+)['"]/g,
        ),
      ]
        .map((match) => match[1] ?? match[2] ?? match[3] ?? '')
        .map((path) => relative(SRC, join(SRC, dirname(file), path)));
      return { file, imports };
    });
}

const roomOf = (file: string): string => file.split('/')[0] ?? '';

test('rooms import only what they may', () => {
  const sources = readSources();
  assert.ok(sources.length > 100, 'the sources are found');
  const wrong = sources.flatMap(({ file, imports }) =>
    imports
      .filter((path) => roomOf(path) !== roomOf(file) && ROOMS[roomOf(file)]?.includes(roomOf(path)) !== true)
      .map((path) => `${file} -> ${path}`),
  );
  assert.deepEqual(wrong, []);
});

test('no circle of imports', () => {
  const graph = new Map(readSources().map(({ file, imports }) => [file, imports]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (done.has(file) || path.includes(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  assert.deepEqual(circles, []);
});

test('SQL lies in store and hub; the clock and chance lie in base', () => {
  const sources = readSources().map(({ file }) => ({ file, text: readFileSync(join(SRC, file), 'utf8') }));
  const clocks = sources
    .filter(({ file, text }) => !/^(base|ui)\//.test(file) && /\bDate\.now\(|\bMath\.random\(/.test(text))
    .map(({ file }) => file);
  assert.deepEqual(clocks, []);
});
