/** The shape of a handler: validated input and who asks, in; the route's answer or a refusal, out. */
import type { Id } from '../base/id.ts';
import type { Refusal, Result } from '../base/result.ts';
import type { Right } from '../domain/rights.ts';
import type { Answer, Body, Params, Query, RouteName } from '../protocol/api/routes.ts';
import type { Runtime } from './runtime.ts';

/** Null user with `commandLine`: the program's own command line, which may do all that an owner may. */
export interface Caller {
  readonly user: { readonly id: Id; readonly name: string; readonly rights: readonly Right[] } | null;
  readonly commandLine: boolean;
  /** Somebody who may, and for what, where the caller may not. */
  readonly granted: { readonly by: Id; readonly right: Right } | null;
  /** The session cookie; empty when there is none. */
  readonly token: string;
}

/** Who answers for it when the caller does this: themselves, or who granted it; null when nobody does. The command line is the owner. */
export function whoMay(caller: Caller, right: Right): { readonly by: Id | null } | null {
  if (caller.commandLine) return { by: null };
  if (caller.user?.rights.includes(right) === true) return { by: caller.user.id };
  return caller.granted?.right === right ? { by: caller.granted.by } : null;
}

export function rightMissing(caller: Caller, right: Right): Refusal {
  return { code: 'right.missing', params: { user: caller.user?.name ?? '', right } };
}

export interface Call<K extends RouteName> {
  readonly params: Params<K>;
  readonly query: Query<K>;
  readonly body: Body<K>;
  readonly caller: Caller;
  /** The request's bytes where the body is not JSON. */
  bytes(): ReadableStream<Uint8Array> | null;
  /** Sets the session cookie, or takes it away with an empty token. */
  setSession(token: string): void;
}

export type Handler<K extends RouteName> = (runtime: Runtime, call: Call<K>) => Result<Answer<K>> | Promise<Result<Answer<K>>>;
export type Handlers<K extends RouteName> = { readonly [N in K]: Handler<N> };
