/**
 * PostgreSQL refuses to run as root. When this program does, the server gets a user of its own: `aurapos`, made if it can be, else one that is there.
 * Never used on Windows, nor when the program is not root.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ok, refuse, type Result } from '../base/result.ts';

const run = promisify(execFile);

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Null: the server runs as whoever runs this program. Refuses hub.no-user. */
export async function chooseSystemUser(): Promise<Result<SystemUser | null>> {
  if (process.getuid?.() !== 0) return ok(null);
  const found = (await findUser('aurapos')) ?? (await addUser('aurapos')) ?? (await findUser('postgres'));
  return found === null ? refuse('hub.no-user') : ok(found);
}

async function findUser(name: string): Promise<SystemUser | null> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((option) => run('id', [option, name])));
    return { name, uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
  } catch {
    // `id` fails for an unknown user: that is the question.
    return null;
  }
}

async function addUser(name: string): Promise<SystemUser | null> {
  const nologin = '/usr/sbin/nologin';
  const attempts: readonly (readonly [string, readonly string[]])[] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', nologin, name]],
    ['adduser', ['-S', '-D', '-H', '-s', nologin, name]],
  ];
  for (const [command, args] of attempts) {
    try {
      await run(command, [...args]);
      return await findUser(name);
    } catch {
      // The other tool, or another user that is there, may do.
    }
  }
  return null;
}
