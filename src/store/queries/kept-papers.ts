/** Reads of what a kept store has on paper: its invoices and credit notes, and all its Zs as an accountant books them. */
import { accountingCsv } from '../../domain/accounting-file.ts';
import type { InvoiceFileRow } from '../../domain/invoices-file.ts';
import { currencyDigits } from '../../domain/money.ts';
import { numberOf, numberOrNull, textOrNull, type Database } from '../database.ts';
import { listZs } from './closings.ts';
import { readInvoice } from './invoices.ts';
import { saleLabel } from './sales.ts';
import { listRegisters, readCurrency, readShop } from './shop.ts';

const PAPERS_A_PAGE = 200;

/** In the order they were given out, some hundred at a time; `after` is the last of the page before, 0 to begin. */
export function listPapers(
  db: Database,
  after: number,
): { rows: InvoiceFileRow[]; next: number | null; currency: string; country: string } {
  const found = db.all('SELECT id, series, number FROM invoice WHERE id > ? ORDER BY id LIMIT ?', after, PAPERS_A_PAGE);
  const rows = found.flatMap((row): InvoiceFileRow[] => {
    const paper = readInvoice(db, saleLabel(textOrNull(row['series']) ?? '', numberOrNull(row['number']) ?? 0));
    if (paper === null) return [];
    const { label, kind, at, utcOffsetMinutes, receiptLabel, corrects, buyer, netMinor, taxMinor, totalMinor } = paper;
    const whose = { buyer: buyer.name, taxNumber: buyer.taxNumber, corrects: corrects ?? '' };
    return [{ label, kind, at, utcOffsetMinutes, receiptLabel, ...whose, netMinor, taxMinor, totalMinor }];
  });
  const last = found.at(-1);
  return {
    rows,
    next: last === undefined || found.length < PAPERS_A_PAGE ? null : numberOf(last['id']),
    currency: readCurrency(db),
    country: readShop(db)?.country ?? '',
  };
}

/** Every Z there is, in one CSV. */
export function writeAccounts(db: Database): string {
  const codes = new Map(listRegisters(db).map(({ id, code }) => [id, code]));
  const booked = listZs(db, {}).map(({ tradingDay, number, register, totals }) => {
    const { currency, names } = totals;
    return { tradingDay, number, register: codes.get(register) ?? '', currency, totals, names };
  });
  return accountingCsv(booked, readShop(db)?.country ?? '', currencyDigits(readCurrency(db)));
}
