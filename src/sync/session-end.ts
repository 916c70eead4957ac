/** How a session ends, and what it tells of itself until then. */
import type { Refusal } from '../base/result.ts';
import type { Greeting, Presence } from '../hub/hub-client.ts';

export interface SessionEnd {
  readonly why: 'lost' | 'again' | 'replaced' | 'revoked' | 'stopped';
  readonly cause: string;
  /** What the hub refused, if that ended it. */
  readonly problem: Refusal | null;
}

export interface SessionHooks {
  onGreeting(greeting: Greeting): void;
  /** Everything the hub had when we came is here. */
  onLevel(): void;
  /** Reading the feed: `done` of `total` positions. */
  onProgress(done: number, total: number): void;
  onPresence(presences: readonly Presence[], delayMs: number): void;
  /** The master has a word for this register alone. */
  onCalled(): void;
  onTraffic(sent: number, received: number): void;
  /** What is written here was taken, or nothing waits (null); or it waits, for the reason the hub gave. */
  onPush(problem: Refusal | null): void;
}

/** Thrown by whichever loop finds out. */
export class SessionOver extends Error {
  readonly end: SessionEnd;
  constructor(why: SessionEnd['why'], cause: string) {
    super(cause);
    this.end = { why, cause, problem: null };
  }
}
