/** Long work and how far it is. One of a kind at a time; a finished job stays readable until the next of its kind. */
import { asResult, describeRefusal, type Refusal, type Result } from '../base/result.ts';
import { makeId } from '../base/id.ts';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { Answer } from '../protocol/api/routes.ts';
import { nameFault } from './name-fault.ts';

export type JobView = Answer<'getJob'>;
export type JobKind = JobView['kind'];

export interface JobProgress {
  /** Starts a step, which ends the one before; `detail` says what it does or did. */
  step(name: string, detail?: string): void;
  /** What the running step did, once it is done. */
  detail(text: string): void;
  rows(done: number, total: number): void;
}

export interface Jobs {
  /** Starts `work`, or answers the job of this kind that runs already. */
  start(kind: JobKind, work: (progress: JobProgress) => Promise<Result<{ readonly recoveryCode?: string }>>): string;
  get(id: string): JobView | null;
  running(kind: JobKind): boolean;
  /** Id of the job of this kind that runs; null when none does. */
  current(kind: JobKind): string | null;
}

export function makeJobs(clock: Clock, random: Random, tell: (job: JobView) => void, onCrash: (error: unknown) => void): Jobs {
  const jobs = new Map<string, JobView>();
  const put = (job: JobView): void => {
    jobs.set(job.id, job);
    tell({ ...job, recoveryCode: null });
  };
  const current = (id: string): JobView => jobs.get(id) ?? emptyJob(id, 'setup');
  const runningOf = (kind: JobKind): JobView | undefined => [...jobs.values()].find((job) => job.kind === kind && job.state === 'running');
  return {
    running: (kind) => runningOf(kind) !== undefined,
    current: (kind) => runningOf(kind)?.id ?? null,
    get: (id) => jobs.get(id) ?? null,
    start: (kind, work) => {
      const already = runningOf(kind);
      if (already !== undefined) return already.id;
      const id = makeId(clock, random);
      for (const job of jobs.values()) if (job.kind === kind) jobs.delete(job.id);
      put(emptyJob(id, kind));
      let began: { readonly atMs: number; readonly done: number } | null = null;
      const progress: JobProgress = {
        step: (name, detail = '') => {
          // A step that is gone through again moves to the end.
          const others = current(id).steps.filter((step) => step.step !== name);
          const steps = others.map((step) => (step.state === 'running' ? { ...step, state: 'done' as const } : step));
          put({ ...current(id), steps: [...steps, { step: name, state: 'running', detail }] });
        },
        detail: (text) =>
          put({ ...current(id), steps: current(id).steps.map((step) => (step.state === 'running' ? { ...step, detail: text } : step)) }),
        rows: (rowsDone, rowsTotal) => {
          // From the first figure on: what came before it (a database raised, an earlier run) says nothing of the pace.
          began ??= { atMs: clock.monotonicMs(), done: rowsDone };
          const gained = rowsDone - began.done;
          const spent = (clock.monotonicMs() - began.atMs) / 1000;
          const secondsLeft = gained <= 0 ? null : Math.max(0, Math.round((spent / gained) * (rowsTotal - rowsDone)));
          put({ ...current(id), rowsDone, rowsTotal, secondsLeft });
        },
      };
      void asResult(() => work(progress)).then(
        (result) => put(result.ok ? finish(current(id), result.value.recoveryCode ?? null) : fail(current(id), result.refusal)),
        (error: unknown) => {
          onCrash(error);
          put(fail(current(id), nameFault(error)));
        },
      );
      return id;
    },
  };
}

function emptyJob(id: string, kind: JobKind): JobView {
  return { id, kind, state: 'running', steps: [], rowsDone: 0, rowsTotal: 0, secondsLeft: null, problem: null, recoveryCode: null };
}

function finish(job: JobView, recoveryCode: string | null): JobView {
  return { ...job, state: 'done', secondsLeft: 0, recoveryCode, steps: job.steps.map((step) => ({ ...step, state: 'done' })) };
}

function fail(job: JobView, refusal: Refusal): JobView {
  const steps = job.steps.map((step) => (step.state === 'running' ? { ...step, state: 'failed' as const } : step));
  return { ...job, state: 'failed', steps, problem: refusalWords(refusal) };
}

/** A refusal as the API says it. */
export function refusalWords(refusal: Refusal): NonNullable<JobView['problem']> {
  const { message, action } = describeRefusal(refusal);
  return { code: refusal.code, params: { ...refusal.params }, message, action };
}
