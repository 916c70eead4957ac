/** The drawer's day over HTTP, as a screen or a script goes through it: open, sell, move, count, close, Z. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { present } from '../../src/base/assert.ts';
import type { Answer } from '../../src/protocol/api/routes.ts';
import { aurapos } from '../e2e/aurapos-command.ts';
import { linesOf } from '../support/escpos-picture.ts';
import { startFakePrinter } from '../support/fake-printer.ts';
import { openLampTill } from '../support/lamp-till.ts';
import { temporaryFolder } from '../support/shop.ts';
import { type Till, refusedWith, startTill } from '../support/till.ts';

let till: Till;
let product: string;
let cash: string;
let card: string;
const folder = temporaryFolder();

before(async () => {
  ({ till, product, cash, card } = await openLampTill(folder.path));
});
after(async () => {
  await till.stop();
  folder.remove();
});

/** One lamp for 20. */
async function sell(tender: { method: string; amountMinor: number }): Promise<void> {
  const cart = await till.call('addLine', { body: { product } });
  await till.call('pay', { body: { cart: cart.id, totalMinor: cart.totalMinor, tenders: [tender] } });
}

test('a drawer’s day: float, sales, movements, a blind count 20 short with its causes, close, Z, the period', async () => {
  await assert.rejects(till.call('countShift', { body: { counts: [] } }), refusedWith('shift.none'));
  const opened = await till.call('openShift', { body: { floatMinor: 10_000 } });
  assert.equal(opened.open?.hasFloat, true);
  await assert.rejects(till.call('openShift', { body: { floatMinor: 10_000 } }), refusedWith('shift.open'));

  await sell({ method: cash, amountMinor: 5000 });
  await sell({ method: card, amountMinor: 2000 });
  await till.call('moveCash', { body: { kind: 'paid-out', amountMinor: 1500, reason: 'Window cleaner' } });
  await till.call('noSale', { body: { reason: 'Change for a neighbour' } });
  const moved = await till.call('getShift');
  assert.deepEqual(
    moved.open?.methods.map(({ method, expectedMinor }) => [method, expectedMinor]),
    [
      [cash, 10_000 + 2000 - 1500],
      [card, 2000],
    ],
  );
  assert.deepEqual(
    moved.open?.movements.map(({ kind, amountMinor, reason }) => [kind, amountMinor, reason]),
    [
      ['paid-out', -1500, 'Window cleaner'],
      ['float', 10_000, ''],
    ],
  );

  // Goods taken back and receipts printed again leave no figure, and are journalled.
  const cart = await till.call('addLine', { body: { product } });
  await till.call('removeLine', { params: { line: cart.lines[0]?.line ?? 0 } });
  await till.call('addLine', { body: { product, quantityMilli: 2000 } });
  await till.call('clearCart');
  const [last] = (await till.call('listSales')).rows;
  await till.call('noteReprint', { params: { uuid: last?.uuid ?? '' } });

  await assert.rejects(till.call('closeShift', { body: { staysMinor: 0 } }), refusedWith('shift.not-counted'));
  await assert.rejects(
    till.call('countShift', { body: { counts: [{ method: cash, countedMinor: 8500 }] } }),
    refusedWith('shift.count-missing'),
  );
  const pieces = [
    { faceMinor: 5000, pieces: 1 },
    { faceMinor: 500, pieces: 7 },
  ];
  await assert.rejects(
    till.call('countShift', {
      body: {
        counts: [
          { method: cash, countedMinor: 8501, pieces },
          { method: card, countedMinor: 2000 },
        ],
      },
    }),
    refusedWith('input.invalid'),
  );
  const counted = await till.call('countShift', {
    body: {
      counts: [
        { method: cash, countedMinor: 8500, pieces },
        { method: card, countedMinor: 2000 },
      ],
    },
  });
  const [cashCount, cardCount] = counted.open?.count?.methods ?? [];
  assert.deepEqual([cashCount?.expectedMinor, cashCount?.countedMinor, cashCount?.differenceMinor], [10_500, 8500, -2000]);
  assert.deepEqual(
    cashCount?.causes.map(({ kind }) => kind),
    ['voided', 'not-paid'],
  );
  assert.equal(cardCount?.differenceMinor, 0);

  // What is sold after the count makes it stale.
  await sell({ method: card, amountMinor: 2000 });
  assert.equal((await till.call('getShift')).open?.count, null);
  await assert.rejects(till.call('closeShift', { body: { staysMinor: 5000 } }), refusedWith('shift.changed'));
  await till.call('countShift', {
    body: {
      counts: [
        { method: cash, countedMinor: 8500, pieces },
        { method: card, countedMinor: 4000 },
      ],
    },
  });
  await assert.rejects(till.call('closeShift', { body: { staysMinor: 8501 } }), refusedWith('input.invalid'));
  const closed = await till.call('closeShift', { body: { staysMinor: 5000 } });
  assert.equal(closed.open, null);
  assert.equal(closed.floatMinor, 5000);
  await assert.rejects(till.call('closeShift', { body: { staysMinor: 0 } }), refusedWith('shift.none'));

  const x = await till.call('xReport');
  assert.equal(x.turnoverMinor, 6000);
  const { register, number } = await till.call('closeDay');
  assert.equal(number, 1);
  await assert.rejects(till.call('closeDay'), refusedWith('closing.nothing'));
  const z = await till.call('getClosing', { query: { kind: 'z', register, number } });
  assert.deepEqual(z.totals, x.totals);
  assert.deepEqual(z.totals.sales, { count: 3, minor: 6000 });
  assert.deepEqual(
    new Map(z.totals.tenders.map(({ method, minor }) => [method, minor])),
    new Map([
      [cash, 2000],
      [card, 4000],
    ]),
  );
  assert.deepEqual(
    z.totals.movements.map(({ kind, minor }) => [kind, minor]),
    [
      ['difference', -2000],
      ['float', 5000],
      ['paid-out', -1500],
      ['safe-drop', -3500],
    ],
  );
  // The drawer's books end with nothing in it: cash tenders and all movements come to nought.
  assert.equal(
    z.totals.movements.reduce((sum, { minor }) => sum + minor, 2000),
    0,
  );
  const { noSales, voids, abandonedCarts, reprints } = z.totals;
  assert.deepEqual({ noSales, voids, abandonedCarts, reprints }, { noSales: 1, voids: 1, abandonedCarts: 1, reprints: 1 });
  assert.deepEqual(z.totals.receipts, [{ series: 'R1', first: 1, last: 3 }]);
  assert.equal(z.perpetualMinor, 6000);

  // A sale after the Z opens the next shift silently with the float set aside, and is in the next Z.
  await sell({ method: cash, amountMinor: 2000 });
  const next = await till.call('getShift');
  assert.equal(next.open?.silent, true);
  assert.equal(next.open?.methods[0]?.expectedMinor, 7000);
  await till.call('closePeriod', { body: { kind: 'day', day: z.day } });
  await assert.rejects(till.call('closePeriod', { body: { kind: 'day', day: z.day } }), refusedWith('closing.period-closed'));
  await assert.rejects(till.call('closePeriod', { body: { kind: 'month', day: z.day } }), refusedWith('closing.not-over'));
  await till.call('closeDay');
  const day = await till.call('getClosing', { query: { kind: 'day', day: z.day } });
  assert.equal(day.perpetualMinor, 8000);
  assert.deepEqual(
    day.zs.map(({ number, late }) => [number, late]),
    [
      [1, false],
      [2, true],
    ],
  );
  assert.deepEqual(
    (await till.call('listClosings', { query: { kind: 'year' } })).rows.map((row) => [row.zs, row.turnoverMinor]),
    [[2, 8000]],
  );
});

test('aurapos close-day makes the Z from a script, beside the running register and without one; it prints where there is a printer', async () => {
  type Closed = { zs: Answer<'getClosing'>[] };
  const before = (await till.call('listClosings', { query: { kind: 'z' } })).rows[0]?.number ?? 0;
  await sell({ method: card, amountMinor: 2000 });
  const { zs } = (await aurapos(folder.path, 'close-day')) as Closed;
  const [z] = zs;
  assert.deepEqual([zs.length, z?.number, z?.totals.sales, z?.turnoverMinor], [1, before + 1, { count: 1, minor: 2000 }, 2000]);
  const { register } = present((await till.call('listClosings', { query: { kind: 'z' } })).rows[0], 'the Z');
  const query = { kind: 'z', register: present(register, 'its register').id, number: before + 1 } as const;
  assert.deepEqual(z, await till.call('getClosing', { query }));
  await assert.rejects(aurapos(folder.path, 'close-day'), /closing\.nothing/);

  await sell({ method: card, amountMinor: 2000 });
  await assert.rejects(aurapos(folder.path, 'close-day', '--print'), /printer\.none/);
  const printer = await startFakePrinter();
  const address = { kind: 'network', host: '127.0.0.1', port: printer.port } as const;
  const { id } = await till.call('addPrinter', { body: { name: 'Counter', address } });
  const printed = (await aurapos(folder.path, 'close-day', '--print')) as Closed;
  assert.equal(printed.zs[0]?.number, before + 2, 'the refused one made none');
  const untilMs = performance.now() + 10_000;
  while (printer.output.sheets.length === 0 && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(linesOf(present(printer.output.sheets[0], 'the Z on paper')).includes(`R1 Z ${before + 2}`));
  await till.call('removePrinter', { params: { id } });
  await printer.stop();

  await sell({ method: card, amountMinor: 2000 });
  await till.stop();
  assert.equal(((await aurapos(folder.path, 'close-day')) as Closed).zs[0]?.number, before + 3);
  till = await startTill(folder.path);
});
