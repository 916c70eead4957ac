/** The simulated card terminal as a process of its own, as an owner starts it for a demo shop. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { Behaviour, JournalEntry } from '../../src/devices/terminals/simulator.ts';
import { PROGRAM } from './program.ts';

const ROOT = join(import.meta.dirname, '../..');
const STARTS_WITHIN_MS = 15_000;

export interface TerminalProcess {
  readonly port: number;
  /** What it took, in its order. */
  readonly journal: readonly JournalEntry[];
  stop(): Promise<void>;
}

export async function startTerminal(behave: Behaviour | null = null, lateMs = 600): Promise<TerminalProcess> {
  const args = ['terminal', '--port', '0', '--json', '--think-ms', '50', '--late-ms', String(lateMs)];
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', PROGRAM, ...args, ...(behave === null ? [] : ['--behave', behave])],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const journal: JournalEntry[] = [];
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no terminal')), STARTS_WITHIN_MS);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as JournalEntry | { port: number };
      if ('port' in said) {
        clearTimeout(timer);
        resolve(said.port);
      } else journal.push(said);
    });
  });
  return {
    port,
    journal,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
