/**
 * docs/set-up-several-registers.md, followed from top to bottom: every command in it is run as it is written, against real processes, with
 * the address, ports, code and file in it set to those of this machine. What changes a firewall is compared with what AuraPOS itself would run.
 */
import { strict as assert } from 'node:assert';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { planFirewall } from '../../src/hub/firewall.ts';
import { freePort } from '../support/free-port.ts';

const ROOT = join(import.meta.dirname, '../..');
const LONGEST_MS = 120_000;
const STEP_MS = 60_000;
const STARTS_WITHIN_MS = 15_000;
/** What the document writes, to be found in it and set to this machine's. */
const WRITTEN = { address: '192.168.1.10', port: '5432', code: 'ABCD-EFGH-JKMN' } as const;

interface Step {
  /** Which machine it is typed on, or how it is to be treated. */
  readonly on: string;
  readonly command: string;
}

function readSteps(): Step[] {
  const text = readFileSync(join(ROOT, 'docs/set-up-several-registers.md'), 'utf8');
  return [...text.matchAll(/^```(\S+)(?: (\S+))?\n([^]*?)^```/gm)].flatMap(([, language = '', on, body = '']) =>
    body
      .trim()
      .split('\n')
      .map((command) => ({ on: on ?? language, command })),
  );
}

/** Whose answer says more than "it worked": a piece of what each must print. */
const ANSWERS: readonly (readonly [RegExp, RegExp])[] = [
  [/setup --mode master/, /Ready to sell\.[^]*recovery code/],
  [/storage master/, /recovery code/],
  [/aurapos status/, /R1 Front till, master/],
  [/aurapos pair/, /good for one register/],
  [/setup --mode slave/, /Ready to sell\./],
  [/product list/, /TEST_SYNC/],
  [/sale list/, /R2-000001/],
  [/aurapos registers/, /Market stall {2}online/],
  [/psql .*hello/, /Corner Shop/],
  [/aurapos verify/, /In order/],
];

class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), 'aurapos-docs-'));
  #running: ChildProcess | null = null;

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, AURAPOS_DATA: this.folder, PGPASSWORD: '7312', PGCONNECT_TIMEOUT: '10' };
  }

  /** Runs it to its end, as a person's shell would; what it printed. */
  run(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = execFile('/bin/sh', ['-c', command], { cwd: ROOT, env: this.env, timeout: STEP_MS }, (error, out, said) => {
        if (error === null) resolve(out + said);
        else reject(new assert.AssertionError({ message: `${command}\n${out}${said || error.message}` }));
      });
      child.stdin?.end();
    });
  }

  /** For what runs until it is ended; resolves once it says where it is. */
  async start(command: string): Promise<void> {
    const [file = '', ...args] = command.split(' ');
    const child = spawn(join(ROOT, file), args, { cwd: ROOT, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#running = child;
    let said = '';
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new assert.AssertionError({ message: `${command} did not start: ${said}` })), STARTS_WITHIN_MS);
      const hear = (chunk: Buffer): void => {
        said += chunk.toString();
        if (!said.includes('AuraPOS is at http://127.0.0.1:')) return;
        clearTimeout(timer);
        resolve();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
    });
  }

  async end(): Promise<void> {
    const child = this.#running;
    if (child !== null && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What goes from one register to the other may be a moment on its way. */
async function runUntil(machine: Machine, command: string, wanted: RegExp): Promise<void> {
  const untilMs = performance.now() + STARTS_WITHIN_MS;
  for (;;) {
    const printed = await machine.run(command);
    if (wanted.test(printed)) return;
    assert.ok(performance.now() < untilMs, `${command} printed:\n${printed}`);
  }
}

test('every command of "Set up several registers" does what the page says', { timeout: LONGEST_MS }, async () => {
  const hubPort = await freePort();
  const aloneHubPort = await freePort();
  const machines = { master: new Machine(), slave: new Machine(), single: new Machine() };
  let code = '';
  const onThisMachine = async ({ on, command }: Step): Promise<string> => {
    if (command.endsWith('aurapos start')) return `${command} --port ${await freePort()} --listen 127.0.0.1`;
    if (command.includes('--mode master')) return `${command} --hub-port ${hubPort}`;
    if (on === 'single') return `${command} --hub-port ${aloneHubPort}`;
    return command
      .replace(`--master ${WRITTEN.address}`, `--master 127.0.0.1:${hubPort}`)
      .replace(WRITTEN.address, '127.0.0.1')
      .replace(`-p ${WRITTEN.port}`, `-p ${hubPort}`)
      .replace(WRITTEN.code, code);
  };
  try {
    await machines.single.run('bin/aurapos setup --mode single --pin 482916');
    for (const step of readSteps()) {
      const command = await onThisMachine(step);
      if (step.on === 'by-hand' || step.on === 'powershell') {
        const plan = planFirewall(step.on === 'powershell' ? 'netsh' : 'ufw', Number(WRITTEN.port)).at(-1);
        assert.ok(plan !== undefined);
        assert.equal(step.command.replace('sudo ', '').replaceAll('"', ''), [plan.file, ...plan.args].join(' '));
        continue;
      }
      assert.ok(step.on === 'master' || step.on === 'slave' || step.on === 'single', `whose command is it: ${step.command}`);
      const machine = machines[step.on];
      if (step.command.endsWith('aurapos start')) {
        await machine.start(command);
        continue;
      }
      const wanted = ANSWERS.find(([which]) => which.test(step.command))?.[1] ?? /^/;
      if (/product list|sale list|registers/.test(step.command)) await runUntil(machine, command, wanted);
      else {
        const printed = await machine.run(command);
        assert.match(printed, wanted, command);
        code = /([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}) {3}good/.exec(printed)?.[1] ?? code;
      }
    }
    assert.notEqual(code, '', 'a pairing code was printed');
  } finally {
    for (const machine of [machines.slave, machines.master, machines.single]) await machine.end();
  }
});
