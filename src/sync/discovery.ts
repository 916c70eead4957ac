/**
 * What registers say on the network (mDNS): masters that they are there (`_aurapos._tcp`), so that a new register is offered them and a known
 * one finds its own again when its address changed; registers without a master how full their copy is (nearby-copies.ts). Hints only: who the
 * master is, the pinned CA decides.
 */
import { networkInterfaces } from 'node:os';
import { Bonjour } from 'bonjour-service';
import { toHex, sha256 } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

export interface FoundMaster {
  /** Name of the shop, and what registers know it by. */
  readonly shop: string;
  readonly shopId: string;
  readonly register: string;
  readonly host: string;
  readonly port: number;
  /** Of its CA; see authorityMark. */
  readonly authority: string;
}

/** Short name of a CA in announcements. */
export function authorityMark(authority: Uint8Array): string {
  return toHex(sha256(authority)).slice(0, 16);
}

/** Own IPv4 addresses on networks, loopback left out; asked again and again, since they change. */
export function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
  );
}

const MASTERS = 'aurapos';

/** Announces on every network this machine is on, and anew when its addresses change. */
export function announceMaster(master: Omit<FoundMaster, 'host'>, clock: Clock, log: Log): Announcement {
  const { shop, shopId, register, port, authority } = master;
  const name = `AuraPOS ${shop.slice(0, 30)} ${authority.slice(0, 6)}`;
  return announce({ type: MASTERS, name, port, txt: { shop, id: shopId, register, ca: authority } }, clock, log);
}

/** Listens for announcements on all networks for `listenMs`. */
export async function findMasters(listenMs: number, clock: Clock, log: Log, signal?: AbortSignal): Promise<FoundMaster[]> {
  return (await listen(MASTERS, listenMs, clock, log, signal)).map(({ host, port, txt }) => ({
    shop: txt['shop'] ?? '',
    shopId: txt['id'] ?? '',
    register: txt['register'] ?? '',
    host,
    port,
    authority: txt['ca'] ?? '',
  }));
}

// ---- any kind of announcement

export interface Said {
  /** Of service, without underscore and protocol. */
  readonly type: string;
  /** Unique on the network. */
  readonly name: string;
  readonly port: number;
  readonly txt: Readonly<Record<string, string>>;
}

export interface Announcement {
  stop(): Promise<void>;
}

/** AURAPOS_SEARCH=off: nothing is said or heard on the network, and masters are found by their addresses alone. */
const networks = process.env['AURAPOS_SEARCH'] === 'off' ? (): string[] => [] : ownAddresses;

/** Between looks at the own addresses. */
const LOOK_MS = 2_000;

export function announce(said: Said, clock: Clock, log: Log): Announcement {
  const stopped = new AbortController();
  let announced = '';
  let opened: Bonjour[] = [];
  const leave = async (): Promise<void> => {
    const ending = opened;
    opened = [];
    await Promise.all(ending.map((bonjour) => endSoon(clock, (done) => bonjour.unpublishAll(() => bonjour.destroy(done)))));
  };
  const keep = async (): Promise<void> => {
    do {
      const addresses = networks();
      if (addresses.join(' ') === announced) continue;
      announced = addresses.join(' ');
      await leave();
      opened = addresses.map((address) => {
        const bonjour = open(address, log);
        bonjour.publish({ ...said, probe: false });
        return bonjour;
      });
    } while (await clock.sleep(LOOK_MS, stopped.signal));
    await leave();
  };
  const keeping = keep();
  return {
    stop: async () => {
      stopped.abort();
      await keeping;
    },
  };
}

function open(address: string, log: Log): Bonjour {
  // The library hands these to multicast-dns, whose options its own types leave out.
  const options: object = { interface: address, bind: '0.0.0.0' };
  // A network without multicast is no reason to stop: the address can be typed.
  return new Bonjour(options, (error: unknown) => log.warn('discovery.failed', { address, error: String(error) }));
}

/** A goodbye is a courtesy: the library does not call back when what it says goodbye for was not out yet, or the network is gone. */
const GOODBYE_MS = 1_000;

async function endSoon(clock: Clock, end: (done: () => void) => void): Promise<void> {
  const over = new AbortController();
  end(() => over.abort());
  await clock.sleep(GOODBYE_MS, over.signal);
}

export interface Heard {
  readonly host: string;
  readonly port: number;
  readonly txt: Readonly<Record<string, string | undefined>>;
}

/** What is announced of that type while it listens, on all networks, once for each address; what was heard so far where `signal` ends it. */
export async function listen(type: string, listenMs: number, clock: Clock, log: Log, signal?: AbortSignal): Promise<Heard[]> {
  const heard = new Map<string, Heard>();
  const listening = networks().map((address) => {
    const bonjour = open(address, log);
    const browser = bonjour.find({ type }, ({ port, txt, referer, addresses, name }) => {
      for (const host of [referer?.address, ...(addresses ?? [])])
        if (host !== undefined && /^\d+\.\d+\.\d+\.\d+$/.test(host))
          heard.set(`${host}:${port} ${name}`, { host, port, txt: (txt ?? {}) as Heard['txt'] });
    });
    return { bonjour, browser };
  });
  await clock.sleep(listenMs, signal);
  for (const { bonjour, browser } of listening) {
    browser.stop();
    await endSoon(clock, (done) => bonjour.destroy(done));
  }
  return [...heard.values()];
}
