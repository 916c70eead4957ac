/** A part of `npm run chaos`, on every run: real processes, real kill -9, a real PostgreSQL 18. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runKills } from './kill-rounds.ts';

test(
  '[P1] [fault 1-3, 5-7] [FIELD 1, 10] kill -9 of registers, master and PostgreSQL while they sell: nothing lost, nothing doubled',
  { timeout: 300_000 },
  async () => {
    const report = await runKills({ registers: 12, masters: 4, postgres: 4 }, () => {});
    assert.deepEqual(report.wrong, []);
    assert.ok(report.acknowledged > 100, `${report.acknowledged} sales were acknowledged`);
  },
);
