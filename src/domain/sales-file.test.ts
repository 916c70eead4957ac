import assert from 'node:assert/strict';
import { test } from 'node:test';
import { salesCsv, type SalesFileRow } from './sales-file.ts';

const ROW: SalesFileRow = {
  label: 'R1-000007',
  completedAt: Date.UTC(2026, 2, 31, 22, 30),
  utcOffsetMinutes: 120,
  tradingDay: 20260401,
  kind: 'sale',
  training: false,
  user: 'Mina',
  customer: '=cmd',
  line: 1,
  name: 'Apples; red',
  quantityMilli: 1_250,
  unitPriceMinor: 399,
  totalMinor: 499,
  taxRatePpm: 60_000,
  taxMinor: 28,
  saleTotalMinor: 500,
  methods: 'Cash',
};

test('a line of a sale is a row; the sale’s own figures stand with its first line', () => {
  const [head, first, second] = salesCsv([ROW, { ...ROW, line: 2, name: 'Bag', training: true }], 'EUR', 'BE', 2).split('\r\n');
  assert.equal(head, 'receipt;time;day;kind;user;customer;line;name;quantity;price;total;tax_rate;tax;sale_total;paid_by;currency');
  assert.equal(
    first,
    'R1-000007;2026-04-01 00:30:00;2026-04-01;sale;Mina;\'=cmd;1;"Apples; red";1,250;3,99;4,99;6,0000;0,28;5,00;Cash;EUR',
    'the comma of the country, the clock on the wall, no formula',
  );
  assert.equal(second?.split(';').at(3), 'training');
  assert.deepEqual(second?.split(';').slice(-3), ['', '', 'EUR']);
});
