/** Which card terminal stands beside a register. A protocol is a kind here, and a file in devices/terminals. Pure. */

export const TERMINAL_KINDS = ['by-hand', 'simulated'] as const;
export type TerminalKind = (typeof TERMINAL_KINDS)[number];

/** by-hand: one that no cable joins to the register; the cashier keys the amount in and looks at it. */
export type TerminalSetting =
  | { readonly kind: 'by-hand' }
  | { readonly kind: Exclude<TerminalKind, 'by-hand'>; readonly host: string; readonly port: number };

export const BY_HAND: TerminalSetting = { kind: 'by-hand' };

export function isTerminalSetting(value: unknown): value is TerminalSetting {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  if (value.kind === 'by-hand') return true;
  return (
    TERMINAL_KINDS.some((kind) => kind === value.kind) &&
    'host' in value &&
    typeof value.host === 'string' &&
    'port' in value &&
    Number.isInteger(value.port)
  );
}
