/**
 * Masters announce themselves on the network (mDNS, service `_aurapos._tcp`), so that a new register is offered them and a known one finds
 * its own again when its address changed. A hint only: who the master is, the pinned CA decides.
 */
import { networkInterfaces } from 'node:os';
import { Bonjour } from 'bonjour-service';
import { toHex, sha256 } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

const SERVICE = 'aurapos';

export interface FoundMaster {
  readonly shop: string;
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

export interface Announcement {
  stop(): Promise<void>;
}

/** Own IPv4 addresses on networks, loopback left out; asked again and again, since they change. */
export function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
  );
}

function open(address: string, log: Log): Bonjour {
  // The library hands these to multicast-dns, whose options its own types leave out.
  const options: object = { interface: address, bind: '0.0.0.0' };
  // A network without multicast is no reason to stop: the address can be typed.
  return new Bonjour(options, (error: unknown) => log.warn('discovery.failed', { address, error: String(error) }));
}

/** Between looks at the own addresses. */
const LOOK_MS = 2_000;

/** Announces on every network this machine is on, and anew when its addresses change. */
export function announceMaster(master: Omit<FoundMaster, 'host'>, clock: Clock, log: Log): Announcement {
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
      const addresses = ownAddresses();
      if (addresses.join(' ') === announced) continue;
      announced = addresses.join(' ');
      await leave();
      opened = addresses.map((address) => publish(open(address, log), master));
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

/** A goodbye is a courtesy: the library does not call back when what it says goodbye for was not out yet, or the network is gone. */
const GOODBYE_MS = 1_000;

async function endSoon(clock: Clock, end: (done: () => void) => void): Promise<void> {
  const over = new AbortController();
  end(() => over.abort());
  await clock.sleep(GOODBYE_MS, over.signal);
}

function publish(bonjour: Bonjour, master: Omit<FoundMaster, 'host'>): Bonjour {
  const name = `AuraPOS ${master.shop.slice(0, 30)} ${master.authority.slice(0, 6)}`;
  bonjour.publish({
    name,
    type: SERVICE,
    port: master.port,
    probe: false,
    txt: { shop: master.shop, register: master.register, ca: master.authority },
  });
  return bonjour;
}

/** AURAPOS_SEARCH=off: masters are found by their addresses alone. */
const SEARCHES = process.env['AURAPOS_SEARCH'] !== 'off';

/** Listens for announcements on all networks for `listenMs`. */
export async function findMasters(listenMs: number, clock: Clock, log: Log): Promise<FoundMaster[]> {
  const found = new Map<string, FoundMaster>();
  const listening = (SEARCHES ? ownAddresses() : []).map((address) => {
    const bonjour = open(address, log);
    const browser = bonjour.find({ type: SERVICE }, (service) => {
      const txt = (service.txt ?? {}) as Readonly<Record<string, string | undefined>>;
      for (const host of [service.referer?.address, ...(service.addresses ?? [])]) {
        if (host === undefined || !/^\d+\.\d+\.\d+\.\d+$/.test(host)) continue;
        const master = { shop: txt['shop'] ?? '', register: txt['register'] ?? '', host, port: service.port, authority: txt['ca'] ?? '' };
        found.set(`${host}:${service.port}`, master);
      }
    });
    return { bonjour, browser };
  });
  await clock.sleep(listenMs);
  for (const { bonjour, browser } of listening) {
    browser.stop();
    await endSoon(clock, (done) => bonjour.destroy(done));
  }
  return [...found.values()];
}
