/** Backups without a process: what is in them, what a restore gives back, what is found when they are not what they were. */
import assert from 'node:assert/strict';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { present } from '../base/assert.ts';
import { systemRandom } from '../base/random.ts';
import { unwrap } from '../base/result.ts';
import { makeRecoveryCode } from '../hub/recovery-code.ts';
import { openBody } from '../protocol/changeset.ts';
import { addProductLine, getCart } from '../register/edit-cart.ts';
import { addCustomer, forgetCustomer } from '../register/edit-customer.ts';
import { openRegister } from '../register/register.ts';
import { listProducts } from '../store/queries/catalogue.ts';
import { readCustomer } from '../store/queries/people.ts';
import type { SealedLine } from '../store/backup-parts.ts';
import { toChangeset } from '../store/restore-parts.ts';
import { closeStore, type Store } from '../store/store.ts';
import { verifyStore } from '../store/verify.ts';
import { backUpDocument, makeBackedUpShop, refusalOf, type BackedUpShop } from '../../test/support/backed-up-shop.ts';
import { believe, add, create, deliver, foreignChain, refTo, snapshot, testId } from '../../test/support/foreign-chain.ts';
import { openTestStore, sellSome, temporaryFolder } from '../../test/support/shop.ts';
import { identitiesFrom, identityOfCode, makeIdentity, recipientOf } from './encryption.ts';
import { filesOf, nameOf } from './manifest.ts';
import { checkFiles } from './prove-backup.ts';
import { prepareRestore, putInPlace } from './restore-backup.ts';
import { serveBackup } from './requests.ts';
import { chooseKept } from './retention.ts';

async function withShop(t: TestContext): Promise<BackedUpShop> {
  const backedUp = await makeBackedUpShop();
  t.after(() => backedUp.remove());
  return backedUp;
}

/** The restored store in a folder of its own, and what it must be like. */
async function restored(
  t: TestContext,
  backedUp: BackedUpShop,
  made: Parameters<BackedUpShop['restore']>[0],
  identities: string[] = [],
): Promise<Store> {
  const fresh = temporaryFolder();
  await backedUp.restore(made, fresh.path, { identities });
  const store = openTestStore(join(fresh.path, 'store.db'));
  t.after(() => {
    closeStore(store);
    fresh.remove();
  });
  return store;
}

/** Without the chain that a restore begins, and what follows from it. */
function comparable(store: Store): unknown {
  const { detached, wanted, stock, exceptions, tables } = snapshot(store);
  return { detached, wanted, stock, exceptions, tables: { ...tables, chain_start: null } };
}

test('[P1] a backup is a base, then only what came since; restored it is the same shop under a new series, open cart and all', async (t) => {
  const backedUp = await withShop(t);
  const { shop } = backedUp;
  for (let at = 0; at < 5; at++) sellSome(shop);
  const base = await backedUp.make();
  assert.equal(base.isBase, true);
  const mia = unwrap(addCustomer(shop.register, { name: 'Mia Kovač', phone: '+32 470 00 00 00' }, shop.owner));
  for (let at = 0; at < 5; at++) sellSome(shop);
  const [product] = listProducts(shop.store.db, { category: null, hidden: false, sort: 'name', offset: 0, limit: 1, nowMs: 0 }).rows;
  unwrap(addProductLine(shop.register, present(product, 'a product').id, 3000));
  const next = await backedUp.make();
  assert.equal(next.isBase, false);
  assert.deepEqual(
    next.manifest.segments.map(({ count }) => count),
    [6],
  );
  assert.ok(next.newBytes < base.newBytes / 2, `${next.newBytes} bytes of ${base.newBytes}`);
  assert.equal((await backedUp.try(next)).sales, 10);

  const before = comparable(shop.store);
  const cart = getCart(shop.register);
  const store = await restored(t, backedUp, next);
  assert.deepEqual(comparable(store), before);
  assert.equal(verifyStore(store.db).problem, null);
  const { register } = openRegister(store);
  assert.deepEqual({ ...getCart(register), version: cart.version }, cart);
  assert.equal(readCustomer(store.db, mia.id)?.phone, '+32 470 00 00 00');
  assert.match(sellSome({ register, store, owner: shop.owner }).label, /^R1b-\w{4}-000001$/);
  assert.equal(verifyStore(store.db).problem, null);
  // The older one of the two is whole by itself.
  assert.equal((await backedUp.try(base)).sales, 5);
});

test('segments hold no personal value, and an erased one does not come back, not even from a backup made before', async (t) => {
  const backedUp = await withShop(t);
  const { shop } = backedUp;
  await backedUp.make();
  const mia = unwrap(addCustomer(shop.register, { name: 'Mia Kovač', phone: '+32 470 00 00 00' }, shop.owner));
  const before = await backedUp.make();
  const segment = await backUpDocument(backedUp.folder, present(before.manifest.segments[0], 'a segment'));
  const texts = segment
    .trim()
    .split('\n')
    .map((line) => openBody(toChangeset(JSON.parse(line) as SealedLine).body, shop.store.dictionaries));
  assert.match(JSON.stringify(texts), /"table":"customer"/);
  assert.doesNotMatch(JSON.stringify(texts), /Mia|\+32/);
  assert.match(await backUpDocument(backedUp.folder, present(before.manifest.values[0], 'values')), /Mia Kovač/);
  unwrap(forgetCustomer(shop.register, mia.id, shop.owner));
  const after = await backedUp.make();
  for (const made of [before, after]) {
    const store = await restored(t, backedUp, made);
    const row = readCustomer(store.db, mia.id);
    assert.doesNotMatch(JSON.stringify(row), /Mia|\+32/);
    assert.equal(verifyStore(store.db).problem, null);
  }
  assert.equal((await backedUp.try(before)).sales, 0, 'its proof does not miss what was rightly erased');
});

test('what arrives late, in any order, with branches and holes, is in the next backup: a restored store is the same', async (t) => {
  const backedUp = await withShop(t);
  const { store } = backedUp.shop;
  const [a, b] = [foreignChain(11), foreignChain(12)];
  believe(store, a.key, b.key);
  const product = create('product', testId(1), 1_790_000_000_000, { name: 'Late', price_minor: 100 });
  const first = a.write([product]);
  const second = a.write([add('audit_entry', { kind: 'test', at: 1 })]);
  const third = a.write([add('audit_entry', { kind: 'test', at: 2 })]);
  const twin = a.write([add('audit_entry', { kind: 'test', at: 3 })], { after: second });
  const other = b.write([add('stock_movement', { product: testId(1), quantity_milli: 5, sale_line: refTo(third, 0) })]);
  // The third is named by `other` before it is here, and the second by nobody.
  deliver(store, first);
  deliver(store, other);
  await backedUp.make();
  deliver(store, third);
  deliver(store, twin);
  await backedUp.make();
  deliver(store, second);
  const made = await backedUp.make();
  assert.equal(made.isBase, false);
  assert.deepEqual(
    made.manifest.segments.map(({ count }) => count),
    [2, 1],
  );
  await backedUp.try(made);
  assert.deepEqual(comparable(await restored(t, backedUp, made)), comparable(store));
});

test('recovery.wrong-code, backup.code-needed: an encrypted backup is opened by the owner’s code and by the register’s own key, by nothing else', async (t) => {
  const backedUp = await withShop(t);
  sellSome(backedUp.shop);
  const code = makeRecoveryCode(systemRandom);
  const own = await makeIdentity();
  const recipients = [await recipientOf(unwrap(identityOfCode(code))), await recipientOf(own)];
  await backedUp.make({ recipients });
  sellSome(backedUp.shop);
  const made = await backedUp.make({ recipients });
  for (const { file } of filesOf(made.manifest)) {
    assert.match(file, /\.zst\.age$/);
    assert.equal(readFileSync(join(backedUp.folder, file)).subarray(0, 21).toString(), 'age-encryption.org/v1');
  }
  // Typed as people type.
  const typed = unwrap(identitiesFrom(null, code.toLowerCase().replaceAll('-', ' ')));
  assert.equal((await backedUp.try(made, typed)).sales, 2);
  assert.equal((await backedUp.try(made, [own])).sales, 2);
  const wrong = unwrap(identitiesFrom(null, makeRecoveryCode(systemRandom)));
  assert.equal((await refusalOf(backedUp.try(made, wrong)))?.code, 'recovery.wrong-code');
  assert.equal((await refusalOf(backedUp.try(made)))?.code, 'backup.code-needed');
  assert.deepEqual(identitiesFrom(null, 'WRONG'), { ok: false, refusal: { code: 'recovery.wrong-code', params: {} } });
  const store = await restored(t, backedUp, made, typed);
  assert.equal(verifyStore(store.db).sales, 2);
  // Encryption turned off, or other keys: a whole one, none of whose pieces needs the old.
  assert.equal((await backedUp.make()).isBase, true);
});

function flipBit(file: string, at: number): void {
  const descriptor = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  readSync(descriptor, byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 0x10;
  writeSync(descriptor, byte, 0, 1, at);
  closeSync(descriptor);
}

test('[fault 31] backup.rotten: one flipped bit in any file of a backup is found by reading back, by a trial and by a restore; others still restore', async (t) => {
  const backedUp = await withShop(t);
  sellSome(backedUp.shop);
  const older = await backedUp.make();
  unwrap(addCustomer(backedUp.shop.register, { name: 'Mia' }, backedUp.shop.owner));
  const made = await backedUp.make();
  const fresh = temporaryFolder();
  t.after(() => fresh.remove());
  for (const { file, bytes } of filesOf(made.manifest)) {
    for (const at of [0, Math.floor(bytes / 2), bytes - 1]) {
      flipBit(join(backedUp.folder, file), at);
      const found = { code: 'backup.rotten', params: { file } };
      assert.deepEqual(await refusalOf(checkFiles(made, () => {})), found, `${file} at ${at}`);
      assert.deepEqual(await refusalOf(backedUp.try(made)), found, `${file} at ${at}`);
      assert.deepEqual(await refusalOf(backedUp.restore(made, fresh.path)), found, `${file} at ${at}`);
      assert.deepEqual(
        readdirSync(fresh.path).filter((name) => name === 'store.db'),
        [],
        'nothing half is put in place',
      );
      flipBit(join(backedUp.folder, file), at);
    }
  }
  const newest = present(made.manifest.segments[0], 'a segment').file;
  rmSync(join(backedUp.folder, newest));
  assert.equal((await backedUp.try(older)).sales, 1);
});

test('backup.differs: a manifest that says other than its files is found by the trial', async (t) => {
  const backedUp = await withShop(t);
  sellSome(backedUp.shop);
  const made = await backedUp.make();
  const counts = { ...made.manifest.counts, sales: 7 };
  assert.equal((await refusalOf(backedUp.try({ ...made, manifest: { ...made.manifest, counts } })))?.code, 'backup.differs');
  const heads = made.manifest.heads.map((head) => ({ ...head, n: head.n + 1 }));
  assert.equal((await refusalOf(backedUp.try({ ...made, manifest: { ...made.manifest, heads } })))?.code, 'backup.differs');
});

test('a file that is gone, a store put back or copied, a note that is lost: the next backup is whole by itself', async (t) => {
  const backedUp = await withShop(t);
  sellSome(backedUp.shop);
  const first = await backedUp.make();
  rmSync(join(backedUp.folder, first.manifest.base.file));
  assert.equal((await backedUp.make()).isBase, true, 'its base is gone');
  rmSync(join(backedUp.data, 'backup-state.json'));
  const whole = await backedUp.make();
  assert.equal(whole.isBase, true, 'nobody knows what was in the last one');
  sellSome(backedUp.shop);
  const next = await backedUp.make();
  assert.equal(next.isBase, false);
  // The store as it was before that sale, with the note of now.
  const fresh = temporaryFolder();
  t.after(() => fresh.remove());
  await backedUp.restore(whole, fresh.path);
  writeFileSync(join(fresh.path, 'backup-state.json'), readFileSync(join(backedUp.data, 'backup-state.json')));
  const other = await backedUp.make({ dataFolder: fresh.path });
  assert.equal(other.isBase, true, 'the note speaks of another store');
  await backedUp.try(other);
});

test('backup.none, backup.which, backup.target-gone: a person is told what is there and what is not', async (t) => {
  const backedUp = await withShop(t);
  const empty = temporaryFolder();
  t.after(() => empty.remove());
  const which = { name: null, identities: [] };
  const asked = async (from: string): Promise<unknown> => {
    const answer = await serveBackup<'check'>({ do: 'check', from, ...which }, () => {});
    return answer.ok ? answer.value.name : answer.refusal.code;
  };
  assert.equal(await asked(empty.path), 'backup.none');
  assert.equal(await asked(join(empty.path, 'not-there')), 'backup.none');
  const made = await backedUp.make();
  assert.equal(await asked(backedUp.target), made.manifest.name);
  assert.equal(await asked(backedUp.folder), made.manifest.name);
  writeFileSync(join(backedUp.folder, 'backups', '2020-01-01T000000Z.json'), '{"half": ');
  const listed = unwrap(await serveBackup<'list'>({ do: 'list', from: backedUp.target, dataFolder: backedUp.data }, () => {}));
  assert.deepEqual(
    listed.rows.map(({ name, complete, newer }) => [name, complete, newer.present, newer.sales]),
    [[made.manifest.name, true, 'same', 0]],
  );
  assert.equal(listed.unreadable.length, 1);
  // Another register's beside it.
  const second = await makeBackedUpShop();
  t.after(() => second.remove());
  writeFileSync(join(empty.path, 'x'), '');
  const both = temporaryFolder();
  t.after(() => both.remove());
  const make = {
    recipients: [],
    keep: { daily: 1, monthly: 1, yearly: 1 },
    always: [],
    program: 'test',
    nowMs: backedUp.shop.clock.nowMs(),
  };
  for (const { data } of [backedUp, second]) {
    const unprepared = await serveBackup<'make'>({ do: 'make', dataFolder: data, target: both.path, ...make }, () => {});
    assert.equal(!unprepared.ok && unprepared.refusal.code, 'backup.target-gone', 'an empty mount point is not the stick');
  }
  for (const { data, shop } of [backedUp, second]) {
    const register = { id: present(shop.store.own, 'its chain').register, code: 'R1' };
    unwrap(
      await serveBackup<'prepare'>(
        { do: 'prepare', target: both.path, register: { ...register, id: Buffer.from(register.id).toString('hex') } },
        () => {},
      ),
    );
    unwrap(await serveBackup<'make'>({ do: 'make', dataFolder: data, target: both.path, ...make }, () => {}));
  }
  assert.equal(await asked(both.path), 'backup.which');
});

test('kept are the newest of 30 days, 12 months and 10 years, and whatever is the last good one', () => {
  const DAY_MS = 86_400_000;
  const begin = Date.UTC(2014, 0, 1, 12);
  const daily = Array.from({ length: 12 * 365 }, (_, day) => ({ name: `d${day}`, madeAt: begin + day * DAY_MS }));
  const kept = chooseKept(daily, { daily: 30, monthly: 12, yearly: 10 }, ['d3']);
  const names = daily.filter(({ name }) => kept.has(name)).map(({ madeAt }) => new Date(madeAt).toISOString().slice(0, 10));
  assert.equal(names.length, 30 + 11 + 9 + 1 - 1);
  assert.equal(names[0], '2014-01-04');
  assert.deepEqual(names.slice(1, 4), ['2016-12-31', '2017-12-31', '2018-12-31']);
  assert.deepEqual(names.slice(-2), ['2025-12-27', '2025-12-28']);
  // Several a day: the newest of each day.
  const today = [1, 5, 9].map((hour) => ({ name: `h${hour}`, madeAt: begin + hour * 3_600_000 }));
  assert.deepEqual([...chooseKept(today, { daily: 2, monthly: 0, yearly: 0 }, [])], ['h9']);
});

test('what no kept backup names is cleared away; what one names stays', async (t) => {
  const backedUp = await withShop(t);
  const keep = { daily: 1, monthly: 0, yearly: 0 };
  await backedUp.make({ keep });
  sellSome(backedUp.shop);
  writeFileSync(join(backedUp.folder, 'segments', 'half.jsonl.zst.part'), 'x');
  const made = await backedUp.make({ keep });
  assert.deepEqual(readdirSync(join(backedUp.folder, 'backups')), [`${made.manifest.name}.json`]);
  const files = ['bases', 'segments', 'values', 'local'].flatMap((part) =>
    readdirSync(join(backedUp.folder, part)).map((name) => `${part}/${name}`),
  );
  assert.deepEqual(
    files.toSorted(),
    filesOf(made.manifest)
      .map(({ file }) => file)
      .toSorted(),
  );
  await backedUp.try(made);
});

test('[fault 31] a restore cut at any step of the exchange is ended at the next start: one whole store is in place, the other lies aside', async (t) => {
  const backedUp = await withShop(t);
  const { shop, data } = backedUp;
  sellSome(shop);
  const made = await backedUp.make();
  sellSome(shop);
  const restoring = { ...made, identities: [], dataFolder: data, keepNewer: true, nowMs: shop.clock.nowMs() };
  closeStore(shop.store);
  const prepare = () => prepareRestore(restoring, () => {});
  const file = join(data, 'store.db');
  const aside = join(data, `before-restore-${nameOf(restoring.nowMs)}`);
  const seriesOf = (): string | undefined => {
    const store = openTestStore(file);
    const series = store.own?.series;
    closeStore(store);
    return series;
  };
  // Before it was ready: the old one stays.
  await prepare();
  rmSync(join(data, 'restored', 'ready.json'));
  assert.equal(putInPlace(data), null);
  assert.equal(seriesOf(), 'R1');
  // The old one is aside, the new one not there yet.
  await prepare();
  mkdirSync(aside);
  renameSync(file, join(aside, 'store.db'));
  assert.equal(putInPlace(data), aside);
  assert.match(seriesOf() ?? '', /^R1b-/);
  assert.equal(existsSync(join(aside, 'store.db')), true);
  // All of it done but the clearing away.
  assert.equal(putInPlace(data), null);
  assert.match(seriesOf() ?? '', /^R1b-/);
});
