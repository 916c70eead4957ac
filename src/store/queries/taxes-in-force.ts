/**
 * The taxes in force, kept in memory between one reading and the next: every line scanned asks for them, and they change once in years. They are
 * read anew when a tax or a rate was written, here or elsewhere, and when the next rate comes into force.
 */
import type { Service } from '../../domain/cart.ts';
import { LIVE, numberOrNull } from '../database.ts';
import type { Store } from '../store.ts';
import { readTaxCategories, type TaxCategoryRow } from './taxes.ts';

interface Kept {
  readonly rows: readonly TaxCategoryRow[];
  /** True from this instant until before that one. */
  readonly fromMs: number;
  readonly untilMs: number;
}

const keptOf = new WeakMap<Store, Map<Service, Kept>>();

/** For the thread that writes the store: its listeners tell of every change. */
export function taxesInForce(store: Store, service: Service = 'take-away'): readonly TaxCategoryRow[] {
  const nowMs = store.clock.nowMs();
  const kept = keptOf.get(store) ?? beginKeeping(store);
  const known = kept.get(service);
  if (known !== undefined && known.fromMs <= nowMs && nowMs < known.untilMs) return known.rows;
  const rows = readTaxCategories(store.db, nowMs, service);
  kept.set(service, { rows, fromMs: nowMs, untilMs: nextRateMs(store, nowMs) });
  return rows;
}

function beginKeeping(store: Store): Map<Service, Kept> {
  const kept = new Map<Service, Kept>();
  keptOf.set(store, kept);
  store.listeners.add((changes) => {
    if (changes.some(({ table }) => table === 'tax_category' || table === 'tax_rate')) kept.clear();
  });
  return kept;
}

function nextRateMs({ db }: Store, nowMs: number): number {
  const row = db.get(`SELECT min(from_at) AS next FROM tax_rate r WHERE ${LIVE('r')} AND from_at > ?`, nowMs);
  return numberOrNull(row?.['next']) ?? Infinity;
}
