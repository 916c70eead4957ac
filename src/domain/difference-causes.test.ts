import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Id } from '../base/id.ts';
import { likelyCauses, type CauseSale, type Evidence } from './difference-causes.ts';
import { facesOf } from './drawer-count.ts';

const CASH = '01890000-0000-7000-8000-000000000001' as Id;
const CARD = '01890000-0000-7000-8000-000000000002' as Id;

function sale(label: string, method: Id, amountMinor: number, changeMinor = 0): CauseSale {
  return { uuid: '01890000-0000-7000-8000-0000000000aa' as Id, label, tenders: [{ method, amountMinor, changeMinor }] };
}

function evidence(cashMinor: number, cardMinor: number, parts: Partial<Evidence> = {}): Evidence {
  const differences = new Map([
    [CASH, cashMinor],
    [CARD, cardMinor],
  ]);
  return { sales: [], voids: [], movements: [], cash: CASH, faces: facesOf('EUR'), differences, ...parts };
}

const told = (method: Id, from: Evidence): string[] =>
  likelyCauses(method, from).map((cause) => ('sale' in cause ? `${cause.kind} ${cause.sale.label}` : cause.kind));

test('nothing differs, nothing is guessed', () => {
  assert.deepEqual(told(CASH, evidence(0, 0, { sales: [sale('R1-1', CASH, 2000)] })), []);
});

test('a tender of the wrong kind: cash short and card over by the same sale, and the other way round', () => {
  const sales = [sale('R1-1', CASH, 2000), sale('R1-2', CARD, 2000)];
  assert.deepEqual(told(CASH, evidence(-2000, 2000, { sales })), ['wrong-method R1-1']);
  assert.deepEqual(told(CARD, evidence(-2000, 2000, { sales })), ['wrong-method R1-1']);
  assert.deepEqual(told(CASH, evidence(2000, -2000, { sales })), ['wrong-method R1-2']);
});

test('change for a 50 given as for a 20, and the other way round', () => {
  const asFor50 = sale('R1-3', CASH, 5000, 3500);
  assert.deepEqual(told(CASH, evidence(-3000, 0, { sales: [asFor50] })), ['wrong-note R1-3']);
  const asFor20 = sale('R1-4', CASH, 2000, 500);
  assert.deepEqual(told(CASH, evidence(3000, 0, { sales: [asFor20] })), ['wrong-note R1-4']);
  // A 20 cannot have paid 25, and there is no note of 35.
  assert.deepEqual(told(CASH, evidence(-3000, 0, { sales: [sale('R1-5', CASH, 5000, 2500)] })), []);
  assert.deepEqual(told(CASH, evidence(-1500, 0, { sales: [sale('R1-6', CASH, 5000, 3500)] })), ['not-paid R1-6']);
});

test('what was taken back from a cart, and a movement the wrong way round', () => {
  const voids = [{ at: 1, amountMinor: 2000 }];
  assert.deepEqual(told(CASH, evidence(2000, 0, { voids })), ['voided']);
  assert.deepEqual(told(CASH, evidence(-2000, 0, { voids })), ['voided']);
  const movements = [
    { kind: 'paid-in', amountMinor: 1000 },
    { kind: 'float', amountMinor: 1000 },
  ];
  assert.deepEqual(told(CASH, evidence(-2000, 0, { movements })), ['movement-turned']);
  assert.deepEqual(told(CASH, evidence(2000, 0, { movements })), []);
});

test('a list to look at, not to work through', () => {
  const sales = Array.from({ length: 40 }, (_, at) => sale(`R1-${at}`, CASH, 2000));
  assert.equal(likelyCauses(CASH, evidence(-2000, 0, { sales })).length, 3);
});
