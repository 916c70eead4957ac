/** Receipts on a printer of the network, a real register before a printer that is alive, dead, out of paper, slow, or dies in the middle. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants, openSync, readSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { encode } from 'fast-png';
import { aurapos } from '../e2e/aurapos-command.ts';
import { barcodeOf, linesOf } from '../support/escpos-picture.ts';
import { startFakePrinter, type FakePrinter } from '../support/fake-printer.ts';
import { openLampTill } from '../support/lamp-till.ts';
import { temporaryFolder } from '../support/shop.ts';
import { OWNER_PIN, type Till, logInAt, refusedWith, sell, startTill } from '../support/till.ts';
import { freePort } from '../support/free-port.ts';

const LONGEST_MS = 60_000;

let till: Till;
let product: string;
let cash: string;
let card: string;
let printer: FakePrinter;
const folder = temporaryFolder();

before(async () => {
  ({ till, product, cash, card } = await openLampTill(folder.path));
  printer = await startFakePrinter();
});
after(async () => {
  await till.stop();
  await printer.stop();
  folder.remove();
});

const WITHIN_MS = 10_000;

async function until(isSo: () => boolean | Promise<boolean>, what: string, withinMs = WITHIN_MS): Promise<void> {
  const untilMs = performance.now() + withinMs;
  while (!(await isSo())) {
    assert.ok(performance.now() < untilMs, what);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const nothingWaits = async (): Promise<boolean> => (await till.call('listPrintJobs')).rows.length === 0;
const printing = async () => (await till.call('getStatus')).printing;

async function addPrinter(
  name: string,
  port: number,
  more: { drawer?: boolean; receipts?: 'always' | 'ask' | 'never' } = {},
): Promise<string> {
  const { id } = await till.call('addPrinter', { body: { name, address: { kind: 'network', host: '127.0.0.1', port }, ...more } });
  return id;
}

test('without a printer the browser prints, and asking for one is refused', async () => {
  const { uuid } = await sell(till, [product], cash);
  await assert.rejects(till.call('printReceipt', { params: { uuid } }), refusedWith('printer.none'));
  assert.equal((await till.call('getState')).receiptPrinter, null);
});

test(
  'a cash sale opens the drawer and prints its receipt; printed again it is a copy, and journalled',
  { timeout: LONGEST_MS },
  async () => {
    await addPrinter('Counter', printer.port, { drawer: true });
    const { uuid, label } = await sell(till, [product], cash);
    await until(() => printer.output.sheets.length === 1, 'the receipt comes out');
    await until(nothingWaits, 'the queue is empty');
    const [sheet] = printer.output.sheets;
    assert.ok(sheet !== undefined);
    assert.equal(barcodeOf(sheet), label);
    assert.ok(linesOf(sheet).some((line) => /^Lamp +20\.00$/.test(line)));
    assert.ok(!linesOf(sheet).includes('COPY'));
    assert.deepEqual([printer.output.kicks, printer.output.unknown, printer.output.hanging], [1, [], []]);
    assert.ok(!(await till.call('unprinted')).rows.some((row) => row.uuid === uuid));

    assert.deepEqual(await till.call('printReceipt', { params: { uuid } }), { copy: true });
    await until(() => printer.output.sheets.length === 2, 'the copy comes out');
    assert.ok(linesOf(printer.output.sheets[1] ?? { marks: [] }).includes('COPY'));
    await until(nothingWaits, 'the queue is empty');
    assert.equal(printer.output.kicks, 1);
  },
);

test('by card no drawer opens; a drawer opened without a sale is journalled; training prints and opens nothing', async () => {
  const kicks = printer.output.kicks;
  const cart = await till.call('addLine', { body: { product } });
  await till.call('pay', { body: { cart: cart.id, totalMinor: 2000, tenders: [{ method: card, amountMinor: 2000 }] } });
  await until(nothingWaits, 'printed');
  assert.equal(printer.output.kicks, kicks);
  await till.call('noSale', { body: { reason: 'Change for a neighbour' } });
  await until(() => printer.output.kicks === kicks + 1, 'the drawer opens');
  await till.call('setTraining', { body: { training: true } });
  await sell(till, [product], cash);
  await until(nothingWaits, 'printed');
  await till.call('setTraining', { body: { training: false } });
  const lines = linesOf(printer.output.sheets.at(-1) ?? { marks: [] });
  assert.ok(lines.includes('TRAINING - NOT A RECEIPT'));
  assert.equal(printer.output.kicks, kicks + 1);
});

test('the template of the shop: words, parts left out, a logo as dots; what is no picture is refused', async () => {
  const data = Uint8Array.from({ length: 160 * 40 * 4 }, (_, at) => (at % 4 === 3 ? 255 : 0));
  const png = Buffer.from(encode({ width: 160, height: 40, data, channels: 4, depth: 8 })).toString('base64');
  const words = { header: 'Open on Sundays', footer: 'Come back soon', without: ['barcode' as const] };
  await assert.rejects(
    till.call('editReceiptTemplate', { body: { ...words, logo: Buffer.from('GIF89a').toString('base64') } }),
    refusedWith('logo.not-usable'),
  );
  await till.call('editReceiptTemplate', { body: { ...words, logo: png } });
  assert.deepEqual(await till.call('getReceiptTemplate'), { ...words, logo: png });
  await sell(till, [product], cash);
  await until(nothingWaits, 'printed');
  const sheet = printer.output.sheets.at(-1) ?? { marks: [] };
  const [first] = sheet.marks;
  assert.ok(first?.kind === 'raster' && first.widthBytes === 20 && first.bits.every((byte) => byte === 0xff));
  assert.ok(linesOf(sheet).includes('Open on Sundays') && linesOf(sheet).includes('Come back soon'));
  assert.equal(barcodeOf(sheet), null);
  await till.call('editReceiptTemplate', { body: { header: '', footer: '', without: [], logo: null } });
});

test(
  'an X, a Z, a day and an invoice come out of the same printer, with the figures that the screens show',
  { timeout: LONGEST_MS },
  async () => {
    await until(nothingWaits, 'nothing is left of before');
    const parts = [
      { name: 'Federal', ratePpm: 50_000 },
      { name: 'City', ratePpm: 20_000 },
    ];
    const { id: tax } = await till.call('addTax', { body: { name: 'Two', ratePpm: 70_000, parts } });
    const kettle = await till.call('addProduct', { body: { name: 'Kettle', priceMinor: 2140, taxCategory: tax } });
    const { uuid } = await sell(till, [kettle.id], cash);
    const { label } = await till.call('makeInvoice', {
      params: { uuid },
      body: { name: 'Żółć & Söhne', address: 'Große Straße 12\nBerlin' },
    });
    await until(nothingWaits, 'the receipt');
    const sheets = printer.output.sheets.length;
    const printed = async (): Promise<string> => {
      await until(nothingWaits, 'printed');
      assert.deepEqual([printer.output.unknown, printer.output.hanging], [[], []]);
      return linesOf(printer.output.sheets.at(-1) ?? { marks: [] }).join('\n');
    };
    const money = (minor: number): string => (minor / 100).toLocaleString('en', { minimumFractionDigits: 2 });

    const x = await till.call('xReport');
    await till.call('printX');
    const paper = await printed();
    assert.match(paper, /^Corner Shop$/m);
    assert.match(paper, /^R1 X report$/m);
    assert.ok(paper.includes(`Sales (${x.totals.sales.count})`) && paper.includes(money(x.totals.sales.minor)), paper);
    assert.match(paper, new RegExp(`^Turnover +€${money(x.turnoverMinor)}$`, 'm'));
    assert.match(paper, /^Federal 5% +20\.00 +1\.00$/m);
    assert.match(paper, /^City 2% +20\.00 +0\.40$/m);
    assert.doesNotMatch(paper, /Perpetual/);

    await till.call('printInvoice', { params: { label } });
    const invoice = await printed();
    assert.match(invoice, /^Invoice$/m);
    assert.match(invoice, new RegExp(`^Number +${label}$`, 'm'));
    assert.match(invoice, /^Kettle +21\.40$/m);
    assert.match(invoice, /^Federal 5% +20\.00 +1\.00$/m);
    assert.match(invoice, /^Total +€21\.40$/m);
    assert.match(invoice, /^Żółć & Söhne$/m);
    assert.doesNotMatch(invoice, /COPY/);
    await till.call('printInvoice', { params: { label } });
    assert.match(await printed(), /^COPY$/m);
    await assert.rejects(till.call('printInvoice', { params: { label: 'R1I-000099' } }), refusedWith('input.not-found'));

    const { register, number } = await till.call('closeDay');
    const z = await till.call('getClosing', { query: { kind: 'z', register, number } });
    await till.call('printClosing', { query: { kind: 'z', register, number } });
    const closing = await printed();
    assert.match(closing, new RegExp(`^R1 Z ${number}$`, 'm'));
    assert.match(closing, new RegExp(`^Perpetual total +€${money(z.perpetualMinor)}$`, 'm'));
    assert.doesNotMatch(closing, /COPY/);
    assert.match(closing, /^Printed again +2$/m);
    const [receipts] = z.totals.receipts;
    assert.match(closing, new RegExp(`^${receipts?.series} +${receipts?.first} - ${receipts?.last}$`, 'm'));
    await till.call('printClosing', { query: { kind: 'day', day: z.day } });
    assert.match(await printed(), /^\d{4}-\d\d-\d\d$/m);
    // A day that is open says something else each time.
    await till.call('printClosing', { query: { kind: 'day', day: z.day } });
    assert.doesNotMatch(await printed(), /COPY/);
    assert.equal(printer.output.sheets.length, sheets + 6);

    // Without paper it waits under its name, as receipts do; another printer takes it.
    printer.paperOut = true;
    await till.call('printClosing', { query: { kind: 'z', register, number } });
    await until(async () => (await till.call('listPrintJobs')).rows[0]?.problem === 'paper-out', 'it waits');
    assert.equal((await till.call('listPrintJobs')).rows[0]?.label, `R1 Z ${number}`);
    printer.paperOut = false;
    const [job] = (await till.call('listPrintJobs')).rows;
    // It may have tried again by itself in this moment.
    await till
      .call('retryPrintJob', { params: { id: job?.id ?? '' } })
      .catch((error: unknown) => assert.ok(refusedWith('printer.busy')(error)));
    await until(nothingWaits, 'it comes out');
    assert.equal(printer.output.sheets.length, sheets + 7);
    assert.match(await printed(), /^COPY$/m);
  },
);

test('the receipt speaks the customer’s language', async () => {
  const { id: customer } = await till.call('addCustomer', { body: { name: 'Amélie', language: 'fr' } });
  await till.call('addLine', { body: { product } });
  await till.call('setCartCustomer', { body: { customer } });
  const cart = await till.call('getCart');
  await till.call('pay', { body: { cart: cart.id, totalMinor: 2000, tenders: [{ method: card, amountMinor: 2000 }] } });
  await until(nothingWaits, 'printed');
  assert.ok(linesOf(printer.output.sheets.at(-1) ?? { marks: [] }).includes('Client : Amélie'));
});

test(
  '[fault 33] a printer out of paper, then with its cover open, is told in words; the job waits and comes out once it can',
  { timeout: LONGEST_MS },
  async () => {
    printer.paperOut = true;
    await sell(till, [product], cash);
    await until(async () => (await printing())[0]?.problem === 'paper-out', 'out of paper');
    assert.deepEqual(
      (await till.call('listPrintJobs')).rows.map(({ state, problem }) => [state, problem]),
      [['waiting', 'paper-out']],
    );
    printer.paperOut = false;
    printer.coverOpen = true;
    const [job] = (await till.call('listPrintJobs')).rows;
    await till.call('retryPrintJob', { params: { id: job?.id ?? '' }, body: {} });
    await until(async () => (await printing())[0]?.problem === 'cover-open', 'cover open');
    printer.coverOpen = false;
    await till.call('retryPrintJob', { params: { id: job?.id ?? '' }, body: {} });
    await until(nothingWaits, 'printed');
    // Nothing had left before: this is the first print.
    assert.ok(!linesOf(printer.output.sheets.at(-1) ?? { marks: [] }).includes('COPY'));
    assert.deepEqual(await printing(), []);
  },
);

test(
  'paper that runs out in the middle of a receipt: the printer goes on where it stopped, and nothing is sent twice',
  { timeout: LONGEST_MS },
  async () => {
    printer.bytesPerTick = 20;
    const sheets = printer.output.sheets.length;
    await sell(till, [product], card);
    await until(async () => (await till.call('listPrintJobs')).rows[0]?.state === 'sending', 'being sent');
    const [job] = (await till.call('listPrintJobs')).rows;
    await assert.rejects(till.call('retryPrintJob', { params: { id: job?.id ?? '' }, body: {} }), refusedWith('printer.busy'));
    printer.paperOut = true;
    await until(async () => (await printing())[0]?.problem === 'paper-out', 'out of paper');
    printer.paperOut = false;
    printer.bytesPerTick = null;
    await until(nothingWaits, 'printed');
    assert.equal(printer.output.sheets.length, sheets + 1);
  },
);

test(
  'a printer that dies in the middle: the job is offered, not repeated; printed again it is a copy, or it is given up',
  { timeout: LONGEST_MS },
  async () => {
    const sheets = printer.output.sheets.length;
    printer.diesAfterBytes = 60;
    const { uuid } = await sell(till, [product], card);
    await until(async () => (await till.call('listPrintJobs')).rows[0]?.state === 'cut', 'cut');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(printer.output.sheets.length, sheets);
    const [job] = (await till.call('listPrintJobs')).rows;
    assert.deepEqual([job?.state, job?.problem], ['cut', 'cut-off']);
    // What is sold meanwhile comes out: one cut job holds up nothing.
    await sell(till, [product], card);
    await until(() => printer.output.sheets.length === sheets + 1, 'the next receipt comes out');
    await till.call('retryPrintJob', { params: { id: job?.id ?? '' }, body: {} });
    await until(nothingWaits, 'printed');
    assert.ok(linesOf(printer.output.sheets.at(-1) ?? { marks: [] }).includes('COPY'));
    assert.ok(!(await till.call('unprinted')).rows.some((row) => row.uuid === uuid));

    printer.diesAfterBytes = 60;
    await sell(till, [product], card);
    await until(async () => (await till.call('listPrintJobs')).rows[0]?.state === 'cut', 'cut');
    await till.call('dropPrintJob', { params: { id: (await till.call('listPrintJobs')).rows[0]?.id ?? '' } });
    assert.ok(await nothingWaits());
  },
);

test('a printer that answers nothing prints all the same', { timeout: LONGEST_MS }, async () => {
  printer.mute = true;
  const sheets = printer.output.sheets.length;
  await sell(till, [product], card);
  await until(nothingWaits, 'printed');
  await until(() => printer.output.sheets.length === sheets + 1, 'it came out');
  printer.mute = false;
});

test(
  '[P6] kill -9 in the middle of a job: after the restart it is offered as cut, and what waited behind it comes out',
  { timeout: LONGEST_MS },
  async () => {
    printer.bytesPerTick = 5;
    const sheets = printer.output.sheets.length;
    const { label: first } = await sell(till, [product], card);
    const { label: second } = await sell(till, [product], card);
    await until(async () => (await till.call('listPrintJobs')).rows[0]?.state === 'sending', 'being sent');
    await till.kill();
    printer.bytesPerTick = null;
    till = await startTill(folder.path);
    await until(async () => (await till.call('listPrintJobs')).rows.length === 1, 'the second is printed');
    const [job] = (await till.call('listPrintJobs')).rows;
    assert.deepEqual([job?.label, job?.state], [first, 'cut']);
    await until(() => printer.output.sheets.some((sheet) => barcodeOf(sheet) === second), 'the second came out');
    assert.ok(printer.output.sheets.slice(sheets).filter((sheet) => barcodeOf(sheet) === second).length === 1);
    await till.call('dropPrintJob', { params: { id: job?.id ?? '' } });
  },
);

test(
  '[P6] 20 sales before a dead printer: paying takes as long as without one, and all come out once it is back',
  { timeout: LONGEST_MS },
  async (t) => {
    const { rows } = await till.call('listPrinters');
    for (const { id } of rows) await till.call('removePrinter', { params: { id } });
    const slowest = async (): Promise<number> => {
      let slowestMs = 0;
      for (let sale = 0; sale < 20; sale++) slowestMs = Math.max(slowestMs, (await sell(till, [product], cash)).payMs);
      return slowestMs;
    };
    // The quietest of three rounds: what else runs on this machine is not what is measured.
    const quietest = async (): Promise<number> => Math.min(await slowest(), await slowest(), await slowest());
    await slowest();
    const without = await quietest();
    const port = await freePort();
    await addPrinter('Dead', port, { drawer: true });
    const dead = await quietest();
    const waiting = (await till.call('listPrintJobs')).rows;
    assert.equal(waiting.length, 60);
    assert.equal((await printing())[0]?.problem, 'not-reachable');
    t.diagnostic(`the slowest payment of 20: ${without.toFixed(1)} ms without a printer, ${dead.toFixed(1)} ms before a dead one`);
    // What a person does not notice, or what the machine took without a printer: waiting for the dead one would be seconds.
    assert.ok(dead < Math.max(100, 2.5 * without), `${dead} ms before a dead printer, ${without} ms without one`);
    const revived = await startFakePrinter(port);
    await until(async () => (await till.call('listPrintJobs')).rows.length === 0, 'all printed', 40_000);
    assert.deepEqual(
      revived.output.sheets.map(barcodeOf),
      waiting.map(({ label }) => label),
    );
    // A drawer that could not be opened then does not fly open now.
    assert.equal(revived.output.kicks, 0);
    await revived.stop();
  },
);

test('a receipt goes to another printer while its own is dead: nothing had left, so it is no copy', { timeout: LONGEST_MS }, async () => {
  const spare = await addPrinter('Spare', printer.port, { receipts: 'never' });
  await sell(till, [product], card);
  const [job] = (await till.call('listPrintJobs')).rows;
  await until(async () => (await till.call('listPrintJobs')).rows[0]?.state === 'waiting', 'waiting');
  await till.call('retryPrintJob', { params: { id: job?.id ?? '' }, body: { printer: spare } });
  await until(nothingWaits, 'printed');
  assert.ok(!linesOf(printer.output.sheets.at(-1) ?? { marks: [] }).includes('COPY'));
  await till.call('testPrinter', { params: { id: spare } });
  await until(() => linesOf(printer.output.sheets.at(-1) ?? { marks: [] }).includes('Test page'), 'the test page');
});

test('a printer that prints no receipts opens the drawer all the same', { timeout: LONGEST_MS }, async () => {
  for (const { id } of (await till.call('listPrinters')).rows) await till.call('removePrinter', { params: { id } });
  const [kicks, sheets] = [printer.output.kicks, printer.output.sheets.length];
  const id = await addPrinter('Drawer', printer.port, { drawer: true, receipts: 'never' });
  await sell(till, [product], cash);
  await until(() => printer.output.kicks === kicks + 1, 'the drawer opens');
  await till.call('moveCash', { body: { kind: 'paid-in', amountMinor: 500, reason: 'Coins' } });
  await until(() => printer.output.kicks === kicks + 2, 'the drawer opens');
  assert.deepEqual([printer.output.sheets.length, await nothingWaits()], [sheets, true]);
  await till.call('removePrinter', { params: { id } });
});

test(
  'a device file: a receipt comes out of the pipe whole; a plain file is refused, so that no setting writes over data',
  { timeout: LONGEST_MS },
  async () => {
    for (const { id } of (await till.call('listPrinters')).rows) await till.call('removePrinter', { params: { id } });
    const path = join(folder.path, 'lp0');
    execFileSync('mkfifo', [path]);
    const { id } = await till.call('addPrinter', { body: { name: 'USB', address: { kind: 'device', path } } });
    const { label } = await sell(till, [product], card);
    // Nobody at the other end: switched off.
    await until(async () => (await printing())[0]?.problem === 'not-reachable', 'switched off');
    const pipe = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    await till.call('testPrinter', { params: { id } });
    let out = '';
    await until(() => {
      const bytes = Buffer.alloc(65_536);
      try {
        out += bytes.toString('latin1', 0, readSync(pipe, bytes));
      } catch {
        // Nothing there yet.
      }
      return out.includes(label) && out.includes('Test page');
    }, 'both come out of the pipe');
    closeSync(pipe);
    await until(nothingWaits, 'printed');

    const body = { name: 'Wrong', address: { kind: 'device', path: join(folder.path, 'store.db') } } as const;
    await till.call('editPrinter', { params: { id }, body });
    await sell(till, [product], card);
    await until(async () => (await printing())[0]?.problem === 'not-a-device', 'no device');
    await till.call('removePrinter', { params: { id } });
  },
);

test('aurapos printer: added, listed and tried from a script', { timeout: LONGEST_MS }, async () => {
  const sheets = printer.output.sheets.length;
  await aurapos(folder.path, 'printer', 'add', '--name', 'Script', '--host', `127.0.0.1:${printer.port}`, '--paper', '58mm', '--drawer');
  const { rows } = (await aurapos(folder.path, 'printer', 'list')) as {
    rows: { id: string; name: string; paper: string; drawer: boolean }[];
  };
  assert.deepEqual(
    rows.map(({ name, paper, drawer }) => [name, paper, drawer]),
    [['Script', '58mm', true]],
  );
  assert.deepEqual(await aurapos(folder.path, 'printer', 'test', 'Script'), { printed: true });
  assert.equal(printer.output.sheets.length, sheets + 1);
  await assert.rejects(aurapos(folder.path, 'printer', 'add', '--name', 'Nowhere'), /--host or at --device/);
  await till.call('removePrinter', { params: { id: rows[0]?.id ?? '' } });
});

test('who may only sell changes no printer and no template', async () => {
  const roles = (await till.call('listRoles')).rows;
  const role = roles.find(({ builtIn }) => builtIn === 'cashier')?.id ?? '';
  await till.call('addUser', { body: { name: 'Sam', pin: '7391', role } });
  const asSam = await logInAt(till, '7391');
  const address = { kind: 'network', host: '127.0.0.1' } as const;
  await assert.rejects(asSam('addPrinter', { body: { name: 'Mine', address } }), refusedWith('right.missing'));
  await assert.rejects(asSam('editReceiptTemplate', { body: { header: '', footer: '', without: [] } }), refusedWith('right.missing'));
  const asOwner = await logInAt(till, OWNER_PIN);
  assert.equal((await asOwner('getState')).receiptPrinter, null);
});
