/** Who takes over first: the register with the fullest copy, as far as the others were heard of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareCopies, join } from './fuller-copy.ts';

const heardOf = (...positions: readonly number[]) =>
  positions.map((position, at) => ({ register: `R${at + 1}`, position, lastSeenMs: 1_000 + at }));

test('[fault 48] whoever holds more is named with how much; the master, who is gone, is not, but what it had is counted', () => {
  const heard = { end: 90, registers: heardOf(90, 40, 70) };
  assert.deepEqual(compareCopies(40, heard, new Set(['R3'])), { lacks: 30, fuller: { register: 'R3', lastSeenMs: 1_002 } });
  assert.deepEqual(compareCopies(70, heard, new Set(['R2'])), { lacks: 20, fuller: null });
  assert.deepEqual(compareCopies(95, heard, new Set(['R2', 'R3'])), { lacks: 0, fuller: null });
});

test('[fault 48] whoever says now how full it is knows better than what the hub said of it; who was heard by nobody else counts too', () => {
  const [first, second] = heardOf(40, 70);
  const now = (register: string, position: number) => ({ register, position, lastSeenMs: 9_000 });
  assert.equal(join(null, []), null);
  const joined = join({ end: 80, registers: [first, second].filter((one) => one !== undefined) }, [now('R1', 55), now('R9', 95)]);
  assert.deepEqual(joined, { end: 95, registers: [second, now('R1', 55), now('R9', 95)] });
  assert.deepEqual(join(null, [now('R9', 95)]), { end: 95, registers: [now('R9', 95)] });
});

test('[fault 48] whatever each heard last of the others, one that holds most sees nobody before it', () => {
  const shop = fc
    .array(fc.nat(1_000), { minLength: 1, maxLength: 8 })
    .chain((held) =>
      fc.record({ held: fc.constant(held), late: fc.array(fc.nat(1_000), { minLength: held.length ** 2, maxLength: held.length ** 2 }) }),
    );
  fc.assert(
    fc.property(shop, ({ held, late }) => {
      const most = Math.max(...held);
      for (const [at, own] of held.entries()) {
        if (own !== most) continue;
        const positions = held.map((position, other) => Math.max(0, position - (late[at * held.length + other] ?? 0)));
        const others = new Set(
          held
            .keys()
            .filter((other) => other !== at)
            .map((other) => `R${other + 1}`),
        );
        assert.equal(compareCopies(own, { end: most, registers: heardOf(...positions) }, others).fuller, null);
      }
    }),
  );
});
