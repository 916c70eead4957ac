/** A share of `npm run attack -- edits`, on every run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeEdits, runEdits } from './edits.ts';

test('[P4] [fault 28] 300 single-byte edits of a store (of the 10,000 of `npm run attack -- edits`): each is found or harmless', async () => {
  const report = await runEdits({ edits: 300, seed: 28 }, () => {});
  assert.deepEqual(report.missed, [], describeEdits(report));
  assert.equal(report.harmless.content, 0, describeEdits(report));
  assert.ok(report.foundAtOpen > 0 && report.foundByVerify > 70, describeEdits(report));
});
