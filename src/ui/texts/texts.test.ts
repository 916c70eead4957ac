import { strict as assert } from 'node:assert';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { COUNTER_REFUSALS } from '../../base/counter-refusals.ts';
import { REFUSALS } from '../../base/refusals.ts';
import { STORAGE_REFUSALS } from '../../base/storage-refusals.ts';
import { LANGUAGES as SPOKEN } from '../../domain/language.ts';
import { job } from '../../protocol/api/shop.ts';
import { LANGUAGES as SCREEN_LANGUAGES } from './i18n.ts';
import en from '../locales/en.json' with { type: 'json' };
import de from '../locales/de.json' with { type: 'json' };
import fr from '../locales/fr.json' with { type: 'json' };
import nl from '../locales/nl.json' with { type: 'json' };

type Texts = { readonly [key: string]: string | Texts };

const UI = join(import.meta.dirname, '..');
const ROOT = join(UI, '../..');
const PLURAL = /_(zero|one|two|few|many|other)$/;

function flatten(texts: Texts, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') flat.set(prefix + key, value);
    else for (const [deeper, text] of flatten(value, `${prefix}${key}.`)) flat.set(deeper, text);
  }
  return flat;
}

const LANGUAGES: Readonly<Record<string, Map<string, string>>> = {
  en: flatten(en),
  fr: flatten(fr),
  nl: flatten(nl),
  de: flatten(de),
};
/** The languages that refusals are translated to; English is the register's own. */
const TRANSLATED = Object.entries(LANGUAGES).filter(([language]) => language !== 'en');

/** Refusals speak English by the register's own words: only the screen's own are in en.json. */
function isOwn(key: string): boolean {
  return !key.startsWith('refusal.') || key.startsWith('refusal.screen.');
}

function parameters(text: string): readonly string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '').sort();
}

test('every language has the same texts, with every form of its plurals and the same parameters', () => {
  const english = LANGUAGES['en'] ?? new Map<string, string>();
  const names = (flat: Map<string, string>): readonly string[] => [
    ...new Set([...flat.keys()].filter(isOwn).map((key) => key.replace(PLURAL, '_'))),
  ];
  for (const [language, flat] of Object.entries(LANGUAGES)) {
    assert.deepEqual([...names(flat)].sort(), [...names(english)].sort(), language);
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const key of names(flat).filter((name) => name.endsWith('_'))) {
      for (const form of forms) assert.ok(flat.has(`${key}${form}`), `${language}: ${key}${form}`);
    }
    for (const [key, text] of flat) {
      assert.notEqual(text.trim(), '', `${language}: ${key} is empty`);
      const other = english.get(key);
      if (other !== undefined) assert.deepEqual(parameters(text), parameters(other), `${language}: parameters of ${key}`);
    }
  }
});

test('no text that the screens ask for is missing', () => {
  const known = [...(LANGUAGES['en'] ?? new Map<string, string>()).keys()];
  const has = (key: string): boolean => known.some((name) => name.replace(PLURAL, '') === key);
  const begins = (start: string): boolean => known.some((name) => name.startsWith(start));
  const missing: string[] = [];
  for (const file of globSync('**/*.{ts,tsx}', { cwd: UI }).filter((name) => !name.includes('.test.'))) {
    const source = readFileSync(join(UI, file), 'utf8');
    for (const [, key = ''] of source.matchAll(/\bt\(\s*'([^']+)'|i18nKey="([^"]+)"/g))
      if (key !== '' && !has(key)) missing.push(`${file}: ${key}`);
    for (const [, start = ''] of source.matchAll(/\bt\(\s*`([^`$]+)\$\{/g)) if (!begins(start)) missing.push(`${file}: ${start}...`);
    for (const [, first = '', second = ''] of source.matchAll(/\bt\([^()']*\? '([\w.-]+)' : '([\w.-]+)'/g)) {
      for (const key of [first, second]) if (!has(key)) missing.push(`${file}: ${key}`);
    }
  }
  assert.deepEqual(missing, []);
});

test('long work of every kind says what its figures count', () => {
  for (const kind of job.shape.kind.options) assert.ok(LANGUAGES['en']?.has(`job.of-${kind}`), kind);
});

test('every refusal of the product speaks every language, with parameters that it has', () => {
  const missing: string[] = [];
  for (const [language, flat] of TRANSLATED) {
    for (const [code, entry] of Object.entries(REFUSALS)) {
      for (const part of ['message', 'action'] as const) {
        const text = flat.get(`refusal.${code}.${part}`);
        if (text === undefined) missing.push(`${language}: refusal.${code}.${part}`);
        else for (const name of parameters(text)) assert.ok(parameters(entry[part]).includes(name), `${language}: ${code}: ${name}`);
      }
    }
  }
  assert.deepEqual(missing, []);
});

test('the screens, paper and set-up speak the same languages', () => {
  assert.deepEqual(Object.keys(LANGUAGES).sort(), [...SPOKEN].sort());
  assert.deepEqual(
    SCREEN_LANGUAGES.map(({ code }) => code),
    [...SPOKEN],
  );
});

test('every refusal is raised by the program and named by a test, and no text is left of one that is gone', () => {
  const read = (pattern: string): readonly (readonly [file: string, text: string])[] =>
    globSync(pattern, { cwd: ROOT }).map((file) => [file, readFileSync(join(ROOT, file), 'utf8')] as const);
  const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file) || file.includes('/testing/');
  const program = read('src/**/*.{ts,tsx}').filter(([file]) => !isTest(file) && !/^src.base.(counter-|storage-)?refusals\.ts$/.test(file));
  // A pattern writes the point of a code with a stroke before it.
  const tests = read('{src,test}/**/*.test.ts').map(([, text]) => text.replaceAll('\\.', '.'));
  const codes = Object.keys(REFUSALS);
  assert.equal(codes.length, 1 + Object.keys(COUNTER_REFUSALS).length + Object.keys(STORAGE_REFUSALS).length, 'each stands in one part');
  const raised = codes.filter((code) => program.some(([, text]) => text.includes(`'${code}'`)));
  assert.deepEqual(
    codes.filter((code) => !raised.includes(code)),
    [],
    'nothing raises them',
  );
  const named = codes.filter((code) => {
    // A code of one word is one only in quotes.
    const name = code.includes('.') ? new RegExp(`(?<![\\w.-])${RegExp.escape(code)}(?![\\w-])`) : new RegExp(`'${code}'`);
    return tests.some((text) => name.test(text));
  });
  assert.deepEqual(
    codes.filter((code) => !named.includes(code)),
    [],
    'no test names them',
  );
  const translated = TRANSLATED.flatMap(([, flat]) => [...flat.keys()]).filter((key) => key.startsWith('refusal.') && !isOwn(key));
  const spoken = new Set(translated.map((key) => key.slice('refusal.'.length, key.lastIndexOf('.'))));
  assert.deepEqual(
    [...spoken].filter((code) => !Object.hasOwn(REFUSALS, code)),
    [],
    'texts without a refusal',
  );
});
