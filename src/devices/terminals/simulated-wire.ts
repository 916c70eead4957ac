/** What a register and a simulated terminal say to each other. One request a connection. */

export type ToTerminal =
  | { readonly type: 'pay'; readonly id: string; readonly amountMinor: number; readonly currency: string }
  | { readonly type: 'cancel'; readonly id: string };

export interface FromTerminal {
  readonly type: 'answer';
  readonly id: string;
  readonly state: 'approved' | 'declined';
  readonly reference: string;
}
