/**
 * Two PostgreSQL servers of somebody else's: a primary with TLS under a CA of its own, and a hot standby that follows it by streaming
 * replication. Made as an administrator makes them; nothing of the shop's hub is used but where the programs are.
 */
import { execFile } from 'node:child_process';
import { appendFileSync, chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemRandom } from '../../src/base/random.ts';
import { systemClock } from '../../src/base/clock.ts';
import { unwrap } from '../../src/base/result.ts';
import { issueServerCertificate, makeCertificateAuthority, toPem, type CertificateAuthority } from '../../src/hub/certificate-authority.ts';
import { connectHub } from '../../src/hub/pg-link.ts';
import { asUser, binaryPath, findPostgres } from '../../src/hub/postgres-binaries.ts';
import type { SqlLink } from '../../src/hub/sql-link.ts';
import { chooseSystemUser, type SystemUser } from '../../src/hub/system-user.ts';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
export const ADMIN = 'landlord';
export const ADMIN_PASSWORD = 'rent-is-due';
const HOST = 'localhost';

export interface Server {
  readonly folder: string;
  readonly port: number;
  start(): Promise<void>;
  /** -9 of the postmaster: its children end with it. */
  kill(): void;
  stop(): Promise<void>;
  /** As the server's superuser. */
  link(database?: string): Promise<SqlLink>;
}

export interface Servers {
  readonly primary: Server;
  /** PEM, and a file that holds it. */
  readonly authority: string;
  readonly authorityFile: string;
  makeStandby(): Promise<Server>;
  /** For `--hub-url`. */
  url(user: string, password: string, ...servers: readonly Server[]): string;
  end(): Promise<void>;
}

export async function openServers(): Promise<Servers> {
  const user = unwrap(await chooseSystemUser());
  const parent = user === null ? '/tmp' : '/var/lib/aurapos';
  mkdirSync(parent, { recursive: true });
  const root = mkdtempSync(join(parent, 'test-servers-'));
  own(root, user);
  const binaries = unwrap(await findPostgres(user, parent));
  const authority = makeCertificateAuthority(systemRandom);
  const pem = toPem(authority.certificate);
  const authorityFile = join(root, 'ca.pem');
  writeFileSync(authorityFile, pem);
  const ctl = (folder: string, ...args: string[]): Promise<unknown> =>
    // Replication looks for keys in the home of whoever it runs as.
    run(binaryPath(binaries, 'pg_ctl'), ['-D', folder, '-s', '-w', ...args], { ...asUser(user), env: { ...process.env, HOME: root } });
  const servers: Server[] = [];
  const server = (folder: string, port: number): Server => {
    const made: Server = {
      folder,
      port,
      start: async () => {
        await ctl(folder, 'start', '-l', join(root, `${port}.log`), '-o', `-p ${port}`);
      },
      kill: () => process.kill(Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL'),
      stop: async () => {
        await ctl(folder, 'stop', '-m', 'immediate').catch(() => undefined);
      },
      link: async (database = 'postgres') =>
        unwrap(
          await connectHub(
            {
              host: HOST,
              port,
              database,
              user: ADMIN,
              password: ADMIN_PASSWORD,
              iterations: null,
              authority: null,
              server: { authority: pem },
            },
            { clock: systemClock, random: systemRandom },
          ),
        ),
    };
    servers.push(made);
    return made;
  };

  const folder = join(root, 'primary');
  mkdirSync(folder, { mode: 0o700 });
  own(folder, user);
  const passwordFile = join(root, 'password');
  writeFileSync(passwordFile, ADMIN_PASSWORD);
  own(passwordFile, user);
  const args = ['-D', folder, '-U', ADMIN, '--pwfile', passwordFile, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'];
  await run(binaryPath(binaries, 'initdb'), args, asUser(user));
  giveCertificate(folder, authority, user);
  appendFileSync(
    join(folder, 'postgresql.conf'),
    [
      "listen_addresses = 'localhost'",
      "unix_socket_directories = ''",
      'ssl = on',
      'max_connections = 120',
      "wal_level = 'logical'",
      'max_wal_senders = 4',
      "wal_keep_size = '256MB'",
      "log_min_messages = 'warning'",
      '',
    ].join('\n'),
  );
  writeFileSync(
    join(folder, 'pg_hba.conf'),
    `hostssl all all localhost scram-sha-256\nhostssl replication ${ADMIN} localhost scram-sha-256\n`,
  );
  const primary = server(folder, await freePort());
  await primary.start();

  return {
    primary,
    authority: pem,
    authorityFile,
    makeStandby: async () => {
      const port = await freePort();
      const copy = join(root, 'standby');
      const link = await primary.link();
      await link.query("select pg_backup_start('standby', true)");
      copyCluster(folder, copy);
      const [backup] = await link.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
      await link.close();
      writeFileSync(join(copy, 'backup_label'), backup?.labelfile ?? '');
      writeFileSync(join(copy, 'standby.signal'), '');
      const from = `host=${HOST} port=${primary.port} user=${ADMIN} password=${ADMIN_PASSWORD} sslmode=require application_name=standby`;
      appendFileSync(join(copy, 'postgresql.auto.conf'), `primary_conninfo = '${from}'\n`);
      giveCertificate(copy, authority, user);
      if (user !== null) await run('chown', ['-R', `${user.uid}:${user.gid}`, copy]);
      const standby = server(copy, port);
      await standby.start();
      return standby;
    },
    url: (name, password, ...at) => `postgres://${name}:${password}@${at.map(({ port }) => `${HOST}:${port}`).join(',')}/postgres`,
    end: async () => {
      for (const one of servers) await one.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function own(path: string, user: SystemUser | null): void {
  if (user !== null) chownSync(path, user.uid, user.gid);
}

/** Under the server's own CA, for its host's name. */
function giveCertificate(folder: string, authority: CertificateAuthority, user: SystemUser | null): void {
  const { key, certificate } = issueServerCertificate(authority, systemRandom, HOST);
  for (const [name, content] of [
    ['server.key', key],
    ['server.crt', certificate],
  ] as const) {
    const file = join(folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    own(file, user);
  }
}

/** What lies in pg_wal comes by the stream. */
function copyCluster(from: string, to: string): void {
  mkdirSync(to, { mode: 0o700 });
  for (const name of readdirSync(from)) {
    if (name === 'postmaster.pid' || name === 'postmaster.opts') continue;
    if (name === 'pg_wal') for (const folder of ['pg_wal', 'pg_wal/archive_status']) mkdirSync(join(to, folder), { mode: 0o700 });
    else cpSync(join(from, name), join(to, name), { recursive: true });
  }
}
