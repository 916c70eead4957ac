/**
 * A register's end of a process that works beside it: started for one request, at low priority, ended when it says nothing for too long. It ends
 * with the register that asked.
 */
import { fork } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Refused, Result } from '../base/result.ts';
import type { OnProgress, ProcessSaid } from './serve-beside.ts';

export interface Beside {
  /** Module of the process: it calls serveBeside. */
  readonly file: URL;
  readonly request: object;
  /** What a silence this long means. */
  readonly silentMs: number;
  readonly silent: Refused;
  /** What it means that the process was ended. */
  readonly cut: Refused;
  readonly signal: AbortSignal;
  onProgress: OnProgress;
}

/** Behind whatever sells on this machine. */
const NICE = 10;

/** Refuses as the process does, and as `silent` and `cut` say. Throws what was a bug there. */
export function runBeside<T>({ file, request, silentMs, silent, cut, signal, onProgress }: Beside): Promise<Result<T>> {
  const child = fork(file, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  return new Promise((resolve, reject) => {
    const stop = (): void => void child.kill('SIGKILL');
    let silence: NodeJS.Timeout | undefined;
    const wait = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        stop();
        end(() => resolve(silent));
      }, silentMs);
    };
    const end = (settle: () => void): void => {
      clearTimeout(silence);
      signal.removeEventListener('abort', stop);
      settle();
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    child.on('spawn', () => {
      try {
        setPriority(child.pid ?? 0, NICE);
      } catch {
        // It has ended already.
      }
    });
    child.on('message', (said: ProcessSaid<T>) => {
      wait();
      if (said.say === 'progress') onProgress(said.step, said.done, said.total);
      else if (said.say === 'crash') end(() => reject(new Error(said.error)));
      else end(() => resolve(said.answer));
    });
    child.on('error', (error) => end(() => reject(error)));
    child.on('exit', () => end(() => resolve(cut)));
    wait();
    child.send(request);
  });
}
