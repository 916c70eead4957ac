/** Reads that may take long, by name, so that a worker runs them on a connection of its own and the selling thread never waits. */
import { readStoreStand } from './backup-parts.ts';
import { readArchiveHead, readArchivePage, zsOf } from './period-archive.ts';
import { quickCheck } from './store.ts';
import { verifyStore } from './verify.ts';
import { sumWeek } from './week-sums.ts';
import { listCategories, listDepartments, listProducts } from './queries/catalogue.ts';
import { categoryTiles } from './queries/tiles.ts';
import { listDeeds } from './queries/deeds.ts';
import { listEdits } from './queries/edits.ts';
import { readInvoice } from './queries/invoices.ts';
import { customerTotals, findCustomerByCard, listCustomers } from './queries/people.ts';
import { listSales } from './queries/sales.ts';
import { listSoldLines, tallySales } from './queries/holdings.ts';
import { listPapers, writeAccounts } from './queries/kept-papers.ts';
import { reportSales } from './queries/reports.ts';
import { listStock, movementsOf } from './queries/stock.ts';
import { countRows } from './queries/shop.ts';
import { lastCounts, listMovements, readEvidence, shiftFigures } from './queries/shifts.ts';
import { closedAt, listClosings, listZs, readPeriod, readUnclosed } from './queries/closings.ts';

export const LONG_QUERIES = {
  quickCheck,
  verifyStore,
  categoryTiles,
  listCategories,
  listProducts,
  listDepartments,
  listCustomers,
  customerTotals,
  findCustomerByCard,
  listSales,
  listDeeds,
  listEdits,
  readInvoice,
  countRows,
  listStock,
  reportSales,
  sumWeek,
  movementsOf,
  shiftFigures,
  listMovements,
  lastCounts,
  readEvidence,
  readUnclosed,
  listZs,
  readPeriod,
  listClosings,
  closedAt,
  zsOf,
  readArchiveHead,
  readArchivePage,
  readStoreStand,
  tallySales,
  listSoldLines,
  listPapers,
  writeAccounts,
} as const;

export type LongQueries = typeof LONG_QUERIES;
export type LongQueryName = keyof LongQueries;
export type LongQueryArgs<K extends LongQueryName> = Parameters<LongQueries[K]> extends [unknown, ...infer A] ? A : never;
export type LongQueryResult<K extends LongQueryName> = ReturnType<LongQueries[K]>;
