/** Stores that an older program wrote, or whose making was cut short: opened, brought up to this program, sound, and sold on. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { unwrap } from '../base/result.ts';
import { addTaxRate } from '../register/edit-tax.ts';
import { openRegister } from '../register/register.ts';
import { makeShop, openTestStore, sellSome, temporaryFolder } from '../../test/support/shop.ts';
import { checksumStore } from './checksum.ts';
import { openStore } from './open-store.ts';
import { listRoles } from './queries/people.ts';
import { listPrinters } from './queries/printing.ts';
import { countSales, readReceipt, unprintedSales } from './queries/sales.ts';
import { readTaxCategories } from './queries/taxes.ts';
import { sealSchema } from './schema-seal.ts';
import { closeStore, writeMeta, type Store } from './store.ts';
import { verifyStore } from './verify.ts';

/** What came with layout 4 and with 3. */
const WITHOUT_SUMS = 'DROP TRIGGER week_sum_sale; DROP TRIGGER week_sum_swap; DROP TABLE week_sum;';
const WITHOUT_PRINTERS = `${WITHOUT_SUMS} DROP TABLE printer; DROP TABLE print_job;`;

/** What layout 1 had and had not, made of a store of today. */
const LAYOUT_1 = `
DROP INDEX meta_twice; DROP INDEX chain_twice; DROP INDEX exception_twice; DROP INDEX open_cart_twice; DROP INDEX completed_cart_twice;
DROP INDEX throttle_twice; DROP INDEX job_twice;
ALTER TABLE changeset DROP COLUMN signature_sum;
ALTER TABLE detached ADD COLUMN changeset INTEGER;
CREATE INDEX detached_by_changeset ON detached (changeset) WHERE changeset IS NOT NULL;
CREATE TABLE before (sale BLOB PRIMARY KEY) WITHOUT ROWID; INSERT INTO before SELECT sale FROM unprinted; DROP TABLE unprinted;
ALTER TABLE before RENAME TO unprinted;
${WITHOUT_PRINTERS}
DELETE FROM meta WHERE name = 'schema_digest';
PRAGMA user_version = 1;`;

test('a store of layout 1 is brought up to this one: nothing is lost, it verifies, and it sells on', async () => {
  const folder = temporaryFolder();
  const file = `${folder.path}/store.db`;
  const shop = await makeShop({ file });
  for (let at = 0; at < 5; at++) sellSome(shop);
  const [rows, unprinted] = [checksumStore(shop.store.db), unprintedSales(shop.store.db)];
  assert.equal(unprinted.length, 5);
  shop.store.db.sqlite.exec(LAYOUT_1);
  closeStore(shop.store);

  const store = openTestStore(file);
  assert.deepEqual(checksumStore(store.db), rows);
  assert.deepEqual(unprintedSales(store.db), unprinted);
  assert.equal(verifyStore(store.db).problem, null);
  sellSome({ ...shop, store, register: openRegister(store).register });
  assert.equal(countSales(store.db), 6);
  assert.equal(verifyStore(store.db).problem, null);
  closeStore(store);
  folder.remove();
});

for (const { layout, knew, sql } of [
  { layout: 2, knew: 'no printers', sql: WITHOUT_PRINTERS },
  { layout: 3, knew: 'no sums of weeks', sql: WITHOUT_SUMS },
])
  test(`a store of layout ${layout}, which knew ${knew}, is brought up to this one, verifies and sells on`, async () => {
    const folder = temporaryFolder();
    const file = `${folder.path}/store.db`;
    const shop = await makeShop({ file });
    sellSome(shop);
    shop.store.db.sqlite.exec(`${sql} PRAGMA user_version = ${layout};`);
    sealSchema(shop.store.db);
    closeStore(shop.store);
    const store = openTestStore(file);
    assert.deepEqual(listPrinters(store.db), []);
    assert.deepEqual(store.db.all('SELECT week FROM week_sum'), []);
    sellSome({ ...shop, store, register: openRegister(store).register });
    assert.equal(verifyStore(store.db).problem, null);
    closeStore(store);
    folder.remove();
  });

test('a store from before shifts were read gets the indexes of today and no other; a manager of then may close the day', async () => {
  const folder = temporaryFolder();
  const file = `${folder.path}/store.db`;
  const shop = await makeShop({ file });
  sellSome(shop);
  const names = (store: Store): unknown[] => store.db.all("SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY name");
  const whole = names(shop.store);
  shop.store.db.sqlite.exec(`DROP INDEX sale_by_shift; DROP INDEX sale_by_day; DROP INDEX cash_movement_by_shift; DROP INDEX closing_by_day;
    DROP INDEX sale_line_beside; CREATE INDEX sale_line_tip ON sale_line (sale) WHERE kind = 'tip';
    UPDATE role SET rights = 'sell history' WHERE built_in = 'manager'`);
  writeMeta(shop.store.db, 'schema', 2);
  sealSchema(shop.store.db);
  closeStore(shop.store);
  const store = openTestStore(file);
  assert.deepEqual(names(store), whole);
  assert.ok(listRoles(store.db).some(({ builtIn, rights }) => builtIn === 'manager' && rights.includes('closing')));
  closeStore(store);
  folder.remove();
});

test('a store from before several taxes at once keeps its rates and sales as they are, and may have them from now on', async () => {
  const folder = temporaryFolder();
  const file = `${folder.path}/store.db`;
  const shop = await makeShop({ file });
  const before = sellSome(shop);
  const rates = readTaxCategories(shop.store.db, shop.clock.nowMs());
  shop.store.db.sqlite.exec(`ALTER TABLE sale_line DROP COLUMN tax_parts; ALTER TABLE tax_rate DROP COLUMN parts;
    ALTER TABLE tax_rate DROP COLUMN parts_stamp`);
  writeMeta(shop.store.db, 'schema', 5);
  sealSchema(shop.store.db);
  closeStore(shop.store);
  const store = openTestStore(file);
  const later = { ...shop, store, register: openRegister(store).register };
  assert.deepEqual(readTaxCategories(store.db, shop.clock.nowMs()), rates);
  assert.deepEqual(readReceipt(store.db, before.uuid)?.taxes, before.taxes);
  const parts = [
    { name: 'VAT', ratePpm: 60_000 },
    { name: 'City', ratePpm: 10_000 },
  ];
  for (const { id } of rates)
    unwrap(addTaxRate(later.register, { taxCategory: id, ratePpm: 70_000, parts, service: 'any', fromAt: 1 }, shop.owner));
  assert.deepEqual(
    sellSome(later).taxes.map(({ name }) => name),
    ['VAT', 'City'],
  );
  assert.equal(verifyStore(store.db).problem, null);
  closeStore(store);
  folder.remove();
});

test('[fault 28] a store of today that says it is of layout 1 is damaged, and refused', async () => {
  const folder = temporaryFolder();
  const file = `${folder.path}/store.db`;
  const { store } = await makeShop({ file });
  store.db.sqlite.exec('CREATE TABLE stray (a); PRAGMA user_version = 1;');
  closeStore(store);
  const opened = openStore(file, { clock: systemClock, random: systemRandom });
  assert.equal(opened.ok ? 'opened' : opened.refusal.code, 'store.corrupt');
  folder.remove();
});

test('[fault 2] a store whose making was cut short is made by the next start; an emptied file is not taken for one', () => {
  const folder = temporaryFolder();
  const file = `${folder.path}/store.db`;
  const cut = new DatabaseSync(file);
  cut.exec('PRAGMA journal_mode = WAL');
  cut.close();
  assert.ok(existsSync(file));
  const store = unwrap(openStore(file, { clock: systemClock, random: systemRandom }));
  assert.equal(verifyStore(store.db).problem, null);
  closeStore(store);
  writeFileSync(file, '');
  const opened = openStore(file, { clock: systemClock, random: systemRandom });
  assert.equal(opened.ok ? 'opened' : opened.refusal.code, 'store.corrupt');
  folder.remove();
});
