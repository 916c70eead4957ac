/** Bugs on purpose: what the checker must find. */
/** Bugs that a checker must find; none of them is in the product. */
export type PlantedBug =
  | 'cursor-skips'
  | 'sent-twice'
  | 'number-reused'
  | 'stock-doubled'
  | 'acknowledged-early'
  | 'drawer-misread'
  | 'total-misadded'
  | 'voucher-doubled'
  | 'card-lost'
  | 'restored-sells-early'
  | 'standby-lags';
