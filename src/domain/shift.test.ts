import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Id } from '../base/id.ts';
import { MAX_PIECES, splitDrawer, sumPieces, facesOf } from './drawer-count.ts';
import { endDrawer, expectedByMethod, movementMinor, MOVEMENT_KINDS } from './shift.ts';

const METHODS = ['01890000-0000-7000-8000-000000000001', '01890000-0000-7000-8000-000000000002'] as Id[];
const [CASH, CARD] = METHODS as [Id, Id];
const amount = fc.integer({ min: 0, max: 5_000_000 });

test('[CASH 1] expected = float + tenders + movements, for any shift', () => {
  fc.assert(
    fc.property(
      amount,
      fc.array(fc.record({ method: fc.constantFrom(...METHODS), minor: fc.integer({ min: -100_000, max: 100_000 }) })),
      fc.array(fc.record({ kind: fc.constantFrom(...MOVEMENT_KINDS), minor: fc.integer({ min: 1, max: 500_000 }) })),
      (floatMinor, tenders, moved) => {
        const movements = moved.map(({ kind, minor }) => movementMinor(kind, minor));
        const movementsMinor = movements.reduce<number>((sum, minor) => sum + minor, floatMinor);
        const expected = expectedByMethod(tenders, movementsMinor, CASH);
        const taken = (method: Id): number => tenders.reduce((sum, one) => sum + (one.method === method ? one.minor : 0), 0);
        assert.equal(expected.get(CASH), floatMinor + taken(CASH) + movements.reduce<number>((sum, minor) => sum + minor, 0));
        assert.equal(expected.get(CARD) ?? 0, taken(CARD));
      },
    ),
  );
});

test('only what is paid in goes in', () => {
  for (const kind of MOVEMENT_KINDS) assert.equal(movementMinor(kind, 500), kind === 'paid-in' ? 500 : -500, kind);
});

test('[CASH 2] a closed drawer’s books end with nothing in it', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000, max: 5_000_000 }), amount, amount, (expectedMinor, countedMinor, wish) => {
      const end = endDrawer(expectedMinor, countedMinor, Math.min(wish, countedMinor));
      assert.equal(expectedMinor + end.differenceMinor + end.safeMinor + end.floatMinor, 0);
      assert.ok(end.safeMinor <= 0 && end.floatMinor <= 0);
    }),
  );
});

test('[CASH 3] what stays and what goes to the safe are what was counted, and no more stays than the float', () => {
  const pieces = fc.array(fc.record({ faceMinor: fc.constantFrom(...facesOf('EUR')), pieces: fc.nat(200) }), { maxLength: 14 });
  fc.assert(
    fc.property(pieces, amount, (counts, floatMinor) => {
      const { stays, safe } = splitDrawer(counts, floatMinor);
      assert.equal(sumPieces(stays) + sumPieces(safe), sumPieces(counts));
      assert.ok(sumPieces(stays) <= floatMinor);
    }),
  );
});

test('coins and small notes stay, large notes go', () => {
  const counted = [
    { faceMinor: 5000, pieces: 2 },
    { faceMinor: 500, pieces: 4 },
    { faceMinor: 100, pieces: 7 },
  ];
  assert.deepEqual(splitDrawer(counted, 2000), {
    stays: [
      { faceMinor: 500, pieces: 2 },
      { faceMinor: 100, pieces: 7 },
    ],
    safe: [
      { faceMinor: 5000, pieces: 2 },
      { faceMinor: 500, pieces: 2 },
    ],
  });
});

test('a full drawer of the largest note is still an amount', () => {
  for (const currency of ['EUR', 'JPY', 'CZK', 'XOF', 'ZZZ'])
    assert.ok(Number.isSafeInteger(sumPieces(facesOf(currency).map((faceMinor) => ({ faceMinor, pieces: MAX_PIECES })))), currency);
});
