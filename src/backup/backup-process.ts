/** The process that does the work of backups beside a register: one request, its progress, one answer. It ends with the register that asked. */
import { assert } from '../base/assert.ts';
import { serveBackup, type BackupRequest } from './requests.ts';

export type ProcessSaid =
  | { readonly say: 'progress'; readonly step: string; readonly done: number; readonly total: number }
  | { readonly say: 'answer'; readonly answer: Awaited<ReturnType<typeof serveBackup>> }
  | { readonly say: 'crash'; readonly error: string };

/** Between two words of progress: a person sees no more. */
const TELL_MS = 200;

function tell(said: ProcessSaid, then?: () => void): void {
  assert(process.send !== undefined, 'a register started this process');
  process.send(said, undefined, undefined, () => then?.());
}

function follow(): (step: string, done: number, total: number) => void {
  let toldMs = Number.NEGATIVE_INFINITY;
  return (step, done, total) => {
    if (performance.now() - toldMs < TELL_MS && done < total) return;
    toldMs = performance.now();
    tell({ say: 'progress', step, done, total });
  };
}

process.once('disconnect', () => process.exit(1));
process.once('message', (request: BackupRequest) => {
  serveBackup(request, follow()).then(
    (answer) => tell({ say: 'answer', answer }, () => process.exit(0)),
    (error: unknown) =>
      tell({ say: 'crash', error: error instanceof Error ? (error.stack ?? error.message) : String(error) }, () => process.exit(1)),
  );
});
