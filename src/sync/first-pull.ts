/**
 * A new register's first pull: the certificates, then the shop's records page by page (who, what, how to pay, then the catalogue, then
 * customers), so that it may sell within seconds. Its history follows by reading the feed from the start, like any other change. Cut
 * anywhere, it starts the table again that it was at; merging twice changes nothing.
 */
import { fromHex } from '../base/bytes.ts';
import { idFromBytes, type Id } from '../base/id.ts';
import type { HubClient } from '../hub/hub-client.ts';
import { MAX_DETACHED_COUNT } from '../hub/hub-limits.ts';
import type { RecordPage } from '../hub/record-page.ts';
import type { RecordName } from '../protocol/tables.ts';
import { admitDetached, wantedHashes } from '../store/archive.ts';
import { keepCertificate } from '../store/chains.ts';
import { takePage } from '../store/take-page.ts';
import type { SyncTools } from './tools.ts';

/** What a register cannot sell without comes first. */
const CONFIGURATION: readonly RecordName[] = [
  'shop_version',
  'setting',
  'register',
  'role',
  'user',
  'tax_category',
  'tax_rate',
  'payment_method',
  'category',
  'supplier',
  'price_rule',
];
const CATALOGUE: readonly RecordName[] = ['product', 'product_barcode', 'product_price'];
const THE_REST: readonly RecordName[] = ['customer', 'held_cart'];
/** What an owner counts: the progress. */
const COUNTED: ReadonlySet<RecordName> = new Set(['product', 'product_barcode', 'customer']);

export type FirstPullStep = 'configuration' | 'catalogue' | 'customers';

/** Also the rows of a transaction: each writes a good part of the indexes by name and by code anew, and nothing is sold meanwhile. */
const PAGE_ROWS = 2_500;

export interface FirstPullHooks {
  onStep(step: FirstPullStep): void;
  /** Products, barcodes and customers. */
  onRows(done: number, total: number): void;
}

/** Throws when the link is lost; run it again then. Listeners hear which tables changed, not which rows: the search is filled anew after it. */
export async function pullRecords(tools: SyncTools, hub: HubClient, hooks: FirstPullHooks): Promise<void> {
  await pullCertificates(tools, hub);
  const { products, barcodes, customers } = await hub.countShop();
  const total = products + barcodes + customers;
  let done = 0;
  const onPage = (table: RecordName, live: number): void => {
    if (!COUNTED.has(table)) return;
    done += live;
    // What was added since it was counted comes too.
    hooks.onRows(done, Math.max(done, total));
  };
  for (const [step, tables] of [
    ['configuration', CONFIGURATION],
    ['catalogue', CATALOGUE],
    ['customers', THE_REST],
  ] as const) {
    hooks.onStep(step);
    for (const table of tables) await pullTable(tools, hub, table, (live) => onPage(table, live));
    await pullValues(tools, hub);
    for (const listener of tools.store.listeners)
      listener(
        tables.map((table) => ({ table, id: null })),
        false,
      );
  }
}

/** The next page is on its way while this one is merged. */
async function pullTable(
  { store, yieldTurn }: SyncTools,
  hub: HubClient,
  table: RecordName,
  onPage: (live: number) => void,
): Promise<void> {
  let asked = hub.page(table, null, PAGE_ROWS);
  for (;;) {
    const page = await asked;
    const after = page.rows.length === PAGE_ROWS ? lastId(page) : null;
    if (after !== null) asked = hub.page(table, after, PAGE_ROWS);
    // Should merging throw, nobody awaits the next page.
    asked.catch(() => {});
    // A turn, so that the question leaves before the thread is busy.
    await yieldTurn();
    takePage(store, table, page);
    const deletedAt = page.columns.indexOf('deleted');
    onPage(page.rows.filter((row) => row[deletedAt] !== 1).length);
    if (after === null) return;
  }
}

function lastId({ columns, rows }: RecordPage): Id | null {
  const id = rows.at(-1)?.[columns.indexOf('id')];
  return id instanceof Uint8Array ? idFromBytes(id) : null;
}

/** Values of personal columns that the pages named. What the hub does not have stays wanted. */
async function pullValues(tools: SyncTools, hub: HubClient): Promise<void> {
  for (let held = -1; ;) {
    const wanted = wantedHashes(tools.store, MAX_DETACHED_COUNT);
    if (wanted.length === 0 || wanted.length === held) return;
    held = wanted.length;
    if (admitDetached(tools.store, await hub.detachedValues(wanted)) === 0) return;
  }
}

/** Each proves itself by the CA's signature, so it does not matter who hands them over. */
async function pullCertificates(tools: SyncTools, hub: HubClient): Promise<void> {
  let after = { changeset: 0, idx: 0 };
  for (;;) {
    const rows = await hub.pageLedger('certificate', after, PAGE_ROWS);
    for (const row of rows) {
      const der = row['der'];
      if (typeof der === 'string' && der.startsWith('\\x')) keepCertificate(tools.store, fromHex(der.slice(2)));
    }
    const last = rows.at(-1);
    if (rows.length < PAGE_ROWS || last === undefined) return;
    after = { changeset: Number(last['changeset']), idx: Number(last['idx']) };
  }
}
