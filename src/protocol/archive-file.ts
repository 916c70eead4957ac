/**
 * The archive of a period as one text file, readable without any store (docs/archive-format.md). Line 1 says what is in it, line 2 signs
 * line 1, every further line is one changeset as its register signed it. Line 1 names the hash of each chain's last changeset, and each
 * changeset's hash commits to the one before: so the one signature holds the whole file.
 */
import { z } from 'zod';

export const ARCHIVE_FORMAT = 'aurapos-archive';
export const ARCHIVE_VERSION = 1;

/** More chains than a register begins in its life. */
export const MAX_VOUCHERS = 1_000;

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
const base64Url = z.string().regex(/^[A-Za-z0-9_-]*$/);

/** A chain's key, and who vouches for it: the chains before it, each by the one before that, up to one that the shop's CA certified. */
const chainKey = z.object({
  chain: hex(16),
  /** 32 bytes of Ed25519. */
  publicKey: base64Url,
  /** Each signed the key before it in this list; the first signed `publicKey`. */
  vouchers: z.array(z.object({ publicKey: base64Url, signature: base64Url })).max(MAX_VOUCHERS),
  /** X.509 of the shop's CA over the last of these keys (DER); null in a shop of one register. */
  certificate: base64Url.nullable(),
});
export type ArchiveKey = z.output<typeof chainKey>;

export const archiveChain = chainKey.extend({
  fromN: z.int().positive(),
  toN: z.int().positive(),
  /** Of the changeset before the first, and of the last. */
  previous: hex(32),
  hash: hex(32),
});

export const archiveHead = z.object({
  format: z.literal(ARCHIVE_FORMAT),
  version: z.literal(ARCHIVE_VERSION),
  shop: z.object({ name: z.string(), address: z.string(), taxNumber: z.string() }),
  currency: z.string(),
  /** 2026-11-28, 2026-11, 2026; or R1 Z 17. */
  period: z.string(),
  madeAt: z.int(),
  /** The Zs it proves: first and last number of each register. */
  zs: z.array(z.object({ register: z.string(), code: z.string(), name: z.string(), first: z.int(), last: z.int() })),
  /** In the order in which their changesets follow. */
  chains: z.array(archiveChain),
  /** The shop's CA (DER); null in a shop of one register. */
  authority: base64Url.nullable(),
  /** What bodies were compressed with. */
  dictionaries: z.array(z.object({ number: z.int(), content: base64Url })),
});
export type ArchiveHead = z.output<typeof archiveHead>;

/** Over the bytes of line 1, without its line end. */
export const archiveSeal = chainKey.extend({ signature: base64Url });

export const archiveChangeset = z.object({ chain: hex(16), n: z.int(), hash: hex(32), signature: base64Url, body: base64Url });
export type ArchiveChangeset = z.output<typeof archiveChangeset>;
