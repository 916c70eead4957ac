/** A PostgreSQL elsewhere as a person typed it, and as the register's API takes it. */
export interface Server {
  /** With user and password; empty: on this machine. */
  readonly url: string;
  /** PEM; empty: the authorities that everybody trusts. */
  readonly ca: string;
}

export const NO_SERVER: Server = { url: '', ca: '' };

export function serverBody({ url, ca }: Server): { readonly hubUrl: string | null; readonly hubCa: string | null } {
  const hubUrl = url.trim() === '' ? null : url.trim();
  return { hubUrl, hubCa: hubUrl === null || ca.trim() === '' ? null : ca };
}
