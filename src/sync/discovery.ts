/**
 * Masters announce themselves on the network (mDNS, service `_aurapos._tcp`), so that a new register is offered them and a known one finds
 * its own again when its address changed. A hint only: who the master is, the pinned CA decides.
 */
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

/** Addresses to use for multicast; null for the system's choice. */
export type Interface = string | null;

function open(on: Interface, log: Log): Bonjour {
  // The library hands these to multicast-dns, whose options its own types leave out.
  const options: object = on === null ? {} : { interface: on, bind: '0.0.0.0' };
  // A network without multicast is no reason to stop: the address can be typed.
  return new Bonjour(options, (error: unknown) => log.warn('discovery.failed', { error: String(error) }));
}

export function announceMaster(master: Omit<FoundMaster, 'host'>, on: Interface, log: Log): Announcement {
  const bonjour = open(on, log);
  const name = `AuraPOS ${master.shop.slice(0, 30)} ${master.authority.slice(0, 6)}`;
  bonjour.publish({
    name,
    type: SERVICE,
    port: master.port,
    probe: false,
    txt: { shop: master.shop, register: master.register, ca: master.authority },
  });
  return {
    stop: () =>
      new Promise((resolve) => {
        bonjour.unpublishAll(() => bonjour.destroy(() => resolve()));
      }),
  };
}

/** Listens for announcements for `listenMs`. */
export async function findMasters(on: Interface, listenMs: number, clock: Clock, log: Log): Promise<FoundMaster[]> {
  const bonjour = open(on, log);
  const found = new Map<string, FoundMaster>();
  const browser = bonjour.find({ type: SERVICE }, (service) => {
    const txt = (service.txt ?? {}) as Readonly<Record<string, string | undefined>>;
    for (const host of [service.referer?.address, ...(service.addresses ?? [])]) {
      if (host === undefined || !/^\d+\.\d+\.\d+\.\d+$/.test(host)) continue;
      found.set(`${host}:${service.port}`, {
        shop: txt['shop'] ?? '',
        register: txt['register'] ?? '',
        host,
        port: service.port,
        authority: txt['ca'] ?? '',
      });
    }
  });
  await clock.sleep(listenMs);
  browser.stop();
  await new Promise<void>((resolve) => bonjour.destroy(() => resolve()));
  return [...found.values()];
}
