/** A new register's first pull, cut in the middle: by the cable, and by kill -9. Real processes and a real PostgreSQL 18. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { present } from '../../src/base/assert.ts';
import { Database } from '../../src/store/database.ts';
import { makeCuttableLink } from '../support/cuttable-link.ts';
import { eventually } from '../support/shop-of-many.ts';
import { checkShop, openShop, settle } from '../support/shop-of-tills.ts';
import { startTill, waitForJob, type Till } from '../support/till.ts';
import { wait } from './keep-selling.ts';

const PRODUCTS = 20_000;
const POLL_MS = 5;
const WITHIN_MS = 60_000;

async function importProducts(till: Till): Promise<void> {
  const rows = Array.from({ length: PRODUCTS }, (_, at) => `Item ${at},1.00,${2_000_000_000_000 + at}`);
  const { id } = await till.call('openImport', { csv: Buffer.from(['name,price,barcode', ...rows].join('\n')) });
  const { job } = await till.call('applyImport', { params: { id }, body: {} });
  await waitForJob(till, job);
}

/** Waits until the store holds so many products; throws when it takes too long. */
async function untilHeld(folder: string, count: number): Promise<number> {
  const db = new Database(join(folder, 'store.db'), { readOnly: true });
  try {
    for (const untilMs = performance.now() + WITHIN_MS; performance.now() < untilMs; await wait(POLL_MS)) {
      const held = Number(db.get('SELECT count(*) AS held FROM product')?.['held']);
      if (held >= count) return held;
    }
    throw new Error(`fewer than ${count} products after ${WITHIN_MS} ms`);
  } finally {
    db.close();
  }
}

test(
  'a first pull that the cable cuts goes on by itself; one that kill -9 ends goes on at the next start',
  { timeout: 240_000 },
  async (t) => {
    const shop = await openShop(0);
    t.after(() => shop.stop());
    const master = present(shop.tills[0], 'the master');
    await importProducts(master);
    const link = await makeCuttableLink(shop.hubPort);
    t.after(() => link.close());
    const folder = join(present(shop.folders[0], 'a folder'), '..', 'R2');
    let slave = await startTill(folder);
    t.after(() => slave.stop());
    const { code } = await master.call('startPairing');
    const body = { host: '127.0.0.1', port: link.port, language: 'en', registerName: 'Till 2', code } as const;
    const { job } = await slave.call('join', { body });

    const beforeCut = await untilHeld(folder, PRODUCTS / 10);
    await link.cut();
    assert.ok(beforeCut < PRODUCTS / 2, `cut in the middle, at ${beforeCut} of ${PRODUCTS}`);
    await wait(3_000);
    const cut = await slave.call('getJob', { params: { id: job } });
    assert.equal(cut.state, 'running', JSON.stringify(cut.problem));
    await link.mend();
    await untilHeld(folder, PRODUCTS / 2);
    await slave.kill();

    slave = await startTill(folder);
    await untilHeld(folder, PRODUCTS);
    shop.folders.push(folder);
    shop.tills.push(slave);
    await settle(shop);
    for (const till of shop.tills)
      await eventually('each says of every register that its copy is complete', async () =>
        (await till.call('listRegisters')).rows.every(({ behind }) => behind === 0),
      );
    assert.deepEqual(await checkShop(shop, new Map()), []);
  },
);
