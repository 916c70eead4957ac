/** Who is logged in on which screen. In memory: a restart asks for the PIN again. The command line proves itself by a token in the data folder. */
import { timingSafeEqual } from 'node:crypto';
import { toBase64Url } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Id } from '../base/id.ts';
import type { Random } from '../base/random.ts';
import type { Right } from '../domain/rights.ts';

export const SESSION_COOKIE = 'aurapos_session';
/** How long a right granted on the spot waits to be used, once. */
const GRANT_MS = 60_000;
/** Screens of one register; the oldest goes when there are more. */
const MAX_SESSIONS = 50;

export interface Grant {
  readonly by: Id;
  readonly right: Right;
}

export interface Sessions {
  begin(user: Id): string;
  userOf(token: string): Id | null;
  change(token: string, user: Id): void;
  end(token: string): void;
  isCommandLine(token: string): boolean;
  /** What somebody who may granted on the spot; for one call within a minute. */
  grant(grant: Grant): string;
  useGrant(token: string): Grant | null;
  readonly commandLineToken: string;
}

export function makeSessions(random: Random, clock: Clock): Sessions {
  const users = new Map<string, Id>();
  const grants = new Map<string, Grant & { readonly untilMs: number }>();
  const commandLineToken = toBase64Url(random.bytes(32));
  return {
    commandLineToken,
    begin: (user) => {
      const token = toBase64Url(random.bytes(32));
      users.set(token, user);
      const [oldest] = users.keys();
      if (users.size > MAX_SESSIONS && oldest !== undefined) users.delete(oldest);
      return token;
    },
    userOf: (token) => users.get(token) ?? null,
    change: (token, user) => void users.set(token, user),
    end: (token) => void users.delete(token),
    grant: (grant) => {
      const token = toBase64Url(random.bytes(32));
      grants.set(token, { ...grant, untilMs: clock.monotonicMs() + GRANT_MS });
      const [oldest] = grants.keys();
      if (grants.size > MAX_SESSIONS && oldest !== undefined) grants.delete(oldest);
      return token;
    },
    useGrant: (token) => {
      const grant = grants.get(token);
      grants.delete(token);
      return grant === undefined || grant.untilMs < clock.monotonicMs() ? null : grant;
    },
    isCommandLine: (token) => {
      const given = Buffer.from(token);
      const expected = Buffer.from(commandLineToken);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
