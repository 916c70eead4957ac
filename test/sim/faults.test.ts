/** Faults by their numbers (faults.md), each played out by hand on real stores, real loops and the hub's real SQL, then checked like a schedule of the simulator. */
import { SUPERUSER } from '../../src/hub/cluster-conf.ts';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { idFromBytes, idToBytes, type Id } from '../../src/base/id.ts';
import { present } from '../../src/base/assert.ts';
import { ok, refuse, unwrap } from '../../src/base/result.ts';
import { makeHubClient, type HubClient } from '../../src/hub/hub-client.ts';
import { addCustomer, forgetCustomer } from '../../src/register/edit-customer.ts';
import { addProduct, editProduct } from '../../src/register/edit-product.ts';
import { addProductLine, scanCode } from '../../src/register/edit-cart.ts';
import { heldCarts, holdCart, recallCart } from '../../src/register/hold-cart.ts';
import { moveStock } from '../../src/register/move-stock.ts';
import { addUser, editUser } from '../../src/register/edit-user.ts';
import { grantRight, logIn } from '../../src/register/log-in.ts';
import { resetProjection } from '../../src/hub/projection.ts';
import { readChain } from '../../src/store/archive.ts';
import { renewChain } from '../../src/store/begin-chain.ts';
import { bytesOf, numberOf } from '../../src/store/database.ts';
import { commit } from '../../src/store/journal.ts';
import { onHandMilli } from '../../src/store/queries/stock.ts';
import { listRoles, listUsers } from '../../src/store/queries/people.ts';
import { endWaiting } from '../../src/store/restored.ts';
import { backUp, restore } from './backups.ts';
import { check } from './checker.ts';
import { Dice } from './dice.ts';
import type { Program } from './machine.ts';
import { dieOverPush, promote } from './plan-faults.ts';
import { heal, openWorld, setStage, untilLevel, type Stage } from './run-schedule.ts';
import { OWNER } from './shop-image.ts';
import { payOpenCart, sell as sellOnce } from './workload.ts';
import type { World } from './world.ts';

let stage: Stage;
before(async () => {
  stage = await setStage();
});
after(() => stage.close());

let worlds = 900_000;

async function inWorld(play: (world: World) => Promise<void>): Promise<void> {
  const { world, close } = await openWorld(stage, ++worlds);
  try {
    await play(world);
  } finally {
    close();
  }
}

function at(world: World, name: string): Program {
  return present(world.machine(name).program, `${name} runs`);
}

function sell(world: World, name: string, times = 1): void {
  for (let sold = 0; sold < times; sold++) sellOnce(world, world.machine(name), at(world, name), new Dice(sold, 7));
}

async function pass(world: World, ms: number): Promise<void> {
  await world.time.runUntil(world.time.nowMs + ms);
}

/** Heals, waits until level, and has the checker look at everything. */
async function endWell(world: World): Promise<void> {
  await heal(world);
  assert.ok(await untilLevel(world), 'level in time');
  assert.deepEqual(await check(world, world.machines), []);
}

function exceptions(program: Program, kind: string): Record<string, unknown>[] {
  return program.store.db.all('SELECT subject, detail FROM exception WHERE kind = ?', kind).map((row) => JSON.parse(String(row['detail'])));
}

function product({ store }: Program, name: string): ReturnType<typeof idFromBytes> {
  return idFromBytes(bytesOf(store.db.get('SELECT id FROM product WHERE name = ?', name)?.['id']));
}

function value(program: Program, name: string, column: string): unknown {
  return program.store.db.get(`SELECT ${column} AS value FROM product WHERE id = ?`, idToBytes(product(program, name)))?.['value'];
}

function hubAs(world: World, role: string): HubClient {
  return makeHubClient(world.hub.linkAs(role));
}

async function feedLength(world: World): Promise<number> {
  const [row] = await world.hub.query<{ changesets: number }>(SUPERUSER, 'select count(*) as changesets from hub.feed');
  return present(row, 'a count').changesets;
}

function seriesOf(program: Program): string {
  return present(program.store.own, 'a chain').series;
}

test('[fault 14] a clock a year ahead moves no other, its stamps are flagged and overwritten, and its own time never runs backwards', () =>
  inWorld(async (world) => {
    world.network.cut('R2');
    const machine = world.machine('R2');
    machine.clockErrorMs = 365 * 86_400_000;
    unwrap(editProduct(at(world, 'R2').register, product(at(world, 'R2'), 'Tea'), { priceMinor: 777 }, OWNER));
    sell(world, 'R2', 2);
    machine.clockErrorMs = -86_400_000;
    sell(world, 'R2', 2);
    unwrap(editProduct(at(world, 'R3').register, product(at(world, 'R3'), 'Tea'), { priceMinor: 333 }, OWNER));
    await endWell(world);
    for (const name of ['R1', 'R2', 'R3']) assert.equal(value(at(world, name), 'Tea', 'price_minor'), 777);
    assert.equal(exceptions(at(world, 'R1'), 'stamp-ahead').length, 1);
    const { store, register } = at(world, 'R1');
    unwrap(editProduct(register, product(at(world, 'R1'), 'Milk'), { priceMinor: 5 }, OWNER));
    const stamp = bytesOf(
      store.db.get('SELECT price_stamp FROM product WHERE id = ?', idToBytes(product(at(world, 'R1'), 'Milk')))?.['price_stamp'],
    );
    assert.ok(Number(Buffer.from(stamp).readBigUInt64BE()) < world.time.nowMs + 1_000, 'a foreign stamp moves no clock');
    unwrap(editProduct(register, product(at(world, 'R1'), 'Tea'), { priceMinor: 111 }, OWNER));
    await endWell(world);
    for (const name of ['R1', 'R2', 'R3']) assert.equal(value(at(world, name), 'Tea', 'price_minor'), 111);
    const times = store.db
      .all("SELECT completed_at FROM sale WHERE series = 'R2' ORDER BY number")
      .map((row) => numberOf(row['completed_at']));
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
  }));

test('[fault 15] a cloned disk, both online: forked, both machines keep all, each goes on under a chain and a series of its own', () =>
  inWorld(async (world) => {
    const copy = world.machine('R2').copyTo('clone');
    await world.addMachine('R2x', 'r2', copy);
    await pass(world, 3_000);
    sell(world, 'R2', 3);
    sell(world, 'R2x', 2);
    await pass(world, 3_000);
    sell(world, 'R2', 1);
    sell(world, 'R2x', 1);
    await endWell(world);
    assert.notEqual(seriesOf(at(world, 'R2')), seriesOf(at(world, 'R2x')));
    for (const name of ['R2', 'R2x']) assert.match(seriesOf(at(world, name)), /^R2[b-z]-/);
    assert.deepEqual((await world.hub.query<{ forked: boolean }>(SUPERUSER, 'select forked from hub.chain where forked')).length, 1);
    for (const name of ['R1', 'R2', 'R3', 'R2x']) {
      // One alert for the chain that both wrote, and that two chains follow.
      const alerts = exceptions(at(world, name), 'clone');
      assert.deepEqual(
        alerts.map((detail) => detail['successors']),
        [2],
      );
      assert.equal(exceptions(at(world, name), 'doubled-number').length, 2);
    }
  }));

test('[fault 15] a clone that comes online later finds the hub ahead and begins a new chain; what it sold apart is kept', () =>
  inWorld(async (world) => {
    const copy = world.machine('R2').copyTo('clone');
    sell(world, 'R2', 4);
    await pass(world, 3_000);
    world.network.cut('R2x');
    await world.addMachine('R2x', 'r2', copy);
    sell(world, 'R2x', 2);
    await endWell(world);
    assert.match(seriesOf(at(world, 'R2x')), /^R2b-/);
    assert.equal(at(world, 'R1').store.db.all("SELECT 1 FROM sale WHERE series = 'R2'").length, 6);
    sell(world, 'R2x', 1);
    await endWell(world);
  }));

test('[fault 16] a register put back from an old copy takes its later sales back, then sells under a new series: never a number twice', () =>
  inWorld(async (world) => {
    sell(world, 'R2', 2);
    await pass(world, 2_000);
    const machine = world.machine('R2');
    const copy = machine.copyTo('old');
    sell(world, 'R2', 5);
    await pass(world, 2_000);
    machine.crash('kill');
    machine.putBack(copy);
    await machine.boot();
    await pass(world, 3_000);
    sell(world, 'R2', 2);
    await endWell(world);
    const { store } = at(world, 'R2');
    assert.match(seriesOf(at(world, 'R2')), /^R2b-/);
    assert.equal(store.db.all("SELECT 1 FROM sale WHERE series = 'R2'").length, 7);
    assert.equal(store.db.all("SELECT 1 FROM sale WHERE series LIKE 'R2b-%'").length, 2);
    assert.deepEqual(exceptions(at(world, 'R1'), 'doubled-number'), []);
  }));

test('[fault 16] restored from its backup it waits for the shop, takes back what it sold after it, and sells under a new series', () =>
  inWorld(async (world) => {
    const machine = world.machine('R2');
    sell(world, 'R2', 2);
    await backUp(world, machine);
    sell(world, 'R2', 2);
    await backUp(world, machine);
    sell(world, 'R2', 3);
    await pass(world, 2_000);
    world.network.cut('R2');
    assert.ok(await restore(world, machine, { which: 'newest', disk: 'lost' }));
    await pass(world, 2_000);
    const waiting = at(world, 'R2');
    assert.deepEqual(addProductLine(waiting.register, product(waiting, 'Tea'), 1_000), refuse('restore.not-level'));
    assert.equal(waiting.store.db.all("SELECT 1 FROM sale WHERE series = 'R2'").length, 4, 'what the base and what came since have');
    world.network.mend('R2');
    await pass(world, 3_000);
    sell(world, 'R2', 2);
    await endWell(world);
    assert.equal(world.gone.size, 0);
    const { store } = at(world, 'R2');
    assert.equal(store.db.all("SELECT 1 FROM sale WHERE series = 'R2'").length, 7);
    assert.equal(store.db.all("SELECT 1 FROM sale WHERE series LIKE 'R2b-%'").length, 2);
    assert.deepEqual(exceptions(at(world, 'R1'), 'doubled-number'), []);
  }));

test('[fault 16] restored while cut off it goes on alone when told to, and never gives a number twice; a disk that can be read loses nothing', () =>
  inWorld(async (world) => {
    for (const [name, disk, lost] of [
      ['R2', 'lost', 3],
      ['R3', 'there', 0],
    ] as const) {
      const gone = world.gone.size;
      sell(world, name, 1);
      await backUp(world, world.machine(name));
      await pass(world, 1_000);
      world.network.cut(name);
      sell(world, name, 3);
      assert.ok(await restore(world, world.machine(name), { which: 'newest', disk }));
      assert.equal(world.gone.size - gone, lost, 'only what no disk holds');
      endWaiting(at(world, name).store);
      sell(world, name, 2);
    }
    await endWell(world);
    for (const [name, own] of [
      ['R2', 1],
      ['R3', 4],
    ] as const) {
      const { store } = at(world, 'R1');
      assert.equal(store.db.all('SELECT 1 FROM sale WHERE series = ?', name).length, own);
      assert.equal(store.db.all(`SELECT 1 FROM sale WHERE series LIKE '${name}b-%'`).length, 2);
    }
    assert.deepEqual(exceptions(at(world, 'R1'), 'doubled-number'), []);
  }));

test('[fault 17] a standby that lagged is promoted: what it lacks is pushed again, and nobody skips anything', () =>
  inWorld(async (world) => {
    sell(world, 'R2', 1);
    await pass(world, 1_000);
    await world.hub.save('standby');
    sell(world, 'R2', 2);
    sell(world, 'R3', 1);
    await pass(world, 1_000);
    const before = await feedLength(world);
    await promote(world, new Dice(1), 'asynchronous', () => world.hub.putBack('standby'));
    assert.equal(await feedLength(world), before - 3);
    await endWell(world);
    assert.equal(await feedLength(world), before);
    assert.equal(world.gone.size, 0);
  }));

for (const hasIt of [true, false])
  test(`[fault 17] a synchronous standby is promoted in the middle of a push, ${hasIt ? 'with' : 'without'} it: nothing that a register was told of is lacking`, () =>
    inWorld(async (world) => {
      sell(world, 'R2', 2);
      await pass(world, 1_000);
      const before = await feedLength(world);
      dieOverPush(world, new Dice(1), hasIt);
      sell(world, 'R2', 1);
      await pass(world, 50);
      assert.equal(world.figures.standbys, 1);
      assert.equal(await feedLength(world), hasIt ? before + 1 : before);
      await endWell(world);
      assert.equal(await feedLength(world), before + 1);
    }));

test('[fault 17] a hub put back from an old copy: diverged, registers push again what it lacks, and others’ chains are offered', () =>
  inWorld(async (world) => {
    await world.hub.save('older');
    sell(world, 'R1', 2);
    sell(world, 'R2', 3);
    unwrap(addCustomer(at(world, 'R2').register, { name: 'Cleo', phone: '+32 2' }, OWNER));
    await pass(world, 4_000);
    world.machine('R2').crash('kill');
    world.network.cutAll();
    await world.noteLoss('hub', () => world.hub.putBack('older'));
    sell(world, 'R3', 1);
    await pass(world, 12_000);
    const owned = await world.hub.query<{ n: number; role: string | null }>(
      SUPERUSER,
      `select max(f.n)::int as n, c.role from hub.feed f join hub.chain c using (chain) where c.role = 'r2' group by c.role`,
    );
    const sold = at(world, 'R3').store.db.all("SELECT 1 FROM sale WHERE series = 'R2'").length;
    assert.equal(sold, 3);
    assert.equal(owned[0]?.n, 5, 'the others gave what R2 wrote, R2 being away');
    await endWell(world);
    assert.deepEqual(await world.hub.query(SUPERUSER, "select value from hub.detached where value = 'Cleo'"), [{ value: 'Cleo' }]);
  }));

test('[fault 17] a chain that the hub forgot wholly is offered by others, named, and goes on being pushed by its own register', () =>
  inWorld(async (world) => {
    await world.hub.save('older');
    const machine = world.machine('R2');
    const copy = machine.copyTo('old');
    sell(world, 'R2', 2);
    await pass(world, 2_000);
    machine.crash('kill');
    machine.putBack(copy);
    await machine.boot();
    await pass(world, 2_000);
    sell(world, 'R2', 2);
    await pass(world, 2_000);
    machine.crash('kill');
    world.network.cutAll();
    await world.noteLoss('hub', () => world.hub.putBack('older'));
    await pass(world, 10_000);
    await machine.boot();
    sell(world, 'R2', 1);
    await endWell(world);
    const roles = await world.hub.query<{ role: string | null }>(SUPERUSER, 'select role from hub.chain where role is null');
    assert.deepEqual(roles, []);
  }));

test('[fault 16] a chain begun and sold under, never sent, its key lost with the disk that still reads: others hear of it all the same', () =>
  inWorld(async (world) => {
    const machine = world.machine('R2');
    await backUp(world, machine);
    await pass(world, 2_000);
    world.network.cut('R2');
    renewChain(at(world, 'R2').store);
    sell(world, 'R2', 2);
    assert.ok(await restore(world, machine, { which: 'newest', disk: 'there' }));
    await endWell(world);
    assert.equal(world.gone.size, 0);
    for (const name of ['R1', 'R2', 'R3'])
      assert.equal(at(world, name).store.db.all("SELECT 1 FROM sale WHERE series LIKE 'R2b-%'").length, 2);
  }));

test('[fault 47] the master’s edit stood in the tables before it was sent, and its store is put back without it: the tables hold what the shop holds', () =>
  inWorld(async (world) => {
    const machine = world.machine('R1');
    const copy = machine.copyTo('old');
    world.network.cut('R1');
    unwrap(editProduct(at(world, 'R1').register, product(at(world, 'R1'), 'Tea'), { priceMinor: 777 }, OWNER));
    await resetProjection(world.hub.linkAs(SUPERUSER));
    await pass(world, 3_000);
    const shown = async (): Promise<unknown> =>
      (await world.hub.query<{ price: number }>(SUPERUSER, "select price_minor as price from shop.product where name = 'Tea'"))[0]?.price;
    assert.equal(await shown(), 777, 'ahead of the feed');
    machine.crash('kill');
    await world.noteLoss(machine, () => machine.putBack(copy));
    await machine.boot();
    sell(world, 'R2', 1);
    await endWell(world);
    assert.notEqual(await shown(), 777);
  }));

test('[fault 22] one product edited on two registers apart: columns merge, the newest of one group wins everywhere, the loser is kept', () =>
  inWorld(async (world) => {
    for (const name of ['R2', 'R3']) world.network.cut(name);
    unwrap(editProduct(at(world, 'R2').register, product(at(world, 'R2'), 'Tea'), { priceMinor: 200, favourite: true }, OWNER));
    await pass(world, 1_000);
    unwrap(editProduct(at(world, 'R3').register, product(at(world, 'R3'), 'Tea'), { priceMinor: 300 }, OWNER));
    await endWell(world);
    for (const name of ['R1', 'R2', 'R3']) {
      assert.equal(value(at(world, name), 'Tea', 'price_minor'), 300);
      assert.equal(value(at(world, name), 'Tea', 'favourite'), 1);
      const [lost] = exceptions(at(world, name), 'lost-edit');
      assert.equal((present(lost, 'a lost edit')['values'] as Record<string, unknown>)['price_minor'], 200);
    }
  }));

test('[fault 23] a product deleted on one register and sold on another: the sale stands, the tombstone stays', () =>
  inWorld(async (world) => {
    world.network.cut('R3');
    const { store } = at(world, 'R2');
    for (const name of ['Bread', 'Milk', 'Soap', 'Tea'])
      unwrap(
        commit(store, { kind: 'product-removed', user: OWNER }, (draft) => {
          draft.remove('product', product(at(world, 'R2'), name));
          return ok(null);
        }),
      );
    sell(world, 'R3', 2);
    await endWell(world);
    for (const name of ['R1', 'R2', 'R3']) assert.equal(value(at(world, name), 'Tea', 'deleted'), 1);
    assert.equal(at(world, 'R1').store.db.all("SELECT 1 FROM sale WHERE series = 'R3'").length, 2);
  }));

test('[fault 25] the last piece sold on two registers apart: both sales stand, the stock is below nothing, and one word says how it is mended', () =>
  inWorld(async (world) => {
    const names = ['R1', 'R2', 'R3'];
    const tea = product(at(world, 'R1'), 'Tea');
    const count = (quantityMilli: number): unknown =>
      unwrap(moveStock(at(world, 'R1').register, { work: 'counted', rows: [{ product: tea, quantityMilli }], note: null }, OWNER));
    count(1_000);
    await endWell(world);
    for (const name of ['R2', 'R3']) {
      world.network.cut(name);
      unwrap(addProductLine(at(world, name).register, tea, 1_000));
      payOpenCart(world, world.machine(name), at(world, name));
    }
    await endWell(world);
    for (const name of names) {
      const { store } = at(world, name);
      assert.equal(onHandMilli(store.db, tea), -1_000);
      assert.equal(store.db.all('SELECT 1 FROM sale').length, 2);
      assert.deepEqual(exceptions(at(world, name), 'stock-below-zero'), [{ onHandMilli: -1_000 }]);
    }
    count(6_000);
    await endWell(world);
    for (const name of names) {
      assert.deepEqual(exceptions(at(world, name), 'stock-below-zero'), []);
      assert.equal(onHandMilli(at(world, name).store.db, tea), 6_000);
    }
  }));

test('[FIELD 2] a held cart paid while cut off stays paid: no sync brings it back as open, and nobody can cancel it', () =>
  inWorld(async (world) => {
    const names = ['R1', 'R2', 'R3'];
    const { register: first } = at(world, 'R1');
    unwrap(addProductLine(first, product(at(world, 'R1'), 'Tea'), 2_000));
    unwrap(holdCart(first, 'Table 4', OWNER));
    await endWell(world);
    const held = present(heldCarts(at(world, 'R2').register)[0], 'the held cart').id;
    world.network.cut('R2');
    unwrap(recallCart(at(world, 'R2').register, held, OWNER));
    payOpenCart(world, world.machine('R2'), at(world, 'R2'));
    // Another register, which cannot know, takes it and lets go of it again, after the payment.
    await pass(world, 2_000);
    unwrap(recallCart(at(world, 'R3').register, held, OWNER));
    unwrap(holdCart(at(world, 'R3').register, 'Table 4, again', OWNER));
    await endWell(world);
    for (const name of names) {
      assert.deepEqual(heldCarts(at(world, name).register), []);
      assert.deepEqual(recallCart(at(world, name).register, held, OWNER), {
        ok: false,
        refusal: { code: 'input.not-found', params: { what: 'held cart' } },
      });
      assert.equal(at(world, name).store.db.all("SELECT 1 FROM sale WHERE series = 'R2'").length, 1);
    }
  }));

test('[fault 43] another’s chain is denied, a gap is later, and a signed changeset announced but never pushed makes no reader skip', () =>
  inWorld(async (world) => {
    await pass(world, 2_000);
    world.network.cut('R3');
    sell(world, 'R3', 2);
    const own = present(at(world, 'R3').store.own, 'a chain');
    const [first, second] = readChain(at(world, 'R3').store, own.key.chain, own.n - 1, 10, 1e6);
    assert.ok(first && second);
    const [denied] = await hubAs(world, 'r2').push([first], []);
    assert.deepEqual(denied, { verdict: 'denied', reason: 'not-yours' });
    const [later] = await hubAs(world, 'r3').push([second], []);
    assert.deepEqual(later, { verdict: 'later', reason: 'predecessor' });
    const [head] = await world.hub.query<{ position: number }>(SUPERUSER, 'select position from hub.head');
    assert.ok(head);
    const said = {
      position: head.position + 1,
      after: '11'.repeat(32),
      chain: toHex(first.chain),
      n: first.n,
      previous: toHex(first.previous),
      hash: toHex(first.hash),
      signature: toHex(first.signature),
      body: Buffer.from(first.body).toString('base64'),
    };
    await world.hub.query(SUPERUSER, "select pg_notify('feed', $1::text)", [JSON.stringify({ position: said.position, rows: [said] })]);
    sell(world, 'R1', 1);
    sell(world, 'R2', 1);
    await pass(world, 20_000);
    assert.equal(at(world, 'R1').store.db.all("SELECT 1 FROM sale WHERE series = 'R3'").length, 1);
    const there = await world.hub.query(SUPERUSER, 'select 1 as held from hub.feed where hash = $1', [fromHex(said.hash)]);
    assert.equal(there.length, 1, 'who took it from the announcement gave it to the hub');
    await endWell(world);
  }));

test('[fault 45] two products get one barcode while apart: both kept, one exception everywhere, gone once mended', () =>
  inWorld(async (world) => {
    for (const name of ['R2', 'R3']) world.network.cut(name);
    unwrap(addProduct(at(world, 'R2').register, { name: 'Jam', priceMinor: 300, codes: ['54000'] }, OWNER));
    unwrap(addProduct(at(world, 'R3').register, { name: 'Honey', priceMinor: 400, codes: ['54000'] }, OWNER));
    await endWell(world);
    for (const name of ['R1', 'R2', 'R3']) {
      assert.equal(exceptions(at(world, name), 'equal-barcode').length, 1);
      const scanned = scanCode(at(world, name).register, '54000', 1_000);
      assert.equal(scanned.ok ? 'a line' : scanned.refusal.code, 'barcode.ambiguous', 'the scan asks which it is');
    }
    unwrap(editProduct(at(world, 'R3').register, product(at(world, 'R3'), 'Honey'), { codes: ['54001'] }, OWNER));
    await endWell(world);
    for (const name of ['R1', 'R2', 'R3']) assert.equal(exceptions(at(world, name), 'equal-barcode').length, 0);
  }));

test('[fault 45] two users get one name while apart: both kept and both log in everywhere, one exception, gone once one is renamed', () =>
  inWorld(async (world) => {
    const names = ['R1', 'R2', 'R3'];
    for (const name of ['R2', 'R3']) world.network.cut(name);
    const pins = { R2: '471135', R3: '471246' } as const;
    const added: { readonly id: Id; readonly pin: string }[] = [];
    for (const [name, pin] of Object.entries(pins)) {
      const { register, store } = at(world, name);
      const [role] = listRoles(store.db);
      added.push({ id: unwrap(await addUser(register, { name: 'Sam', pin, role: present(role, 'a role').id }, OWNER)).id, pin });
    }
    await endWell(world);
    for (const name of names) {
      const program = at(world, name);
      for (const { id, pin } of added) assert.equal(unwrap(await logIn(program.register, { pin })).id, id);
      assert.deepEqual(exceptions(program, 'equal-name'), [{ users: added.map(({ id }) => id).toSorted() }]);
    }
    unwrap(await editUser(at(world, 'R2').register, present(added[1], 'a user').id, { name: 'Sam B.' }, OWNER));
    await endWell(world);
    for (const name of names) {
      assert.deepEqual(exceptions(at(world, name), 'equal-name'), []);
      const called = listUsers(at(world, name).store.db).map((user) => user.name);
      assert.deepEqual(called.filter((text) => text.startsWith('Sam')).toSorted(), ['Sam', 'Sam B.']);
    }
  }));

test('[fault 45] two users choose one PIN while apart: both kept, who types it is asked who they are, until one has another', () =>
  inWorld(async (world) => {
    for (const name of ['R2', 'R3']) world.network.cut(name);
    const pin = '471135';
    const added: Id[] = [];
    for (const [name, called] of [
      ['R2', 'Ana'],
      ['R3', 'Bo'],
    ] as const) {
      const { register, store } = at(world, name);
      const [role] = listRoles(store.db);
      added.push(unwrap(await addUser(register, { name: called, pin, role: present(role, 'a role').id }, OWNER)).id);
    }
    await endWell(world);
    const program = at(world, 'R1');
    const asked = await logIn(program.register, { pin });
    assert.deepEqual(asked, refuse('login.shared-pin', { names: 'Ana · Bo' }));
    const granting = await grantRight(program.register, { pin, right: 'refund', user: OWNER });
    assert.equal(granting.ok ? '' : granting.refusal.code, 'login.shared-pin');
    for (const [nth, name] of ['Ana', 'Bo'].entries())
      assert.equal(unwrap(await logIn(program.register, { pin, name })).id, added[nth], 'who says so is who it is');
    const stranger = await logIn(program.register, { pin, name: 'Mina' });
    assert.equal(stranger.ok ? '' : stranger.refusal.code, 'login.wrong-pin');
    unwrap(await editUser(program.register, present(added[1], 'Bo'), { pin: '582246' }, OWNER));
    assert.equal(unwrap(await logIn(program.register, { pin })).id, added[0]);
    await endWell(world);
  }));

test('[fault 46] a forgotten customer is erased on every register at sync, also on one put back with the value, and chains verify', () =>
  inWorld(async (world) => {
    const customer = unwrap(addCustomer(at(world, 'R2').register, { name: 'Dora Klein', phone: '+32 9' }, OWNER));
    await endWell(world);
    const machine = world.machine('R3');
    const copy = machine.copyTo('with-value');
    world.network.cut('R3');
    unwrap(forgetCustomer(at(world, 'R1').register, customer.id, OWNER));
    await pass(world, 3_000);
    machine.crash('kill');
    machine.putBack(copy);
    await machine.boot();
    await endWell(world);
    for (const name of ['R1', 'R2', 'R3'])
      assert.deepEqual(at(world, name).store.db.all("SELECT 1 FROM detached WHERE value LIKE '%Dora%'"), []);
    assert.deepEqual(await world.hub.query(SUPERUSER, "select 1 from hub.detached where value like '%Dora%'"), []);
  }));

test('[fault 47] store and hub of the master put back together, and it sells before the slaves connect: a fork, both branches everywhere', () =>
  inWorld(async (world) => {
    const machine = world.machine('R1');
    await world.hub.save('older');
    const copy = machine.copyTo('old');
    sell(world, 'R1', 3);
    sell(world, 'R2', 1);
    await pass(world, 3_000);
    for (const name of ['R2', 'R3']) world.network.cut(name);
    machine.crash('power');
    await world.noteLoss('hub', async () => {
      await world.hub.putBack('older');
      machine.putBack(copy);
    });
    await machine.boot();
    sell(world, 'R1', 2);
    await pass(world, 4_000);
    await endWell(world);
    assert.equal(world.gone.size, 0);
    for (const name of ['R1', 'R2', 'R3']) {
      assert.equal(at(world, name).store.db.all("SELECT 1 FROM sale WHERE series = 'R1'").length, 5);
      assert.equal(exceptions(at(world, name), 'clone').length, 1);
    }
    assert.match(seriesOf(at(world, 'R1')), /^R1b-/);
  }));

test('[FIELD 3] [fault 11] the same changesets sent twice, and in any order, are there once', () =>
  inWorld(async (world) => {
    world.network.cut('R2');
    sell(world, 'R2', 3);
    const own = present(at(world, 'R2').store.own, 'a chain');
    const tail = readChain(at(world, 'R2').store, own.key.chain, own.n - 2, 10, 1e6);
    const hub = hubAs(world, 'r2');
    assert.deepEqual(
      (await hub.push(tail.toReversed(), [])).map(({ verdict }) => verdict),
      ['later', 'later', 'accepted'],
    );
    assert.deepEqual(
      (await hub.push(tail, [])).map(({ verdict }) => verdict),
      ['duplicate', 'accepted', 'accepted'],
    );
    await endWell(world);
  }));

test('[FIELD 4] the link drops again and again in the middle of sending: the rest is sent, once', () =>
  inWorld(async (world) => {
    world.network.cut('R2');
    sell(world, 'R2', 70);
    for (let drop = 0; drop < 4; drop++) {
      world.network.cutAfterPush.add('R2');
      world.network.mend('R2');
      await pass(world, 1_200);
      sell(world, 'R2', 1);
      world.network.cut('R2');
      await pass(world, 500);
    }
    await endWell(world);
    assert.ok(world.network.figures.cutsBeforeAnswer >= 2);
  }));
