/** What has been answered so far on first launch. Nothing of it reaches the register before the last step. */
import { NO_SERVER, serverBody, type Server } from '../../parts/server.ts';
import type { BodyInput } from '../../../protocol/api/routes.ts';

export type Mode = 'single' | 'master' | 'slave';
export type Catalogue = 'csv' | 'empty' | 'demo';

export interface Draft {
  readonly language: string;
  readonly registerName: string;
  readonly mode: Mode;
  /** Port of the shop's database, as typed; of a master only. */
  readonly hubPort: string;
  /** PostgreSQL elsewhere, if the shop has one; of a master only. */
  readonly server: Server;
  readonly country: string;
  readonly currency: string;
  readonly shopName: string;
  readonly address: string;
  readonly taxNumber: string;
  readonly ownerName: string;
  readonly pin: string;
  readonly pinAgain: string;
  readonly catalogue: Catalogue;
  readonly file: File | null;
  /** Address of the master, with another port after a colon if need be. */
  readonly masterAddress: string;
  readonly database: string;
  /** Twelve characters, without marks between the groups. */
  readonly code: string;
}

export const CODE_LENGTH = 12;
const HUB_PORT = 5432;

export function emptyDraft(language: string): Draft {
  return {
    language,
    registerName: '',
    mode: 'single',
    hubPort: String(HUB_PORT),
    server: NO_SERVER,
    country: '',
    currency: '',
    shopName: '',
    address: '',
    taxNumber: '',
    ownerName: '',
    pin: '',
    pinAgain: '',
    catalogue: 'demo',
    file: null,
    masterAddress: '',
    database: 'aurapos',
    code: '',
  };
}

/** "192.168.1.20", "till.local:5433", "[fe80::1]:5433" in parts; null when there is no host or the port is none. */
export function splitAddress(text: string): { host: string; port: number } | null {
  const match = /^(?:\[([^\]]+)\]|([^:\s]+)|([^\s]*:[^\s]*:[^\s]*))(?::(\d{1,5}))?$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2] ?? match?.[3];
  if (host === undefined) return null;
  const port = match?.[4] === undefined ? HUB_PORT : Number(match[4]);
  return port >= 1 && port <= 65_535 ? { host, port } : null;
}

/** A port as typed, or null. */
export function readPort(text: string): number | null {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
}

/** Crockford's letters: what looks alike is one, marks and spaces go. */
export function cleanCode(text: string): string {
  return text
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
    .slice(0, CODE_LENGTH);
}

export function setUpBody(draft: Draft): BodyInput<'setUp'> {
  return {
    language: draft.language,
    registerName: draft.registerName.trim(),
    mode: draft.mode === 'master' ? 'master' : 'single',
    shop: {
      name: draft.shopName.trim(),
      country: draft.country,
      currency: draft.currency,
      address: draft.address.trim(),
      taxNumber: draft.taxNumber.trim(),
    },
    owner: { name: draft.ownerName.trim(), pin: draft.pin },
    catalogue: draft.catalogue === 'demo' ? 'demo' : 'empty',
    hubPort: readPort(draft.hubPort) ?? HUB_PORT,
    ...(draft.mode === 'master' ? serverBody(draft.server) : {}),
  };
}

export function joinBody(draft: Draft): BodyInput<'join'> | null {
  const address = splitAddress(draft.masterAddress);
  if (address === null) return null;
  return {
    ...address,
    database: draft.database.trim(),
    language: draft.language,
    registerName: draft.registerName.trim(),
    code: draft.code,
  };
}
