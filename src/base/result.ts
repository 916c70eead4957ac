/**
 * The two ways a use case ends. A refusal is expected and somebody can act on it: it is returned, never thrown.
 * Bugs throw through assert; faults of disk and network throw with a code and are caught only in loops and at the HTTP edge.
 */
import { REFUSALS, type RefusalCode } from './refusals.ts';

export type RefusalParams = Readonly<Record<string, string | number>>;

export interface Refusal {
  readonly code: RefusalCode;
  /** Values that the message names: a barcode, an address, a limit. */
  readonly params: RefusalParams;
}

export type Ok<T> = { readonly ok: true; readonly value: T };
export type Refused = { readonly ok: false; readonly refusal: Refusal };
export type Result<T> = Ok<T> | Refused;

export function ok<T>(value: T): Ok<T> {
  return { ok: true, value };
}

export function refuse(code: RefusalCode, params: RefusalParams = {}): Refused {
  return { ok: false, refusal: { code, params } };
}

/** A refusal on its way through code that can only throw: a transaction that must roll back, a worker, a stream. */
export class RefusalError extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(describeRefusal(refusal).message);
    this.name = 'RefusalError';
    this.refusal = refusal;
  }
}

/** A refusal that could only be thrown, as a value again; every other error goes on. */
export async function asResult<T>(work: () => Result<T> | Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RefusalError) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

/** The value, or the refusal thrown as RefusalError; for scripts and tests, where nobody is left to act on it. */
export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new RefusalError(result.refusal);
  return result.value;
}

export interface RefusalText {
  readonly message: string;
  readonly action: string;
  readonly status: number;
  readonly retry: boolean;
}

/** English text of a refusal, params filled in; `status` is its HTTP status, `retry` says that waiting may help. */
export function describeRefusal(refusal: Refusal): RefusalText {
  const entry = REFUSALS[refusal.code];
  return {
    message: fill(entry.message, refusal.params),
    action: fill(entry.action, refusal.params),
    status: entry.status,
    retry: entry.retry,
  };
}

function fill(template: string, params: RefusalParams): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(params[name] ?? ''));
}
