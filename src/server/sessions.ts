/** Who is logged in on which screen. In memory: a restart asks for the PIN again. The command line proves itself by a token in the data folder. */
import { timingSafeEqual } from 'node:crypto';
import { toBase64Url } from '../base/bytes.ts';
import type { Id } from '../base/id.ts';
import type { Random } from '../base/random.ts';

export const SESSION_COOKIE = 'aurapos_session';
/** Screens of one register; the oldest goes when there are more. */
const MAX_SESSIONS = 50;

export interface Sessions {
  begin(user: Id): string;
  userOf(token: string): Id | null;
  change(token: string, user: Id): void;
  end(token: string): void;
  isCommandLine(token: string): boolean;
  readonly commandLineToken: string;
}

export function makeSessions(random: Random): Sessions {
  const users = new Map<string, Id>();
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
    isCommandLine: (token) => {
      const given = Buffer.from(token);
      const expected = Buffer.from(commandLineToken);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
