/** Where an address lies as seen from this machine: itself, one of its networks, or another. */
import { isIPv4 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

export type OwnNetworks = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Of a dotted address: `own` networks of this machine if it lies in none of them, else null. */
export function otherNetwork(address: string, networks: OwnNetworks): string | null {
  if (!isIPv4(address)) return null;
  const own: string[] = [];
  for (const info of Object.values(networks).flatMap((list) => list ?? [])) {
    if (info.family !== 'IPv4') continue;
    if ((toNumber(info.address) & toNumber(info.netmask)) === (toNumber(address) & toNumber(info.netmask))) return null;
    if (!info.internal) own.push(info.cidr ?? info.address);
  }
  return own.join(', ');
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => (sum << 8) | Number(part), 0);
}
