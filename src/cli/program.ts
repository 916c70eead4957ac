/** What all commands share: where data lies, how they speak, how they reach a register. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { describeRefusal, type Refusal } from '../base/result.ts';
import type { Answer, RouteName } from '../protocol/api/routes.ts';
import { reachRunning, type CallInput, type Reach } from './reach.ts';

export const DEFAULT_DATA_FOLDER =
  process.platform === 'win32'
    ? join(process.env['LOCALAPPDATA'] ?? homedir(), 'AuraPOS')
    : join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'aurapos');

export interface Options {
  readonly data: string;
  readonly json: boolean;
}

export function readOptions(command: Command): Options {
  const all = command.optsWithGlobals<{ data?: string; json?: boolean }>();
  return { data: resolve(all.data ?? DEFAULT_DATA_FOLDER), json: all.json ?? false };
}

// ---- speaking

export function say(options: Options, value: unknown, text: string): void {
  process.stdout.write(options.json ? `${JSON.stringify(value)}\n` : `${text}\n`);
}

/** Ends the program with code 1: what is true, what to do. */
export function fail(options: Options, error: { code: string; message: string; action: string }): never {
  if (options.json) process.stdout.write(`${JSON.stringify({ error })}\n`);
  else process.stderr.write(`${error.message} ${error.action} [${error.code}]\n`);
  process.exit(1);
}

export function failWith(options: Options, refusal: Refusal): never {
  const { message, action } = describeRefusal(refusal);
  return fail(options, { code: refusal.code, message, action });
}

// ---- reaching a register

/** The register of this folder: the running one, or one for as long as the command takes. Ends the program when there is none to be had. */
export async function reachRegister(options: Options): Promise<Reach> {
  const running = await reachRunning(options.data);
  if (running !== null) return running;
  // Most of the program, and of the time that a command takes: loaded only when no register runs.
  const { putTogether } = await import('./own-register.ts');
  const own = await putTogether(options.data);
  return own.ok ? own.value : failWith(options, own.refusal);
}

/** Calls, and ends the program when it is refused. */
export async function must<K extends RouteName>(options: Options, reach: Reach, name: K, input?: CallInput<K>): Promise<Answer<K>> {
  const called = await reach.call(name, input);
  if (called.ok) return called.value;
  await reach.close();
  return fail(options, called.error);
}
