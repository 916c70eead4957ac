/**
 * What is true of a register's way to the shop: on the master its PostgreSQL, port, firewall and connections; on a slave the same way that its
 * sync takes, with the cause named where it ends. Connections of its own, closed again; a register that does not run is looked at as it lies.
 */
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { fromBase64Url } from '../../base/bytes.ts';
import { refuse, type Refusal, type Refused, type Result } from '../../base/result.ts';
import { answersAt } from '../../hub/answers-at.ts';
import { SHOP_DATABASE } from '../../hub/cluster-conf.ts';
import { countConnections, examineHub, type HubFacts } from '../../hub/examine-hub.ts';
import { readHubServer, type HubPlace } from '../../hub/hub-place.ts';
import { otherNetwork } from '../../hub/network-place.ts';
import type { HubAddress } from '../../hub/pg-link.ts';
import { HUB_PROTOCOL } from '../../hub/set-up-hub.ts';
import { MAX_CLOCK_SKEW_MS } from '../../hub/test-connection.ts';
import { ownRegisterId } from '../../register/register.ts';
import { readIncarnation } from '../../store/queries/incarnations.ts';
import { countWaiting } from '../../store/waiting.ts';
import { authorityMark, findMasters, ownAddresses } from '../../sync/discovery.ts';
import { hubFolder, readHubPort, type Master } from '../network/master.ts';
import type { Runtime } from '../runtime.ts';
import { hubAddressOf, readAccount, type HubAccount } from '../network/slave-link.ts';
import { atScreen, byCommand, found, refusedCheck, type Check } from './finding.ts';
import { DOCTOR_PATIENCE_MS, nameSilence } from './name-silence.ts';

const SEARCH_MS = 900;
const ANSWERS_WITHIN_MS = 2_000;
const DAY_MS = 86_400_000;
/** Time to renew the shop's keys before registers refuse each other. */
const CERTIFICATE_ENDS_SOON_MS = 60 * DAY_MS;
/** A date beyond all use: the shop's own authority gives certificates without an end. */
const ENDLESS_MS = 36_500 * DAY_MS;
/** Stamps follow the hub's clock; this much shows on nothing. */
const CLOCK_NOTICED_MS = 30_000;
const CROWDED_SHARE = 0.8;
const FULL_SHARE = 0.97;

export async function checkMaster(runtime: Runtime): Promise<readonly Check[]> {
  return [...checkOther(runtime), ...(await checkAsMaster(runtime))];
}

export async function checkSlave(runtime: Runtime): Promise<readonly Check[]> {
  return [...checkOther(runtime), ...(await checkAsSlave(runtime))];
}

/** Another main register of this shop, under keys that this one does not trust. */
function checkOther({ network }: Runtime): Check[] {
  const other = network.otherMaster();
  if (other === null) return [];
  const { register, host } = other;
  return [found('masters', 'other-keys', 'bad', { params: { register, host }, mend: atScreen('settings', 'storage') })];
}

async function checkAsMaster(runtime: Runtime): Promise<readonly Check[]> {
  const master = runtime.network.master();
  const port = master?.port ?? readHubPort(runtime);
  const problem = runtime.network.problem();
  if (master === null) {
    const server = await readHubServer(hubFolder(runtime));
    return server === null ? [await checkAbsent(port, problem), checkAddress(runtime)] : [checkUnserved(problem), await checkHosts(server)];
  }
  const address = await master.running.hub.address(SHOP_DATABASE);
  const examined = await examineHub(address, runtime);
  return [
    checkServer(master, examined),
    ...(master.running.hub.place === null
      ? [await checkPort(port), checkFirewall(master), checkAddress(runtime)]
      : [await checkHosts(master.running.hub.place)]),
    ...(examined.ok ? [await checkConnections(master), ...checkFacts(runtime, examined.value)] : []),
    checkBehind(runtime),
  ];
}

/** AuraPOS does not run here, or could not raise its database. */
async function checkAbsent(port: number, problem: Refusal | null): Promise<Check> {
  if (problem !== null) return refusedCheck('postgres', problem, 'bad', atScreen('settings', 'storage'));
  const answers = await answersAt('127.0.0.1', port, ANSWERS_WITHIN_MS);
  return answers
    ? found('postgres', 'left-running', 'poor', { params: { port }, mend: byCommand('aurapos start') })
    : found('postgres', 'stopped', 'bad', { params: { port }, mend: byCommand('aurapos start') });
}

/** The same where the database is on a server elsewhere: it runs without this register, which serves it. */
function checkUnserved(problem: Refusal | null): Check {
  return problem === null
    ? found('postgres', 'elsewhere', 'poor', { mend: byCommand('aurapos start') })
    : refusedCheck('postgres', problem, 'bad', atScreen('settings', 'storage'));
}

/** Each host of a database elsewhere, as the others come to it; nothing of this machine stands in their way. */
async function checkHosts({ hosts }: HubPlace): Promise<Check> {
  const answers = await Promise.all(hosts.map(({ host, port }) => answersAt(host, port, ANSWERS_WITHIN_MS)));
  const spell = (answering: boolean): string =>
    hosts
      .filter((_, at) => answers[at] === answering)
      .map(({ host, port }) => `${host}:${port}`)
      .join(', ');
  const params = { open: spell(true), closed: spell(false) };
  if (params.closed === '') return found('port', 'server', 'good', { params });
  return params.open === '' ? found('port', 'server-closed', 'bad', { params }) : found('port', 'server-alone', 'poor', { params });
}

function checkServer(master: Master, examined: Result<HubFacts>): Check {
  const server = master.running.state();
  const { version } = master.running.hub;
  if (server.state !== 'up') {
    const refusal = server.refusal;
    return refusal === null
      ? found('postgres', 'starting', 'poor', { params: { port: master.port } })
      : refusedCheck('postgres', refusal, 'bad', atScreen('settings', 'storage'));
  }
  return examined.ok ? found('postgres', 'good', 'good', { params: { version } }) : refusedCheck('postgres', examined.refusal);
}

/** As the others come: over each of the machine's own addresses. */
async function checkPort(port: number): Promise<Check> {
  const addresses = ownAddresses();
  if (addresses.length === 0) return found('port', 'no-network', 'bad', { params: { port } });
  const answers = await Promise.all(addresses.map((host) => answersAt(host, port, ANSWERS_WITHIN_MS)));
  const open = addresses.filter((_, at) => answers[at]);
  return open.length > 0
    ? found('port', 'good', 'good', { params: { port, addresses: open.join(', ') } })
    : found('port', 'closed', 'bad', { params: { port, addresses: addresses.join(', ') } });
}

function checkFirewall(master: Master): Check {
  const command = master.firewallCommand();
  return command === null
    ? found('firewall', 'good', 'good', { params: { port: master.port } })
    : found('firewall', 'by-hand', 'bad', { params: { port: master.port }, mend: byCommand(command) });
}

/** Whether the machine is still where the shop was told that it is. */
function checkAddress({ register: { store } }: Runtime): Check {
  const now = ownAddresses();
  const told = readIncarnation(store);
  const was = told?.register === ownRegisterId(store) ? told.addresses : [];
  const params = { now: now.join(', '), was: was.join(', ') };
  return was.length === 0 || was.some((address) => now.includes(address))
    ? found('address', 'good', 'good', { params })
    : found('address', 'changed', 'poor', { params, mend: atScreen('registers') });
}

async function checkConnections(master: Master): Promise<Check> {
  const client = await master.running.connectMaster();
  if (!client.ok) return refusedCheck('connections', client.refusal);
  const { used, allowed } = await countConnections(client.value.link);
  await client.value.close();
  const part = used / allowed;
  const level = part < CROWDED_SHARE ? 'good' : part < FULL_SHARE ? 'poor' : 'bad';
  return found('connections', level === 'good' ? 'good' : 'crowded', level, { params: { used, allowed } });
}

async function checkAsSlave(runtime: Runtime): Promise<readonly Check[]> {
  const account = readAccount(runtime.register.store);
  if (account === null) return [];
  const { host, port } = account;
  const examined = await examineAs(account, runtime);
  const storage = atScreen('settings', 'storage');
  if (account.place != null) {
    // Of a server elsewhere neither its network nor who announces what here says anything.
    const there = examined.ok
      ? [found('hub', 'server', 'good', { params: { host, port } }), ...checkFacts(runtime, examined.value)]
      : [refusedCheck('hub', examined.refusal, 'bad', mendOf(examined.refusal))];
    return [...there, checkBehind(runtime)];
  }
  if (examined.ok) {
    return [
      found('hub', 'good', 'good', { params: { host, port } }),
      found('address', 'same', 'good', { params: { host } }),
      await checkSubnet(host, true),
      ...checkFacts(runtime, examined.value),
      checkBehind(runtime),
    ];
  }
  const other = await checkSubnet(host, false);
  const silent = examined.refusal.code === 'hub.no-answer' && other.finding === 'other';
  const refused = silent ? refuseOther(host, other) : examined;
  const named = await nameSilence(refused, account, {
    clock: runtime.clock,
    patienceMs: DOCTOR_PATIENCE_MS,
    ownShop: true,
    search: () => findOwnMasters(runtime, account),
  });
  const { refusal } = named;
  const moved = refusal.code === 'hub.moved' ? [refusedCheck('address', refusal, 'bad', storage)] : [];
  return [refusedCheck('hub', refusal, 'bad', mendOf(refusal)), ...moved, other, checkBehind(runtime)];
}

/** No code was typed: the master has no such role, or another password for it. */
async function examineAs(account: HubAccount, runtime: Runtime): Promise<Result<HubFacts>> {
  const examined = await examineHub(hubAddressOf(account), runtime);
  return !examined.ok && examined.refusal.code === 'pairing.wrong-code' ? refuse('pairing.not-known') : examined;
}

function refuseOther(host: string, { params }: Check): Refused {
  return refuse('hub.other-subnet', { host, own: params['own'] ?? '' });
}

function mendOf({ code, params }: Refusal): Check['mend'] {
  if (code === 'hub.moved') return byCommand(`aurapos storage address ${params['found'] ?? ''}`);
  return code === 'hub.too-many-connections' || code === 'hub.starting' ? null : atScreen('settings', 'storage');
}

/** Of the account's own shop alone: another shop's master is none that moved. */
async function findOwnMasters({ clock, log }: Runtime, account: HubAccount): ReturnType<typeof findMasters> {
  const mark = authorityMark(fromBase64Url(account.authority));
  return (await findMasters(SEARCH_MS, clock, log)).filter(({ authority }) => authority === mark);
}

async function checkSubnet(host: string, reached: boolean): Promise<Check> {
  const address = await lookup(host, 4).then(
    (answer) => answer.address,
    // A name that nobody knows lies nowhere.
    () => '',
  );
  const own = otherNetwork(address, networkInterfaces());
  if (own === null) return found('subnet', 'same', 'good', { params: { host } });
  return found('subnet', 'other', reached ? 'poor' : 'bad', { params: { host, own }, mend: atScreen('settings', 'storage') });
}

/** What a hub that answers says of itself. */
export function checkFacts(
  { clock: own, version: ownVersion }: Pick<Runtime, 'clock' | 'version'>,
  { tls, certificateUntilMs, greeting, clockSkewMs }: HubFacts,
): readonly Check[] {
  const leftMs = certificateUntilMs - own.nowMs();
  const params = { days: Math.max(0, Math.floor(leftMs / DAY_MS)), tls };
  const level = leftMs > CERTIFICATE_ENDS_SOON_MS ? 'good' : leftMs > 0 ? 'poor' : 'bad';
  const isEndless = leftMs > ENDLESS_MS;
  const certificate = found(
    'certificate',
    isEndless ? 'endless' : level === 'good' ? 'good' : level === 'poor' ? 'ends-soon' : 'ended',
    level,
    {
      params,
      mend: level === 'good' ? null : atScreen('settings', 'storage'),
    },
  );
  const seconds = Math.round(Math.abs(clockSkewMs) / 1000);
  const clockLevel = seconds * 1000 <= CLOCK_NOTICED_MS ? 'good' : seconds * 1000 <= MAX_CLOCK_SKEW_MS ? 'poor' : 'bad';
  const clock = found('clock', clockLevel === 'good' ? 'good' : 'apart', clockLevel, { params: { seconds } });
  const same = greeting.protocolVersion === HUB_PROTOCOL;
  const version = found('version', same ? 'good' : 'apart', same ? 'good' : 'poor', { params: { version: ownVersion } });
  return [certificate, clock, version];
}

function checkBehind({ register, network }: Runtime): Check {
  const { changes, sales } = countWaiting(register.store);
  const status = network.sync()?.status() ?? null;
  const params = { changes, sales, behind: (status?.catchingUp?.total ?? 0) - (status?.catchingUp?.done ?? 0) };
  if (status === null)
    return found('behind', 'not-running', changes === 0 ? 'unknown' : 'poor', { params, mend: byCommand('aurapos start') });
  if (status.state !== 'online') return found('behind', 'apart', 'poor', { params });
  const level = params.behind === 0 && changes === 0;
  return level ? found('behind', 'level', 'good', { params }) : found('behind', 'catching-up', 'poor', { params });
}

/** Where the round trips are measured to; null where there is no hub to reach. */
export async function hubOf(runtime: Runtime): Promise<HubAddress | null> {
  const master = runtime.network.master();
  if (master !== null) return master.running.hub.address(SHOP_DATABASE);
  const account = runtime.network.mode() === 'slave' ? readAccount(runtime.register.store) : null;
  return account === null ? null : hubAddressOf(account);
}
