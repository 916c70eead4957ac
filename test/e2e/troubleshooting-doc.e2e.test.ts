/** docs/troubleshooting.md: every command in it is run as it is written on a master that runs, and every line it quotes is one that is said. */
import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { REFUSALS } from '../../src/base/refusals.ts';
import en from '../../src/ui/locales/en.json' with { type: 'json' };
import { clusterFolder } from '../support/shop-of-tills.ts';
import { temporaryFolder } from '../support/shop.ts';
import { setUpTill, startTill } from '../support/till.ts';
import { freePort } from '../support/free-port.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8');
const LONGEST_MS = 120_000;
const STEP_MS = 60_000;

/** A piece of what each must print. */
const ANSWERS: readonly (readonly [RegExp, RegExp])[] = [
  [
    /doctor$/,
    /^good PostgreSQL: .*\n[^]*^good Connections: \d+ of \d+ connections[^]*^good Round trip: Good: .* \d+ of \d+ lost or late in 30 s/m,
  ],
  [/--bundle/, /^Support file: support\.json\.gz$/m],
  [/--json/, /^\{"madeAt":\d+,.*"checks":\[/],
  [/--seconds 0$/, /^good Data: (?:(?!Round trip)[^])*$/m],
];

function texts(words: object): string[] {
  return Object.values(words).flatMap((value: unknown) => (typeof value === 'string' ? [value] : texts(value as object)));
}

test('every line that "When something is wrong" quotes is one that AuraPOS says', () => {
  const said = [...texts(en.diagnosis), ...Object.values(REFUSALS).map(({ message }) => message)].map(
    (text) =>
      new RegExp(
        `^${text
          .split(/\{\{\w+\}\}/)
          .map((part) => RegExp.escape(part))
          .join('.+')}$`,
      ),
  );
  const quoted = [...PAGE.matchAll(/^\| (.+?) \| .+ \| .+ \|$/gm)].map(([, words = '']) => words).filter((words) => words !== 'it says');
  assert.ok(quoted.length >= 12, 'the table is read');
  // A text that is nothing but a value would allow everything.
  assert.ok(!said.some((pattern) => pattern.test('Nobody says this.')));
  assert.deepEqual(
    quoted.filter((words) => !said.some((pattern) => pattern.test(words))),
    [],
  );
});

test('every command of "When something is wrong" does what the page says', { timeout: LONGEST_MS }, async () => {
  const folder = temporaryFolder();
  // It listens on every address, as a master does unless told otherwise.
  const master = await startTill(folder.path);
  try {
    await setUpTill(master, 'master', { hubPort: await freePort() });
    const steps = [...PAGE.matchAll(/^```(\S+)\n(.+)\n```/gm)].map(([, , command = '']) => command);
    assert.equal(steps.length, 4);
    for (const command of steps) {
      const wanted = ANSWERS.find(([which]) => which.test(command))?.[1];
      assert.ok(wanted !== undefined, `what does it print: ${command}`);
      assert.match(await run(folder.path, command), wanted, command);
    }
  } finally {
    rmSync(join(ROOT, 'support.json.gz'), { force: true });
    const cluster = await clusterFolder(folder.path);
    await master.stop();
    rmSync(cluster, { recursive: true, force: true });
    folder.remove();
  }
});

function run(data: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd: ROOT, env: { ...process.env, AURAPOS_DATA: data }, timeout: STEP_MS };
    execFile('/bin/sh', ['-c', command], options, (error, out, said) => {
      if (error === null) resolve(out);
      else reject(new assert.AssertionError({ message: `${command}\n${out}${said || error.message}` }));
    });
  });
}
