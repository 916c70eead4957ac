/** When a backup is due, when a trial is, and what a person is told of how the register stands with them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastLocal } from '../store/backup-parts.ts';
import { makeShop, sellSome, type TestShop } from '../../test/support/shop.ts';
import {
  isBackupDue,
  isTrialDue,
  readBackupSettings,
  readBackupStand,
  viewBackups,
  writeBackupSettings,
  writeBackupStand,
  type BackupStand,
  type MadeNote,
} from './settings.ts';

const HOUR_MS = 3_600_000;
const RETRY_MS = 300_000;

async function openShop(): Promise<TestShop & { due(): boolean; stand(change: Partial<BackupStand>): void; made(name: string): MadeNote }> {
  const shop = await makeShop();
  const { store, clock } = shop;
  writeBackupSettings(store, { ...readBackupSettings(store), target: '/media/stick' });
  return {
    ...shop,
    due: () => isBackupDue(store, RETRY_MS),
    stand: (change) => writeBackupStand(store, { ...readBackupStand(store), ...change }),
    made: (name) => ({ name, madeAt: clock.nowMs(), local: lastLocal(store.db), bytes: 1, newBytes: 1 }),
  };
}

test('a backup is due at once, then every four hours while something was written; a register that was off makes the one it missed', async () => {
  const shop = await openShop();
  writeBackupSettings(shop.store, { ...readBackupSettings(shop.store), target: null });
  assert.equal(shop.due(), false, 'nobody has said where');
  writeBackupSettings(shop.store, { ...readBackupSettings(shop.store), target: '/media/stick' });
  assert.equal(shop.due(), true, 'the first');
  shop.stand({ lastGood: shop.made('a') });
  shop.clock.advance(100 * HOUR_MS);
  assert.equal(shop.due(), false, 'nothing was written');
  sellSome(shop);
  assert.equal(shop.due(), true, 'a weekend off, and the first sale');
  shop.stand({ lastGood: shop.made('b') });
  sellSome(shop);
  shop.clock.advance(4 * HOUR_MS - 1);
  assert.equal(shop.due(), false);
  shop.clock.advance(1);
  assert.equal(shop.due(), true);
  shop.clock.advance(-100 * HOUR_MS);
  assert.equal(shop.due(), true, 'a clock set back makes no gap');
  shop.close();
});

test('one that failed is tried again after a pause, and the screens say why until one is good', async () => {
  const shop = await openShop();
  shop.stand({
    lastGood: shop.made('a'),
    attemptAt: shop.clock.nowMs(),
    problem: { code: 'backup.target-gone', params: { target: 'E:' } },
  });
  assert.equal(shop.due(), false);
  shop.clock.advance(RETRY_MS);
  assert.equal(shop.due(), true);
  const view = viewBackups(shop.store, 'single');
  assert.deepEqual([view.state, view.problem?.code], ['failing', 'backup.target-gone']);
  shop.stand({ problem: null });
  assert.equal(viewBackups(shop.store, 'single').state, 'good');
  shop.close();
});

test('late is said when the last good one is older than it should be, and only if something would be lost', async () => {
  const shop = await openShop();
  shop.stand({ lastGood: shop.made('a') });
  shop.clock.advance(1_000 * HOUR_MS);
  assert.equal(viewBackups(shop.store, 'single').state, 'good', 'all there is, is in it');
  sellSome(shop);
  assert.equal(viewBackups(shop.store, 'single').state, 'late');
  shop.close();
});

test('what could be lost is counted from the last proven backup, not from the last made', async () => {
  const shop = await openShop();
  const lose = (): number => viewBackups(shop.store, 'single').couldLose;
  sellSome(shop);
  assert.equal(lose(), 1);
  shop.stand({ lastGood: shop.made('a') });
  assert.equal(lose(), 1, 'nobody has tried it');
  shop.stand({ lastProven: shop.made('a') });
  assert.equal(lose(), 0);
  for (let sale = 1; sale <= 3; sale++) {
    sellSome(shop);
    assert.equal(lose(), sale);
  }
  // A slave's sales that the main register has are not lost with it.
  assert.equal(viewBackups(shop.store, 'slave').couldLose, 3, 'none of them is sent');
  shop.close();
});

test('a trial is due after each backup where it is cheap, else weekly; one that found no room, the next day', async () => {
  const shop = await openShop();
  const trial = (): boolean => isTrialDue(shop.store);
  assert.equal(trial(), false, 'there is none to try');
  shop.stand({ lastGood: shop.made('a') });
  assert.equal(trial(), true, 'the first');
  shop.stand({ lastProven: shop.made('a'), triedAt: shop.clock.nowMs(), trialSeconds: 300 });
  assert.equal(trial(), false);
  shop.stand({ lastGood: shop.made('b') });
  assert.equal(trial(), false, 'five minutes of work');
  shop.clock.advance(7 * 24 * HOUR_MS);
  assert.equal(trial(), true);
  shop.stand({ triedAt: shop.clock.nowMs(), trialSeconds: 5 });
  assert.equal(trial(), true, 'cheap');
  shop.stand({ trialProblem: { code: 'backup.no-room', params: { megabytes: 1 } } });
  assert.equal(trial(), false);
  assert.equal(viewBackups(shop.store, 'single').state, 'failing');
  shop.clock.advance(24 * HOUR_MS);
  assert.equal(trial(), true);
  shop.close();
});
