/** What a hub that answers says of itself, graded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { HUB_PROTOCOL } from '../../hub/set-up-hub.ts';
import { checkFacts } from './shop-checks.ts';

const NOW_MS = 1_790_000_000_000;
const DAY_MS = 86_400_000;

function grades(changed: { days?: number; skewMs?: number; protocol?: number }): string[] {
  const greeting = {
    role: 'r',
    shopId: null,
    shopName: null,
    protocolVersion: changed.protocol ?? HUB_PROTOCOL,
    incarnation: { number: 1, id: null },
    clockMs: NOW_MS,
    position: 0,
    runningHash: new Uint8Array(32),
    projected: 0,
  };
  const certificateUntilMs = NOW_MS + (changed.days ?? 3650) * DAY_MS;
  const facts = { tls: 'TLSv1.3', certificateUntilMs, greeting, clockSkewMs: changed.skewMs ?? 0 };
  return checkFacts({ clock: { ...systemClock, nowMs: () => NOW_MS }, version: '0.1.0' }, facts).map(
    ({ finding, level }) => `${finding} ${level}`,
  );
}

test('certificate, clock and version are graded by how much is left, how far they are apart', () => {
  assert.deepEqual(grades({}), ['good good', 'good good', 'good good']);
  assert.deepEqual(grades({ days: 100_000 }), ['endless good', 'good good', 'good good']);
  assert.deepEqual(grades({ days: 30 }), ['ends-soon poor', 'good good', 'good good']);
  assert.deepEqual(grades({ days: -1 }), ['ended bad', 'good good', 'good good']);
  assert.deepEqual(grades({ skewMs: -40_000 }), ['good good', 'apart poor', 'good good']);
  assert.deepEqual(grades({ skewMs: 3_600_000 }), ['good good', 'apart bad', 'good good']);
  assert.deepEqual(grades({ protocol: HUB_PROTOCOL + 1 }), ['good good', 'good good', 'apart poor']);
});
