/** A register as a process of its own, started as people start it, on a folder and a port of its own; and the screens it serves, built. */
import { strict as assert } from 'node:assert';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM } from '../support/program.ts';
import { endWithUs } from '../support/end-with-us.ts';
import { freePort } from '../support/free-port.ts';

const ROOT = join(import.meta.dirname, '../..');
const STARTS_WITHIN_MS = 15_000;
const STOPS_WITHIN_MS = 15_000;

export interface RegisterProcess {
  readonly url: string;
  readonly folder: string;
  /** Ends the process; its folder stays, and `start` goes on from it. */
  halt(): Promise<void>;
  /** Ends it as a power cut would: without a word to it. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends the process and removes its folder. */
  stop(): Promise<void>;
}

/** Builds the screens unless what is built is newer than every source. */
export function buildScreens(): void {
  const built = join(ROOT, 'dist/ui/index.html');
  const sources = globSync('src/{ui,base,domain,protocol}/**/*', { cwd: ROOT }).map((file) => statSync(join(ROOT, file)).mtimeMs);
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(...sources)) return;
  execFileSync(process.execPath, [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'error'], { cwd: ROOT });
}

export interface StartOptions {
  /** Says and hears nothing on the network: it knows the address that it was told, and nothing else. */
  readonly deaf?: boolean;
}

export async function startRegister(name: string, { deaf = false }: StartOptions = {}): Promise<RegisterProcess> {
  const folder = mkdtempSync(join(tmpdir(), `aurapos-e2e-${name}-`));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const env = deaf ? { ...process.env, AURAPOS_SEARCH: 'off' } : process.env;
  let halt = await startProcess(folder, port, url, env);
  return {
    url,
    folder,
    halt: () => halt('SIGTERM'),
    kill: () => halt('SIGKILL'),
    start: async () => {
      halt = await startProcess(folder, port, url, env);
    },
    stop: async () => {
      await halt('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Halt = (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;

/** Resolves once the register answers, to what ends it again. */
async function startProcess(folder: string, port: number, url: string, env: NodeJS.ProcessEnv): Promise<Halt> {
  const args = [PROGRAM, 'start', '--data', folder, '--port', String(port), '--listen', '127.0.0.1'];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithUs(child);
  let said = '';
  const note = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-8000);
  };
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const halt: Halt = async (signal) => {
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  };
  const until = Date.now() + STARTS_WITHIN_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > until) {
      await halt('SIGKILL');
      assert.fail(`the register did not start:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return halt;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}api/state`)).ok;
  } catch {
    // Not yet listening.
    return false;
  }
}
