/**
 * What `npm start`, `npm test` and the other commands run first: brings what is missing (packages, the screens' build, for tests also
 * Chromium, psql and tools of networks and disks on Debian), then runs the command on the Node that the project pins. Plain JavaScript
 * without dependencies, since it runs on whatever Node is there. Offline once everything is installed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const bin = (name) => join(root, 'node_modules', ...name);

/** What it says goes beside: standard output is the command's own, which may be a document. */
function run(file, args, options = {}) {
  const done = spawnSync(file, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    ...options,
  });
  if (done.error) throw done.error;
  return done.status ?? 1;
}

function must(file, args, what, options) {
  const status = run(file, args, options);
  if (status !== 0) {
    console.error(`${what} failed (exit code ${status}).`);
    process.exit(status);
  }
}

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) latest = Math.max(latest, modified(join(entry.parentPath ?? entry.path, entry.name)));
  }
  return latest;
}

function installPackages() {
  const installed = modified(join(root, 'node_modules', '.package-lock.json'));
  if (existsSync(node) && installed >= modified(join(root, 'package-lock.json'))) return;
  console.error('Installing what AuraPOS needs (once) ...');
  must('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'Installing packages');
}

/** The screens are built again when a source of theirs changed. */
function buildScreens() {
  const sources = ['src/ui', 'src/base', 'src/domain', 'src/protocol'].map((folder) => newest(join(root, folder)));
  const built = modified(join(root, 'dist', 'ui', 'index.html'));
  if (built > Math.max(...sources, modified(join(root, 'vite.config.ts')), modified(join(root, 'package-lock.json')))) return;
  console.error('Building the screens (once) ...');
  must(node, [bin(['vite', 'bin', 'vite.js']), 'build', '--logLevel', 'warn'], 'Building the screens');
}

const program = join(root, 'dist', 'program', 'main.js');

/** So is the program itself. */
function buildProgram() {
  const sources = [
    newest(join(root, 'src')),
    modified(join(root, 'scripts', 'build-program.mjs')),
    modified(join(root, 'package-lock.json')),
  ];
  if (modified(program) > Math.max(...sources)) return;
  console.error('Building the program (once) ...');
  must(node, [join(root, 'scripts', 'build-program.mjs')], 'Building the program');
}

function build() {
  buildScreens();
  buildProgram();
  // What tests and benches start (test/support/program.ts).
  process.env.AURAPOS_PROGRAM = program;
}

/** Program, package, and what does as well. */
const TOOLS = [
  ['chromium-headless-shell', 'chromium-headless-shell', 'chromium'],
  ['psql', 'postgresql-client'],
  ['ip', 'iproute2'],
  ['nft', 'nftables'],
  ['mount', 'mount'],
  ['mkfs.ext4', 'e2fsprogs'],
];

/** Programs the tests drive. Installed where that can be done without asking anybody: root on Debian. */
function bringTools() {
  const onPath = (name) =>
    (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, name))) || existsSync(join('/usr/sbin', name));
  const missing = TOOLS.filter(([name, , instead]) => !onPath(name) && !(instead !== undefined && onPath(instead)));
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  const ask = `The tests need ${missing.map(([name]) => name).join(', ')}. Install: apt-get install ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.error(ask);
    process.exit(1);
  }
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  console.error(`Installing ${packages.join(', ')} ...`);
  must('apt-get', ['update', '-qq'], 'apt-get update', quiet);
  must('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], ask, quiet);
}

/** Without those that start PostgreSQL, a browser or processes: all in one process, which loads the program once. */
const UNIT = ['src/**/!(*.pg).test.ts', 'test/*.test.ts'];
/** Two files at a time beside those, since a test of a PostgreSQL alone waits for it most of the time. */
const POSTGRES = ['src/**/*.pg.test.ts'];
/** Those that wait for most of their time: for links to be given up, for servers to be missed, for a backup's hour. One at a time beside the next ones. */
const WAITING = [
  'test/chaos/@(full-disk|moves).test.ts',
  'test/http/backups.test.ts',
  'test/network/@(diagnosis|lossy).test.ts',
  'test/e2e/@(diagnosis|troubleshooting-doc).e2e.test.ts',
];
/** Of the tests in a browser, those that stand at no counter: they hurry nobody. */
const UNHURRIED = 'backups-doc|hub-elsewhere|join-another|join-refusals|take-over';
/** Beside all of those before: what they leave of the processors is its own, until SIMULATED_WITHIN_MS after the beginning. */
const SIMULATOR = ['test/sim/*.test.ts'];
const SIMULATED_WITHIN_MS = 20 * 60_000;
/** Two files at a time: processes that start, are killed, and find each other again. */
const TOGETHER = [
  'test/{attack,machine,versions}/*.test.ts',
  'test/http/!(backups).test.ts',
  'test/chaos/!(full-disk|moves).test.ts',
  'test/network/!(diagnosis|lossy).test.ts',
  `test/e2e/@(${UNHURRIED}).e2e.test.ts`,
];
/** Two at a time as well, and beside nothing else: they look at a screen as a person does who waits ten seconds for nothing. */
const AT_THE_COUNTER = [`test/e2e/!(${UNHURRIED}|diagnosis|troubleshooting-doc).e2e.test.ts`];

const STOPS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** A file ends with its last test: what one that failed left open keeps nobody waiting. */
const testArguments = (concurrency, files) => [
  '--test',
  '--test-force-exit',
  `--test-concurrency=${concurrency}`,
  '--test-reporter=spec',
  ...files,
];
const unitArguments = (reporter) => ['--test', '--test-isolation=none', `--test-reporter=${reporter}`, ...UNIT];

/** Runs on the pinned Node, signals handed on. Resolves with its exit code; a signal that ended it ends this too. */
function runNode(args) {
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const stop = (signal) => child.kill(signal);
  for (const signal of STOPS) process.on(signal, stop);
  process.on('exit', () => child.kill());
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      for (const name of STOPS) process.off(name, stop);
      if (signal !== null) process.exit(130);
      resolve(code ?? 1);
    });
  });
}

/** The lot, by what may run beside what. What Node made of the sources is kept for the next of a hundred processes, as the program does it. */
async function runTests() {
  process.env.NODE_COMPILE_CACHE = join(root, '.cache', 'compiled');
  const together = async (...runs) => Math.max(...(await Promise.all(runs.map((args) => runNode(args)))));
  process.env.SIM_UNTIL ??= String(Date.now() + SIMULATED_WITHIN_MS);
  const simulated = runNode(testArguments(1, SIMULATOR));
  return Math.max(
    await together(unitArguments('spec'), testArguments(2, POSTGRES)),
    await together(testArguments(2, TOGETHER), testArguments(1, WAITING)),
    await simulated,
    await together(testArguments(2, AT_THE_COUNTER)),
  );
}

const [command = 'start', ...rest] = process.argv.slice(2);
installPackages();
switch (command) {
  case 'start':
    build();
    process.exit(await runNode([program, 'start', ...rest]));
    break;
  case 'aurapos':
    build();
    process.exit(await runNode([program, ...rest]));
    break;
  case 'build':
    build();
    break;
  case 'check': {
    process.env.INIT_CWD = root;
    const tests = runNode(unitArguments('dot'));
    must(node, [bin(['oxfmt', 'bin', 'oxfmt']), '--check', 'src', 'test', 'scripts'], 'Formatting (mend it with: npm run format)');
    must(node, [bin(['oxlint', 'bin', 'oxlint']), '--type-aware', 'src', 'test'], 'Lint');
    must(node, [bin(['typescript', 'bin', 'tsc']), '-p', '.'], 'Types');
    must(node, [bin(['typescript', 'bin', 'tsc']), '-p', 'src/ui'], 'Types of the screens');
    process.exit(await tests);
    break;
  }
  case 'test':
    bringTools();
    build();
    process.env.INIT_CWD = root;
    process.exit(await (rest.length > 0 ? runNode(testArguments(1, rest)) : runTests()));
    break;
  default:
    // A script of the project: npm run bench -- register ...
    build();
    process.exit(await runNode([join(root, command), ...rest]));
}
