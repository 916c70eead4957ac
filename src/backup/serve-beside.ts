/** The other end of run-beside.ts: a process that takes one request, tells its progress, answers once, and ends with the register that asked. */
import { assert } from '../base/assert.ts';
import type { Result } from '../base/result.ts';

export type OnProgress = (step: string, done: number, total: number) => void;

export type ProcessSaid<T> =
  | { readonly say: 'progress'; readonly step: string; readonly done: number; readonly total: number }
  | { readonly say: 'answer'; readonly answer: Result<T> }
  | { readonly say: 'crash'; readonly error: string };

/** Between two words of progress: a person sees no more. */
const TELL_MS = 200;

function tell<T>(said: ProcessSaid<T>, then?: () => void): void {
  assert(process.send !== undefined, 'a register started this process');
  process.send(said, undefined, undefined, () => then?.());
}

function follow(): OnProgress {
  let toldMs = Number.NEGATIVE_INFINITY;
  return (step, done, total) => {
    if (performance.now() - toldMs < TELL_MS && done < total) return;
    toldMs = performance.now();
    tell({ say: 'progress', step, done, total });
  };
}

export function serveBeside<R, T>(serve: (request: R, onProgress: OnProgress) => Promise<Result<T>>): void {
  process.once('disconnect', () => process.exit(1));
  process.once('message', (request: R) => {
    serve(request, follow()).then(
      (answer) => tell({ say: 'answer', answer }, () => process.exit(0)),
      (error: unknown) =>
        tell({ say: 'crash', error: error instanceof Error ? (error.stack ?? error.message) : String(error) }, () => process.exit(1)),
    );
  });
}
