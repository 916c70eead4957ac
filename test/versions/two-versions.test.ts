/** Registers of two versions on one hub: real processes, one of them with a later list of tables (next-version.ts), and a real PostgreSQL 18. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { present } from '../../src/base/assert.ts';
import type { Id } from '../../src/base/id.ts';
import { bytesOf, Database, numberOf } from '../../src/store/database.ts';
import { eventually } from '../support/shop-of-many.ts';
import { clusterFolder, connectSuperuser, openShop, settle, type ShopOfTills } from '../support/shop-of-tills.ts';
import { joinTill, sellTimes, startTill, type Till, type TillOptions } from '../support/till.ts';
import type { LaterView } from './check-later.ts';

const LATER = join(import.meta.dirname, 'next-version.ts');
const AS_LATER: TillOptions = { sources: true, env: { NODE_OPTIONS: `--import ${LATER}` } };

/** One of the scripts beside, by a program of the later version; what it printed. */
function runLater(script: string, ...args: readonly string[]): string {
  const command = ['--disable-warning=ExperimentalWarning', '--import', LATER, join(import.meta.dirname, script), ...args];
  return execFileSync(process.execPath, command, { encoding: 'utf8' });
}

function copy(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  execFileSync('cp', ['-a', from, to]);
}

function till(shop: ShopOfTills, at: number): Till {
  return present(shop.tills[at], `register ${at + 1}`);
}

function folder(shop: ShopOfTills, at: number): string {
  return present(shop.folders[at], `the folder of register ${at + 1}`);
}

async function restartAsLater(shop: ShopOfTills, at: number): Promise<void> {
  await till(shop, at).stop();
  shop.tills[at] = await startTill(folder(shop, at), AS_LATER);
}

/** Changesets that this store's program could read only in part. */
function unread(shop: ShopOfTills, at: number): number {
  const db = new Database(join(folder(shop, at), 'store.db'), { readOnly: true });
  const row = db.get('SELECT count(*) AS unread FROM changeset WHERE state <> 0 AND state = 6');
  db.close();
  return numberOf(row?.['unread']);
}

/** The chain that this register writes, and how many changesets of it there are. */
function ownChain(shop: ShopOfTills, at: number): { readonly id: Uint8Array; readonly n: number } {
  const db = new Database(join(folder(shop, at), 'store.db'), { readOnly: true });
  const row = db.get('SELECT k.id, max(c.n) AS n FROM chain k JOIN changeset c ON c.chain = k.number WHERE k.private_key IS NOT NULL');
  db.close();
  return { id: bytesOf(row?.['id']), n: numberOf(row?.['n']) };
}

async function held(shop: ShopOfTills, chain: Uint8Array): Promise<number> {
  const hub = await connectSuperuser(shop);
  try {
    const [row] = await hub.link.query<{ n: number }>('select coalesce(max(n), 0) as n from hub.feed where chain = $1', [chain]);
    return row?.n ?? 0;
  } finally {
    await hub.close();
  }
}

test(
  '[P3] [fault 21] a later program writes a table and columns that the others do not know: kept, passed on, and played once they are as new',
  { timeout: 240_000 },
  async (t) => {
    const shop = await openShop(2);
    const acknowledged = new Map<string, string>();
    const cluster = await clusterFolder(folder(shop, 0));
    t.after(async () => {
      await shop.stop();
      rmSync(`${cluster}-old`, { recursive: true, force: true });
    });
    const sellOn = (at: number): Promise<string[]> => sellTimes(till(shop, at), 1, acknowledged);
    const priceOn = async (at: number, product: Id): Promise<number> =>
      (await till(shop, at).call('getProduct', { params: { id: product } })).priceMinor;

    let product: Id | undefined;
    await t.test('kept: what they know of it is merged, nothing is set aside, and what follows comes in', async () => {
      await settle(shop);
      await till(shop, 0).stop();
      copy(cluster, `${cluster}-old`);
      await shop.restart(0);
      await till(shop, 1).stop();
      const written = runLater('write-later.ts', folder(shop, 1));
      product = written as Id;
      shop.tills[1] = await startTill(folder(shop, 1), AS_LATER);
      await sellOn(1);
      await settle(shop);
      assert.deepEqual([unread(shop, 0), unread(shop, 1), unread(shop, 2)], [2, 0, 2]);
      for (const at of [0, 1, 2]) {
        assert.equal(await priceOn(at, product), 7_770);
        assert.deepEqual((await till(shop, at).call('listToCheck')).rows, []);
      }
      await till(shop, 2).call('editProduct', { params: { id: product }, body: { priceMinor: 8_880 } });
      for (const at of [0, 1, 2]) await sellOn(at);
      await settle(shop);
      for (const at of [0, 1, 2]) assert.equal(await priceOn(at, present(product, 'the product')), 8_880);
    });

    await t.test('passed on: a hub that lost it has it again from registers that cannot read it', async () => {
      await till(shop, 1).stop();
      const { id, n } = ownChain(shop, 1);
      await till(shop, 0).stop();
      copy(`${cluster}-old`, cluster);
      await shop.restart(0);
      await eventually('the hub is up', async () => (await till(shop, 0).call('getStatus')).state === 'online', 30_000);
      await eventually('the hub holds the whole chain again', async () => (await held(shop, id)) === n, 30_000);
    });

    await t.test('a register as new as its writer joins through them, and has all of it', async () => {
      const fresh = join(folder(shop, 0), '../R4');
      const fourth = await startTill(fresh, AS_LATER);
      shop.tills.push(fourth);
      shop.folders.push(fresh);
      await joinTill(fourth, till(shop, 0), '127.0.0.1', shop.hubPort, 'Till 4');
      shop.tills[1] = await startTill(folder(shop, 1), AS_LATER);
      await sellOn(3);
      await settle(shop);
      assert.deepEqual([unread(shop, 2), unread(shop, 3)], [2, 0]);
    });

    await t.test('played: brought up to the later version, every store and the hub’s tables hold the same rows', async () => {
      await restartAsLater(shop, 2);
      await restartAsLater(shop, 0);
      await sellOn(2);
      await settle(shop);
      const view = JSON.parse(
        runLater('check-later.ts', String(shop.hubPort), JSON.stringify([...acknowledged]), ...shop.folders),
      ) as LaterView;
      const all = { cards: 1, movements: 1, colours: 1, moods: 1 };
      assert.deepEqual(view, { wrong: [], later: [...shop.folders.map(() => ({ ...all, unread: 0 })), all] });
    });
  },
);
