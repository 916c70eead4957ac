/** Fiscal devices: what a country's law wants of one, and which stands beside a register. Pure. */

/** tse: Germany's technical security equipment; fdm: Belgium's fiscal data module; rt: Italy's registratore telematico. */
export const FISCAL_DEVICES = ['tse', 'fdm', 'rt'] as const;
export type FiscalDeviceKind = (typeof FISCAL_DEVICES)[number];

export interface FiscalRule {
  readonly device: FiscalDeviceKind;
  /** What a sale does while the device is out: it goes on and its receipt says so, or it waits. */
  readonly onOutage: 'marks-receipt' | 'stops-sale';
  /** The number by which people ask for the receipt is the device's. */
  readonly givesNumber: boolean;
}

export type FiscalSetting = { readonly kind: 'none' } | { readonly kind: 'simulated'; readonly host: string; readonly port: number };

export const NO_FISCAL: FiscalSetting = { kind: 'none' };

export function isFiscalSetting(value: unknown): value is FiscalSetting {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  if (value.kind === 'none') return true;
  return value.kind === 'simulated' && 'host' in value && typeof value.host === 'string' && 'port' in value && Number.isInteger(value.port);
}

export interface FiscalWord {
  /** outage: the device was out, and the receipt says so. */
  readonly state: 'finish' | 'outage';
  /** Null where it was out, as is what it would have said. */
  readonly device: string | null;
  readonly number: string | null;
  readonly signature: string | null;
}
