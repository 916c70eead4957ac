/**
 * Where a hub is that the shop did not raise: the hosts of one PostgreSQL, primary and standbys, and the CA of its certificates. Spelt as
 * one word, it travels to registers in what the shop's CA signs. It holds no password; the master's own lies in a file beside its keys.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { ok, refuse, type Refused, type Result } from '../base/result.ts';
import { writePrivately } from './cluster.ts';
import type { HubAddress, Host } from './pg-link.ts';

export interface HubPlace {
  /** One at least. Only one of them takes writes. */
  readonly hosts: readonly Host[];
  /** PEM, of one certificate or several; null: one of the authorities that everybody trusts. */
  readonly authority: string | null;
}

export interface HubServer extends HubPlace {
  /** One to log in to before the shop's own is there. */
  readonly database: string;
  /** Whoever sets the hub up, on the master alone. */
  readonly user: string;
  readonly password: string;
}

const SCHEME = 'postgres://';
const DEFAULT_PORT = 5432;
/** A region's bundle of a cloud fits; every register keeps it. */
const MAX_AUTHORITY_CHARACTERS = 32_768;
const MAX_HOSTS = 8;

/** `postgres://user:password@host[:port][,host[:port]…][/database]`. Refuses input.invalid. */
export function readHubUrl(url: string, authority: string | null): Result<HubServer> {
  const parts = /^postgres(?:ql)?:\/\/([^:@/]+):([^@/]+)@([^/?#]+)(?:\/([^/?#]*))?$/.exec(url.trim());
  const [, user = '', password = '', hostList = '', database = ''] = parts ?? [];
  const hosts = readHosts(hostList);
  if (parts === null || hosts === null) return notAUrl('it reads postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE');
  if (authority !== null && !isPem(authority)) return notAUrl('the CA is a PEM file of certificates, 32 kB at most');
  try {
    const server = { hosts, authority, database: database === '' ? 'postgres' : decodeURIComponent(database) };
    const named = { ...server, user: decodeURIComponent(user), password: decodeURIComponent(password) };
    if (!/^[\x21-\x7e]+$/.test(named.password)) return notAUrl('the password holds letters, digits and signs of ASCII alone');
    return ok(named);
  } catch {
    return notAUrl('signs in the user or the password are percent-encoded');
  }
}

const notAUrl = (reason: string): Refused => refuse('input.invalid', { field: 'hubUrl', reason });

function isPem(text: string): boolean {
  return text.length <= MAX_AUTHORITY_CHARACTERS && text.includes('-----BEGIN CERTIFICATE-----');
}

/** Null unless every one of them is a host. */
function readHosts(list: string): Host[] | null {
  const hosts = list.split(',').map((one) => /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(one));
  if (hosts.length > MAX_HOSTS) return null;
  const read = hosts.flatMap((parts) => {
    const [, host = '', port] = parts ?? [];
    const number = Number(port ?? DEFAULT_PORT);
    return host === '' || number < 1 || number > 65_535 ? [] : [{ host: host.replace(/^\[|\]$/g, ''), port: number }];
  });
  return read.length === hosts.length ? read : null;
}

/** One word without spaces. */
export function spellPlace({ hosts, authority }: HubPlace): string {
  const list = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
  return `${SCHEME}${list}${authority === null ? '' : `?ca=${Buffer.from(authority).toString('base64url')}`}`;
}

/** Null for what spellPlace did not write: a plain address. */
export function readPlace(text: string): HubPlace | null {
  const parts = /^postgres:\/\/([^?]+)(?:\?ca=([A-Za-z0-9_-]+))?$/.exec(text);
  const hosts = parts === null ? null : readHosts(parts[1] ?? '');
  const ca = parts?.[2];
  return hosts === null ? null : { hosts, authority: ca === undefined ? null : Buffer.from(ca, 'base64url').toString() };
}

/** What a connection to it takes beside who logs in. */
export function placeAddress(place: HubPlace): Pick<HubAddress, 'host' | 'port' | 'alternatives' | 'server' | 'authority'> {
  const [first = { host: '', port: 0 }, ...alternatives] = place.hosts;
  return {
    ...first,
    alternatives: alternatives.length === 0 ? [first] : alternatives,
    server: { authority: place.authority },
    authority: null,
  };
}

const fileIn = (hubFolder: string): string => path.join(hubFolder, 'server.json');

/** The server that this master's hub is on; null: on this machine. */
export async function readHubServer(hubFolder: string): Promise<HubServer | null> {
  const file = fileIn(hubFolder);
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as HubServer) : null;
}

export async function writeHubServer(hubFolder: string, server: HubServer | null): Promise<void> {
  if (server === null) return rm(fileIn(hubFolder), { force: true });
  await mkdir(hubFolder, { recursive: true, mode: 0o700 });
  await writePrivately(fileIn(hubFolder), JSON.stringify(server));
}
