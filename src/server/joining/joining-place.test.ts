/** One store takes the place of another: whatever moment it was cut at, one of the two is in place, whole, and the other is kept. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { present } from '../../base/assert.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { ok, refuse, unwrap } from '../../base/result.ts';
import type { Choices } from '../../register/bring-over.ts';
import { compareShops } from '../../register/compare-shops.ts';
import { openStore } from '../../store/open-store.ts';
import { countRows, readShop } from '../../store/queries/shop.ts';
import { startReader } from '../../store/reader.ts';
import { closeStore, readMeta, writeMeta } from '../../store/store.ts';
import { verifyStore } from '../../store/verify.ts';
import { makeShop, sellSome, steppedClock, temporaryFolder } from '../../../test/support/shop.ts';
import { makeJoiningDesk } from './joining-desk.ts';
import { chainOf, joiningStore, makeReady, readStand, takePlace, writeStand } from './joining-place.ts';

const NOTHING: Choices = { products: false, customers: false, sales: false };
const deps = { clock: steppedClock(), random: systemRandom, log: silentLog };

/** A register that sold twice, made ready to become one of another shop, which sold nothing. */
async function madeReady(folder: string, currency = 'EUR'): Promise<void> {
  const from = await makeShop({ file: join(folder, 'store.db') });
  sellSome(from);
  sellSome(from);
  mkdirSync(join(folder, 'joining'));
  const to = await makeShop({ file: joiningStore(folder), currency });
  const holdings = compareShops(to.store, from.store.db, () => {});
  const chain = chainOf(from.store.db);
  writeStand(folder, { chain, shop: 'There', currency, host: 'h', port: 1, holdings, choices: NOTHING, user: from.owner, problem: null });
  from.store.db.transact('durable', () => ok(writeMeta(from.store.db, 'leaving', 1)));
  makeReady(folder, from.clock.nowMs());
  to.close();
  from.close();
}

function salesIn(file: string): number {
  const store = unwrap(openStore(file, deps));
  const { sales } = countRows(store.db);
  assert.equal(verifyStore(store.db).problem, null);
  closeStore(store);
  return sales;
}

function isExchanged(folder: string): void {
  assert.equal(salesIn(join(folder, 'store.db')), 0, 'the other shop’s store is in place');
  const kept = readdirSync(join(folder, 'kept'));
  assert.equal(kept.length, 1);
  assert.equal(salesIn(join(folder, 'kept', kept[0] ?? '')), 2, 'the old one is whole');
  assert.equal(existsSync(join(folder, 'joining')), false);
}

test('cut between any two steps of the exchange, the next start ends it once', async (t) => {
  const cuts: Readonly<Record<string, (folder: string, keptAs: string) => void>> = {
    'before the first': () => {},
    'after the old one was moved': (folder, keptAs) => {
      mkdirSync(join(folder, 'kept'));
      renameSync(join(folder, 'store.db'), join(folder, 'kept', keptAs));
    },
    'after the other was moved': (folder, keptAs) => {
      cuts['after the old one was moved']?.(folder, keptAs);
      renameSync(joiningStore(folder), join(folder, 'store.db'));
    },
  };
  for (const [when, cut] of Object.entries(cuts))
    await t.test(when, async () => {
      const folder = temporaryFolder();
      await madeReady(folder.path);
      cut(folder.path, '2026-09-21-141320.db');
      takePlace(folder.path, deps);
      isExchanged(folder.path);
      takePlace(folder.path, deps);
      isExchanged(folder.path);
      folder.remove();
    });
});

test('a kept store is never written over', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder.path, 'kept'));
  writeFileSync(join(folder.path, 'kept', '2026-09-21-141320.db'), 'an earlier one');
  await madeReady(folder.path);
  takePlace(folder.path, deps);
  assert.deepEqual(readdirSync(join(folder.path, 'kept')).sort(), ['2026-09-21-141320-2.db', '2026-09-21-141320.db']);
  folder.remove();
});

test('what goes wrong before the exchange leaves the old store in place, open to selling', async () => {
  const folder = temporaryFolder();
  await madeReady(folder.path);
  writeFileSync(joiningStore(folder.path), 'no store at all');
  takePlace(folder.path, deps);
  assert.equal(salesIn(join(folder.path, 'store.db')), 2);
  const store = unwrap(openStore(join(folder.path, 'store.db'), deps));
  assert.equal(readMeta(store.db, 'leaving'), null);
  assert.equal(readShop(store.db)?.name, 'Corner Shop');
  closeStore(store);
  assert.deepEqual([readStand(folder.path)?.choices, readStand(folder.path)?.problem?.code], [null, 'bug']);
  assert.equal(existsSync(join(folder.path, 'kept')), false);
  folder.remove();
});

test('what a shop with another currency cannot take is refused; joining it with nothing is not', async () => {
  const folder = temporaryFolder();
  await madeReady(folder.path, 'GBP');
  const from = await makeShop();
  writeStand(folder.path, { ...present(readStand(folder.path), 'the stand'), chain: chainOf(from.store.db) });
  const desk = makeJoiningDesk({
    ...deps,
    register: from.register,
    reader: startReader(from.store),
    dataFolder: folder.path,
    version: '0',
  });
  assert.deepEqual(desk.choose({ ...NOTHING, products: true }, from.owner), refuse('joining.currency', { theirs: 'GBP', ours: 'EUR' }));
  assert.deepEqual(desk.choose({ ...NOTHING, sales: true }, from.owner), refuse('joining.sales-alone'));
  assert.deepEqual(desk.choose(NOTHING, from.owner), ok(null));
  assert.deepEqual(await desk.callOff(), refuse('joining.leaving'), 'too late: it is made ready');
  from.close();
  folder.remove();
});

test('what was begun from a store that was put back from a backup since is thrown away', async () => {
  const folder = temporaryFolder();
  await madeReady(folder.path);
  const from = await makeShop();
  const reader = startReader(from.store);
  const desk = makeJoiningDesk({ ...deps, register: from.register, reader, dataFolder: folder.path, version: '0' });
  assert.equal(desk.stand(), null);
  assert.equal(existsSync(join(folder.path, 'joining')), false);
  // Cut between its closing to sales and the word to exchange, then called off by hand: it sells again.
  from.store.db.transact('durable', () => ok(writeMeta(from.store.db, 'leaving', 1)));
  makeJoiningDesk({ ...deps, register: from.register, reader, dataFolder: folder.path, version: '0' });
  assert.equal(readMeta(from.store.db, 'leaving'), null);
  from.close();
  folder.remove();
});

test('the database of a shop that this register hosted once goes aside with its store', async () => {
  const folder = temporaryFolder();
  await madeReady(folder.path);
  mkdirSync(join(folder.path, 'hub'));
  writeFileSync(join(folder.path, 'hub', 'note'), 'the old shop’s');
  takePlace(folder.path, deps);
  assert.equal(existsSync(join(folder.path, 'hub')), false);
  assert.deepEqual(readdirSync(join(folder.path, 'kept')).sort(), ['2026-09-21-141320-hub', '2026-09-21-141320.db']);
  folder.remove();
});
