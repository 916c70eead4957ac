/** docs/backups.md, followed from top to bottom: every command in it is run as it is written, with the stick in it a folder of this machine. */
import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const LONGEST_MS = 180_000;
const STEP_MS = 60_000;

interface Step {
  readonly on: string;
  readonly command: string;
}

function readSteps(): Step[] {
  const text = readFileSync(join(ROOT, 'docs/backups.md'), 'utf8');
  return [...text.matchAll(/^```(\S+)\n([^]*?)^```/gm)].flatMap(([, on = '', body = '']) =>
    body
      .trim()
      .split('\n')
      .map((command) => ({ on, command })),
  );
}

/** A piece of what each must print. */
const ANSWERS: readonly (readonly [RegExp, RegExp])[] = [
  [/where --to/, /Backups go to .*, every 4 hours and after a closing\. Kept: 30 daily, 12 monthly, 10 yearly\./],
  [/where --every/, /every 2 hours.*60 daily, 24 monthly, 10 yearly/],
  [/where --encrypt/, /encrypted[^]*recovery code, shown once/],
  [/now --to/, /Backed up\./],
  [/backup now/, /Backed up\.[^]*You could lose at most 2 sales/],
  [/list --from/, /Corner Shop, R1 Front till: 2 sales/],
  [/backup list/, /Corner Shop, R1 Front till: 2 sales/],
  [/verify --from/, /all as they were written\.[^]*in order: 1 chains, .* 2 sales/],
  [/backup verify/, /in order\.[^]*You could lose at most 0 sales/],
  [/backup restore/, /New receipts are numbered R1b-\w{4}-000001/],
  [/backup rebuild/, /New receipts are numbered R1b-\w{4}-000001/],
];

function run(data: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      '/bin/sh',
      ['-c', command],
      { cwd: ROOT, env: { ...process.env, AURAPOS_DATA: data }, timeout: STEP_MS },
      (error, out, said) => {
        if (error === null) resolve(out + said);
        else reject(new assert.AssertionError({ message: `${command}\n${out}${said || error.message}` }));
      },
    );
    child.stdin?.end();
  });
}

test('every command of "Backups" does what the page says', { timeout: LONGEST_MS }, async () => {
  const root = mkdtempSync(join(tmpdir(), 'aurapos-docs-'));
  const [single, elsewhere] = [join(root, 'single'), join(root, 'elsewhere')];
  const [stick, other] = [join(root, 'stick'), join(root, 'other')];
  for (const folder of [stick, other]) mkdirSync(folder);
  try {
    await run(single, 'bin/aurapos setup --mode single --shop "Corner Shop" --pin 482916 --catalogue demo');
    const products = JSON.parse(await run(single, 'bin/aurapos product list --limit 1 --json')) as { rows: { codes: string[] }[] };
    for (let sale = 0; sale < 2; sale++) await run(single, `bin/aurapos sell --barcode ${products.rows[0]?.codes[0] ?? ''}`);
    let code = '';
    const folders: Readonly<Record<string, string>> = { single, elsewhere, damaged: single };
    const ran = new Set<string>();
    for (const { on, command } of readSteps()) {
      const data = folders[on];
      assert.ok(data !== undefined, `whose command is it: ${command}`);
      // What is restored is the newest, and that is encrypted by then.
      if (command.includes('backup restore')) await run(single, 'bin/aurapos backup now');
      const printed = await run(data, command.replace('/media/stick', stick).replace('/media/other', other).replace('CODE', code));
      const [which, wanted] = ANSWERS.find(([asked]) => asked.test(command)) ?? [];
      assert.ok(which !== undefined && wanted !== undefined, `what must it print: ${command}`);
      assert.match(printed, wanted, command);
      ran.add(String(which));
      code = /^ {2}((?:\w{4}-){6}\w{4})$/m.exec(printed)?.[1] ?? code;
    }
    assert.equal(ran.size, ANSWERS.length, 'each answer belongs to a command');
    assert.match(await run(single, `bin/aurapos backup identity --code ${code}`), /^AGE-SECRET-KEY-1[A-Z0-9]{58}\n$/);
    assert.match(await run(elsewhere, 'bin/aurapos verify'), /In order: 2 chains, .* 2 sales/);
    assert.match(await run(single, 'bin/aurapos verify'), /In order: 2 chains, .* 2 sales/);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
