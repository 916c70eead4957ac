/**
 * The thin waist between the hub's SQL and what runs it: a PostgreSQL over TLS (pg-link.ts), or PGlite in a test's process.
 * A link answers rows by column name; bytea as bytes, bigint as a safe number, json parsed.
 */

export type SqlParam = string | number | boolean | null | Uint8Array;

export interface SqlLink {
  /** One statement with bound values. Throws what the database says, hub.disk-full as a RefusalError, and when the link is lost. */
  query<Row>(text: string, params?: readonly SqlParam[]): Promise<Row[]>;
  /** Several statements without values, in one transaction unless they say otherwise. */
  run(text: string): Promise<void>;
  listen(channel: string, onPayload: (payload: string) => void): Promise<void>;
  /** Called once, when the link is gone for any reason but close(). */
  onLost(listener: (cause: Error) => void): void;
  close(): Promise<void>;
}

/** A bytea[] as one text value: the same for every driver, and faster than their own array encoders. */
export function byteaArray(list: readonly Uint8Array[]): string {
  const parts = list.map((bytes) => `"\\\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}"`);
  return `{${parts.join(',')}}`;
}

export function bigintArray(list: readonly number[]): string {
  return `{${list.join(',')}}`;
}

/** Text that holds no NUL (PostgreSQL has no such text; changesets refuse it before). */
export function textArray(list: readonly string[]): string {
  return `{${list.map((text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;
}
