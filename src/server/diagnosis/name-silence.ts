/**
 * Where nothing answers: is the machine there and a firewall swallows, has the master moved, or is nobody there at all? The network itself
 * knows: who has no neighbour of that address has nobody to be stopped by, and a master that moved announces itself elsewhere.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import type { Clock } from '../../base/clock.ts';
import type { RefusalCode } from '../../base/refusals.ts';
import { refuse, type Refused } from '../../base/result.ts';
import { answersAt } from '../../hub/answers-at.ts';

export interface SilenceTools {
  readonly clock: Clock;
  /** How long somebody waits to be told for sure. */
  readonly patienceMs: number;
  /** Only masters of the register's own shop are found: the wizard has none yet. */
  readonly ownShop: boolean;
  /** Masters that announce themselves now. */
  search(): Promise<readonly { readonly host: string; readonly port: number }[]>;
}

/** Another device may have been given the address that the master had, and says no in its own way. */
const NOT_OUR_MASTER: ReadonlySet<RefusalCode> = new Set(['hub.port-closed', 'hub.not-aurapos', 'hub.not-trusted']);
const SILENT: ReadonlySet<RefusalCode> = new Set(['hub.no-answer', 'hub.other-subnet']);

/** hub.no-answer made hub.firewall or hub.moved where it is; another refusal stays what it is, unless the own shop's master is elsewhere. */
export async function nameSilence(
  refused: Refused,
  { host, port }: { readonly host: string; readonly port: number },
  tools: SilenceTools,
): Promise<Refused> {
  const { code } = refused.refusal;
  if (!SILENT.has(code) && !(tools.ownShop && NOT_OUR_MASTER.has(code))) return refused;
  const masters = await tools.search();
  const announcesHere = masters.some((master) => master.host === host);
  const [first] = announcesHere ? [] : masters;
  // Of any shop's masters one elsewhere proves nothing while the machine that was asked for is there.
  if (first !== undefined && (tools.ownShop || (await askNeighbours(host)) !== 'there'))
    return refuse('hub.moved', { host, found: first.port === port ? first.host : `${first.host}:${first.port}` });
  // Across a router nothing tells a machine that is off from one that is behind a firewall, and the other network is what to mend.
  if (code !== 'hub.no-answer') return refused;
  return announcesHere || (await isThere({ host, port }, tools)) ? refuse('hub.firewall', { host, port }) : refused;
}

/** At the wizard, where next to no address was known before. */
export const WIZARD_PATIENCE_MS = 8_000;
/** An address that was in use is asked for again after 45 s and some at most: until then a machine that went looks as if it were there. */
export const DOCTOR_PATIENCE_MS = 55_000;
const LOOK_MS = 500;
const COMMAND_MS = 2_000;
/** The attempt that nobody answered, and what led to it. */
const ATTEMPT_SECONDS = 6;
/** "Discard": next to no machine has it, and one without a firewall says so at once. */
const UNUSED_PORT = 9;

type Presence = 'there' | 'gone' | 'unsure';

/** Whether the machine is switched on, whatever it lets through. What cannot be told for sure is told as no. */
async function isThere({ host, port }: { readonly host: string; readonly port: number }, tools: SilenceTools): Promise<boolean> {
  const { clock, patienceMs } = tools;
  if (await refusesAt(host, UNUSED_PORT)) return true;
  const untilMs = clock.monotonicMs() + patienceMs;
  for (;;) {
    const presence = await askNeighbours(host);
    if (presence !== 'unsure' || clock.monotonicMs() > untilMs) return presence === 'there';
    // The system asks for an address again only while somebody uses it.
    await answersAt(host, port, LOOK_MS);
  }
}

/** An answer, if only a refusal, comes from a machine that is there. */
function refusesAt(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: LOOK_MS });
    const end = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', (error) => end('code' in error && error.code === 'ECONNREFUSED'));
  });
}

async function askNeighbours(host: string): Promise<Presence> {
  if (process.platform !== 'linux') {
    const said = await run('arp', process.platform === 'win32' ? ['-a', host] : ['-n', host]);
    return /([\da-f]{1,2}[:-]){5}[\da-f]{1,2}/i.test(said ?? '') ? 'there' : 'gone';
  }
  const said = await run('ip', ['-s', '-4', 'neigh', 'show', host]);
  if (said === null) return lookInTable(host);
  if (/PERMANENT|NOARP/.test(said)) return 'there';
  if (!/REACHABLE|STALE|DELAY|PROBE/.test(said)) return 'gone';
  // Seconds since it was used, since it last answered for its address, and since that changed.
  const [, answered] = /used \d+\/(\d+)\/\d+/.exec(said) ?? [];
  return /REACHABLE/.test(said) && answered !== undefined && Number(answered) <= ATTEMPT_SECONDS ? 'there' : 'unsure';
}

/** Without iproute2: the kernel's table, which says complete until it has proved otherwise. */
async function lookInTable(host: string): Promise<Presence> {
  const table = await readFile('/proc/net/arp', 'utf8').catch(() => '');
  const row = table.split('\n').find((line) => line.startsWith(`${host} `));
  return row !== undefined && /\s0x2\s/.test(row) ? 'unsure' : 'gone';
}

async function run(file: string, args: readonly string[]): Promise<string | null> {
  try {
    return (await promisify(execFile)(file, [...args], { timeout: COMMAND_MS, windowsHide: true })).stdout;
  } catch {
    // Not installed, or it knows nothing of that address.
    return null;
  }
}
