/** A part of `npm run chaos`, on every run: from single to master, killed on the way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runMoveKills } from './move-kills.ts';

test(
  '[fault 30] single to master killed with -9 on the way (4 of the 20 moments of `npm run chaos`): it ends by itself, once, and all rows are equal',
  { timeout: 300_000 },
  async () => {
    const report = await runMoveKills(4, () => {});
    assert.deepEqual(report.wrong, []);
    assert.equal(report.kills.length, 4);
    assert.ok(report.acknowledged > 4, `${report.acknowledged} sales were acknowledged meanwhile`);
  },
);
