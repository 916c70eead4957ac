/** ESC/POS as an interpreter of its own reads it: what a printer would put on paper, line by line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encode } from 'fast-png';
import type { Id } from '../base/id.ts';
import { PAPER_NAMES, PAPERS, type PaperName } from '../domain/printer.ts';
import type { ReceiptData } from '../domain/receipt.ts';
import { receiptBlocks, type Block } from '../domain/receipt-blocks.ts';
import { PLAIN_TEMPLATE } from '../domain/receipt-template.ts';
import { barcodeOf, EscPosReader, linesOf, type Sheet } from '../../test/support/escpos-picture.ts';
import { encodePaper, layRow, wrapText } from './escpos.ts';
import { rasterLogo } from './raster.ts';

const GIVEN = { tender: `${'0'.repeat(64)}:1`, methodId: null, reference: null, byTerminal: false, insteadOf: null } as const;

const RECEIPT: ReceiptData = {
  uuid: '0190a1b2-0000-7000-8000-000000000000' as Id,
  label: 'R1-000042',
  shop: {
    name: 'Café Crème',
    address: 'Rue de l’Été 7\n1000 Bruxelles',
    taxNumber: 'BE0123456789',
    phone: '+32 2 123 45 67',
    footer: 'Merci !',
    country: 'BE',
  },
  register: { code: 'R1', name: 'Front' },
  user: 'Mina',
  customer: 'Łukasz Dvořák',
  language: 'fr',
  completedAt: Date.UTC(2026, 10, 28, 9, 5),
  utcOffsetMinutes: 60,
  currency: 'EUR',
  lines: [
    {
      name: 'Pain',
      quantityMilli: 1000,
      unit: 'each',
      unitPriceMinor: 250,
      discountMinor: 0,
      totalMinor: 250,
      taxRatePpm: 60_000,
      note: null,
    },
    {
      name: 'Fromage de brebis affiné douze mois en cave',
      quantityMilli: 312,
      unit: 'kg',
      unitPriceMinor: 2990,
      discountMinor: 33,
      totalMinor: 900,
      taxRatePpm: 60_000,
      note: 'en tranches',
    },
    {
      name: 'Vin',
      quantityMilli: 2000,
      unit: 'each',
      unitPriceMinor: 80_000,
      discountMinor: 0,
      totalMinor: 160_000,
      taxRatePpm: 210_000,
      note: null,
    },
  ],
  kind: 'sale',
  training: false,
  note: null,
  broughtFrom: null,
  totalMinor: 161_150,
  roundingMinor: 0,
  dueMinor: 161_150,
  taxes: [
    { name: null, ratePpm: 210_000, netMinor: 132_231, taxMinor: 27_769 },
    { name: null, ratePpm: 60_000, netMinor: 1085, taxMinor: 65 },
  ],
  tenders: [
    { ...GIVEN, method: 'Carte', kind: 'card', amountMinor: 160_000, changeMinor: 0 },
    { ...GIVEN, method: 'Espèces', kind: 'cash', amountMinor: 2000, changeMinor: 850 },
  ],
  changeMinor: 850,
  fiscal: null,
  vouchers: [],
};

function print(blocks: readonly Block[], paper: PaperName, logo: Parameters<typeof encodePaper>[1]['logo'] = null): Sheet {
  const reader = new EscPosReader();
  reader.feed(encodePaper(blocks, { paper, logo }));
  assert.deepEqual([reader.unknown, reader.sheets.length, reader.output.hanging], [[], 1, []]);
  return reader.sheets[0] ?? { marks: [] };
}

test('a receipt of several rates and payments in French, on every paper: accents, euro, amounts to the right, its barcode', () => {
  for (const paper of PAPER_NAMES) {
    const sheet = print(receiptBlocks({ receipt: RECEIPT, template: PLAIN_TEMPLATE, copy: false }), paper);
    const { columns } = PAPERS[paper];
    const lines = linesOf(sheet);
    for (const mark of sheet.marks)
      if (mark.kind === 'line') assert.ok(mark.text.length * (mark.wide ? 2 : 1) <= columns, `${paper}: ${mark.text}`);
    for (const said of ['Café Crème', 'Client : Łukasz Dvořák', '  0,312 kg x 29,90', '  Remise 0,33', '  en tranches', 'Merci !'])
      assert.ok(lines.includes(said), `${paper}: ${said}\n${lines.join('\n')}`);
    const row = (start: string): string => lines.find((line) => line.startsWith(start)) ?? '';
    assert.match(row('Pain'), /^Pain +2,50$/);
    assert.equal(row('Pain').length, columns);
    assert.match(row('Fromage'), /9,00$/);
    assert.match(row('Total'), /^Total +1[ .]611,50 €$/);
    assert.match(row('Carte'), /1[ .]600,00$/);
    assert.match(row('Rendu'), /8,50$/);
    assert.match(row('21'), /^21 ?% +1[ .]322,31 +277,69 +1[ .]600,00$/);
    assert.match(row('R1-000042'), /28 nov\. 2026/);
    assert.equal(barcodeOf(sheet), 'R1-000042');
  }
});

test('taxes on top lead from what the lines come to up to the total, each by its name; taxes in the price stand below it by theirs', () => {
  const taxes = [
    { name: 'TPS', ratePpm: 50_000, netMinor: 161_150, taxMinor: 8058 },
    { name: 'TVQ', ratePpm: 99_750, netMinor: 161_150, taxMinor: 16_075 },
  ];
  const totalMinor = 161_150 + 8058 + 16_075;
  const onTop = { ...RECEIPT, taxes, totalMinor };
  for (const paper of PAPER_NAMES) {
    const lines = linesOf(print(receiptBlocks({ receipt: onTop, template: PLAIN_TEMPLATE, copy: false }), paper)).join('\n');
    assert.match(lines, /Sous-total +1[ .]611,50\nTPS 5 ?% de 1[ .]611,50 +80,58\nTVQ 9,975 ?% de 1[ .]611,50 +160,75\nTotal /, paper);
    const below = linesOf(print(receiptBlocks({ receipt: { ...RECEIPT, taxes }, template: PLAIN_TEMPLATE, copy: false }), paper)).join(
      '\n',
    );
    assert.match(below, /Rendu[^]*Taxes +HT +Montant\nTPS 5 ?% +1[ .]611,50 +80,58\nTVQ 9,975 ?% +1[ .]611,50 +160,75/, paper);
  }
});

test('the total is twice as large, the copy and the training say so, what the template leaves out is not there', () => {
  const template = { header: 'Ouvert le dimanche', footer: 'À bientôt', without: ['barcode', 'taxes', 'address', 'cashier'] as const };
  const sheet = print(receiptBlocks({ receipt: { ...RECEIPT, training: true, kind: 'refund' }, template, copy: true }), '80mm');
  const large = sheet.marks.flatMap((mark) => (mark.kind === 'line' && mark.high && mark.bold ? [mark.text] : []));
  assert.deepEqual(large.slice(0, 4), ['Café Crème', 'FORMATION - SANS VALEUR', 'REMBOURSEMENT', 'DUPLICATA']);
  assert.match(large.at(-1) ?? '', /^Total/);
  const lines = linesOf(sheet);
  assert.ok(lines.includes('Ouvert le dimanche') && lines.includes('À bientôt'));
  assert.equal(barcodeOf(sheet), null);
  assert.ok(!lines.some((line) => /Mina|Rue|HT/.test(line)));
});

test('Cyrillic and Central European letters change the code page, and what no printer has becomes its plain letter or a question mark', () => {
  const [line] = linesOf(print([{ kind: 'text', text: 'Привет, Žluťoučký kůň – 5 € ǎ 漢' }], '80mm'));
  assert.equal(line, 'Привет, Žluťoučký kůň - 5 € a ?');
});

test('nothing that a name holds becomes a command', () => {
  const [line] = linesOf(print([{ kind: 'text', text: 'A\u001bp\u0000\u0019\u00faB\u001d' }], '80mm'));
  assert.equal(line, 'ApúB');
});

test('a long receipt number fits the narrow paper: its figures go in pairs', () => {
  const sheet = print([{ kind: 'barcode', text: 'R12b-4k7q-000003' }], '58mm');
  assert.equal(barcodeOf(sheet), 'R12b-4k7q-000003');
  for (const mark of sheet.marks)
    if (mark.kind === 'barcode') assert.ok(mark.widths.reduce((sum, width) => sum + width, 0) * mark.moduleDots <= 384);
});

test('rows and lines keep every word and never pass the edge, whatever is in them', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', ' ', '-', '9'), minLength: 1, maxLength: 90 });
  fc.assert(
    fc.property(text, fc.constantFrom('0.50', '1,234.50', '-12.00'), fc.constantFrom(16, 24, 32, 42, 48), (start, end, columns) => {
      const lines = layRow(start, end, columns);
      assert.ok(lines.every((line) => line.length <= columns));
      assert.ok(lines[0]?.endsWith(end));
      const bare = (words: string): string => words.replaceAll(' ', '');
      assert.equal(bare(wrapText(start, columns).join('')), bare(start));
    }),
  );
});

test('a logo is dithered to dots no wider than the paper; what is not a PNG is none', () => {
  const width = 800;
  const height = 100;
  const data = Uint8Array.from({ length: width * height * 4 }, (_, at) => (at % 4 === 3 ? 255 : (at >> 2) % width < width / 2 ? 0 : 255));
  const png = encode({ width, height, data, channels: 4, depth: 8 });
  const logo = rasterLogo(png, 384);
  assert.ok(logo !== null);
  assert.equal(logo.widthBytes, 36);
  assert.equal(logo.bits[0], 0xff);
  assert.equal(logo.bits[35], 0);
  const sheet = print([{ kind: 'logo' }], '58mm', logo);
  assert.ok(sheet.marks.some((mark) => mark.kind === 'raster' && mark.bits.length === logo.bits.length));
  assert.equal(rasterLogo(Buffer.from('GIF89a'), 384), null);
  assert.equal(rasterLogo(png.slice(0, 60), 384), null);
});

test('no picture holds what a printer obeys wherever it stands, and it lacks a dot or two for that', () => {
  const byte = fc.constantFrom(0x10, 0x04, 0x05, 0x14, 0x00, 0xff);
  fc.assert(
    fc.property(fc.array(byte, { minLength: 4, maxLength: 60 }), (bits) => {
      const logo = { widthBytes: 1, height: bits.length, bits: Uint8Array.from(bits) };
      const sent = encodePaper([{ kind: 'logo' }], { paper: '80mm', logo });
      for (let at = 1; at < sent.length; at++)
        if (sent[at - 1] === 0x10) assert.ok(![0x04, 0x05, 0x14].includes(sent[at] ?? 0), 'DLE EOT, DLE ENQ or DLE DC4');
      const reader = new EscPosReader();
      reader.feed(sent);
      const [mark] = reader.sheets[0]?.marks ?? [];
      assert.ok(mark?.kind === 'raster' && mark.bits.length === bits.length);
      for (const [at, drawn] of mark.bits.entries()) assert.ok(drawn === bits[at] || drawn === ((bits[at] ?? 0) ^ 0x02));
    }),
  );
});
