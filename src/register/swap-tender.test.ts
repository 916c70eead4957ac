/** A wrong payment corrected in its shift: drawer, Z, receipt and refund follow; the sale stays as it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import { refuse, unwrap } from '../base/result.ts';
import { listPaymentMethods } from '../store/queries/catalogue.ts';
import { readUnclosed } from '../store/queries/closings.ts';
import { readSoldSale } from '../store/queries/refunds.ts';
import { listSales, readReceipt } from '../store/queries/sales.ts';
import { openShift, shiftFigures } from '../store/queries/shifts.ts';
import { reportSales } from '../store/queries/reports.ts';
import { verifyStore } from '../store/verify.ts';
import { makeShop, sellSome } from '../../test/support/shop.ts';
import { closeShift } from './close-shift.ts';
import { countShift } from './count-shift.ts';
import { ownRegisterId } from './register.ts';
import { refundSale } from './refund-sale.ts';
import { swapTender } from './swap-tender.ts';

test('recorded as cash, paid by card: the pair counts in the drawer, the Z, the report, on the receipt and for a refund; then back again', async () => {
  const shop = await makeShop();
  const { register, store, owner } = shop;
  const { db } = store;
  const [cash, card] = ['cash', 'card'].map((kind) => present(listPaymentMethods(db).find((method) => method.kind === kind)?.id, kind));
  assert.ok(cash !== undefined && card !== undefined);
  const sold = sellSome(shop);
  const paidMinor = sold.dueMinor;
  const swap = (tender: string, method: typeof cash) => swapTender(register, { sale: sold.uuid, tender, method, user: owner, by: owner });
  const own = ownRegisterId(store);
  const { shift } = present(openShift(db, own), 'the shift');
  const expected = (): (number | undefined)[] =>
    [cash, card].map((method) => shiftFigures(db, shift).methods.find((row) => row.method === method)?.expectedMinor);
  const before = expected();
  const first = present(sold.tenders[0], 'the payment').tender;

  assert.deepEqual(swap(first, cash), refuse('swap.same'));
  assert.deepEqual(swap(`${'0'.repeat(64)}:1`, card), refuse('input.not-found', { what: 'payment' }));
  unwrap(swap(first, card));
  assert.deepEqual(expected(), [(before[0] ?? 0) - paidMinor, (before[1] ?? 0) + paidMinor]);
  const receipt = present(readReceipt(db, sold.uuid), 'the receipt');
  assert.deepEqual(
    receipt.tenders.map(({ kind, amountMinor, insteadOf }) => [kind, amountMinor, insteadOf]),
    [['card', paidMinor, 'Cash']],
  );
  assert.equal(receipt.changeMinor, 0);
  assert.deepEqual(listSales(db, { search: '', register: '', customer: null, cursor: '', limit: 1, single: true }).rows[0]?.methods, [
    'Card',
  ]);
  const [day] = readUnclosed(db, own, 0).days;
  assert.deepEqual(
    day?.totals.tenders.filter(({ minor }) => minor !== 0).map(({ method, minor }) => [method, minor]),
    [[card, paidMinor]],
  );
  const report = reportSales(db, { fromMs: 0, untilMs: Number.MAX_SAFE_INTEGER, by: 'day', products: 1 });
  assert.deepEqual(
    report.methods.filter(({ count }) => count !== 0).map(({ id, count, totalMinor }) => [id, count, totalMinor]),
    [[card, 1, paidMinor]],
  );
  const lines = present(readSoldSale(db, sold.uuid), 'the sale').lines.map(({ ref, quantityMilli }) => ({ ref, quantityMilli }));
  const back = unwrap(refundSale(register, { sale: sold.uuid, lines }));
  assert.deepEqual(
    back.payBack.map(({ method }) => method),
    [card],
  );

  unwrap(swap(present(receipt.tenders[0], 'the payment').tender, cash));
  assert.deepEqual(expected(), before);
  assert.deepEqual(
    readReceipt(db, sold.uuid)?.tenders.map(({ kind }) => kind),
    ['cash'],
  );
  assert.equal(db.get("SELECT count(*) AS total FROM audit_entry WHERE kind = 'tender-swapped'")?.['total'], 2);
  assert.equal(verifyStore(db).problem, null);

  const figures = shiftFigures(db, shift);
  const counts = figures.methods.map(({ method, expectedMinor }) => ({ method, countedMinor: expectedMinor, pieces: [] }));
  unwrap(countShift(register, { figures, counts, user: owner }));
  unwrap(closeShift(register, { figures: shiftFigures(db, shift), staysMinor: 0, user: owner }));
  assert.deepEqual(swap(first, card), refuse('swap.shift-closed'));
  shop.close();
});

test('a correction that does not come to nothing is found by verify', async () => {
  const shop = await makeShop();
  sellSome(shop);
  const card = present(listPaymentMethods(shop.store.db).find(({ kind }) => kind === 'card')?.id, 'card');
  const sold = present(
    listSales(shop.store.db, { search: '', register: '', customer: null, cursor: '', limit: 1, single: true }).rows[0],
    'the sale',
  );
  const { tender } = present(readReceipt(shop.store.db, sold.uuid)?.tenders[0], 'its payment');
  unwrap(swapTender(shop.register, { sale: sold.uuid, tender, method: card, user: shop.owner, by: null }));
  shop.store.db.run('UPDATE tender SET amount_minor = amount_minor + 1 WHERE swap_of IS NOT NULL AND amount_minor > 0');
  assert.match(verifyStore(shop.store.db).problem?.where ?? '', /tender/);
  shop.close();
});
