/** A part of `npm run chaos`, on every run: from single to master, killed on the way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeHistory } from '../bench/register.ts';
import { clusterFolder, connectSuperuser } from '../support/shop-of-tills.ts';
import { eventually } from '../support/shop-of-many.ts';
import { setUpTill, startTill, waitForJob } from '../support/till.ts';
import { runMoveKills } from './move-kills.ts';
import { freePort } from '../support/free-port.ts';

test(
  '[fault 30] single to master killed with -9 on the way (one of the 20 moments of `npm run chaos`): it ends by itself, once, and all rows are equal',
  { timeout: 300_000 },
  async () => {
    const report = await runMoveKills(1, () => {});
    assert.deepEqual(report.wrong, []);
    assert.equal(report.kills.length, 1);
    assert.ok(report.acknowledged > 2, `${report.acknowledged} sales were acknowledged meanwhile`);
  },
);

/** Enough that the rows are still on their way when the strange one is put among them. */
const HISTORY = 1_000;
const STRANGE = "insert into shop.category (id, name) values ('01890000-0000-7000-8000-0000000000ff', 'nobody’s')";

test(
  '[fault 30] rows that differ on the two sides: the move says storage.differs and is no move; mended, it ends by itself at the next start',
  { timeout: 180_000 },
  async (t) => {
    const root = mkdtempSync(join(tmpdir(), 'aurapos-move-'));
    const folder = join(root, 'R1');
    const hubPort = await freePort();
    let till = await startTill(folder);
    t.after(async () => {
      await till.stop();
      rmSync(await clusterFolder(folder), { recursive: true, force: true });
      rmSync(root, { recursive: true, force: true });
    });
    await setUpTill(till, 'single', { catalogue: 'demo' });
    await till.stop();
    makeHistory(folder, HISTORY);
    till = await startTill(folder);
    const { job } = await till.call('toMaster', { body: { hubPort } });
    const asSuperuser = async (text: string): Promise<void> => {
      const hub = await connectSuperuser({ folders: [folder], hubPort });
      await hub.link.query(text).finally(() => hub.close());
    };
    const isDone = (text: string): Promise<boolean> =>
      asSuperuser(text).then(
        () => true,
        () => false,
      );
    await eventually('a row that nobody wrote is in the hub’s tables', () => isDone(STRANGE), 30_000);
    await assert.rejects(waitForJob(till, job), /storage\.differs: Table category holds (\d+) rows here and \d+ in/);
    assert.equal((await till.call('getState')).mode, 'single');

    await asSuperuser("delete from shop.category where name = 'nobody’s'");
    await till.stop();
    till = await startTill(folder);
    await eventually('it is a master', async () => (await till.call('getState')).mode === 'master', 60_000);
    await assert.rejects(till.call('toMaster', { body: { hubPort } }), /mode\.not-possible/);
  },
);
