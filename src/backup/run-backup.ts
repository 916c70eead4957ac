/**
 * A register's end of the process that works on backups. Started for one request, at low priority, ended when it says nothing for too long: a
 * network folder that hangs, hangs there.
 */
import { refuse, type Result } from '../base/result.ts';
import type { BackupAnswers, BackupVerb, RequestOf } from './requests.ts';
import { runBeside } from './run-beside.ts';
import type { OnProgress } from './serve-beside.ts';

/** Lists are waited for by a person. Bulk work says something every few MB; a trial is silent while everything is verified. */
const SILENT_MS: Readonly<Record<BackupVerb, number>> = {
  prepare: 15_000,
  list: 15_000,
  make: 180_000,
  check: 180_000,
  try: 3_600_000,
  rebuild: 3_600_000,
  'end-restore': 3_600_000,
  restore: 3_600_000,
};

/** Refuses as serveBackup; with backup.target-gone after a silence, with backup.cut-short when it was ended. Throws what was a bug there. */
export function runBackup<V extends BackupVerb>(
  request: RequestOf<V>,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Result<BackupAnswers[V]>> {
  return runBeside<BackupAnswers[V]>({
    file: new URL('./backup-process.ts', import.meta.url),
    request,
    silentMs: SILENT_MS[request.do],
    silent: refuse('backup.target-gone', { target: 'target' in request ? request.target : request.from }),
    cut: refuse('backup.cut-short'),
    signal,
    onProgress,
  });
}
