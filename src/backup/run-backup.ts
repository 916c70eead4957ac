/**
 * A register's end of the process that works on backups. Started for one request, at low priority, ended when it says nothing for too long: a
 * network folder that hangs, hangs there.
 */
import { fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { refuse, type Result } from '../base/result.ts';
import type { ProcessSaid } from './backup-process.ts';
import type { BackupAnswers, BackupVerb, OnProgress, RequestOf } from './requests.ts';

/** Lists are waited for by a person. Bulk work says something every few MB; a trial is silent while everything is verified. */
const SILENT_MS: Readonly<Record<BackupVerb, number>> = {
  prepare: 15_000,
  list: 15_000,
  make: 180_000,
  check: 180_000,
  try: 3_600_000,
  restore: 3_600_000,
};

/** Behind whatever sells on this machine. */
const NICE = 10;

/** Refuses as serveBackup; with backup.target-gone after a silence, with backup.cut-short when it was ended. Throws what was a bug there. */
export function runBackup<V extends BackupVerb>(
  request: RequestOf<V>,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Result<BackupAnswers[V]>> {
  const child = fork(new URL('./backup-process.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  const place = 'target' in request ? request.target : request.from;
  return new Promise((resolve, reject) => {
    const stop = (): void => void child.kill('SIGKILL');
    let silence: NodeJS.Timeout | undefined;
    const wait = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        stop();
        end(() => resolve(refuse('backup.target-gone', { target: place })));
      }, SILENT_MS[request.do]);
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
    child.on('message', (said: ProcessSaid) => {
      wait();
      if (said.say === 'progress') onProgress(said.step, said.done, said.total);
      else if (said.say === 'crash') end(() => reject(new Error(said.error)));
      else end(() => resolve(said.answer as Result<BackupAnswers[V]>));
    });
    child.on('error', (error) => end(() => reject(error)));
    child.on('exit', () => end(() => resolve(refuse('backup.cut-short'))));
    wait();
    child.send(request);
  });
}
