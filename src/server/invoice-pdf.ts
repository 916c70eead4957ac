/**
 * An invoice or a credit note as a PDF of A4 pages, its font inside. The document says what it is given and computes nothing; long ones go on
 * over pages that repeat the heads of the columns. Made when asked for and kept nowhere: the rows are what is kept.
 */
import { readFile } from 'node:fs/promises';
import type { InvoiceData } from '../domain/invoice.ts';
import { taxTable } from '../domain/receipt-blocks.ts';
import { hasTaxOnTop, type ReceiptLine } from '../domain/receipt.ts';
import { receiptWords, type Say } from '../domain/receipt-words.ts';
import { writtenIn, type Written } from '../domain/written.ts';

type Pdf = PDFKit.PDFDocument;

const PAGE = { width: 595.28, height: 841.89, margin: 48, foot: 64 } as const;
const INNER = PAGE.width - 2 * PAGE.margin;
const END = PAGE.width - PAGE.margin;
const INK = '#111827';
const SOFT = '#5b6472';
const LINE = '#d5d9e0';
const TEXT = 9.5;
const TITLE = 22;
/** Between thousands: too narrow to be seen in this font. */
const NARROW_SPACE = '\u202f';
/** Figures of one width, so that columns stand. */
const FIGURES: PDFKit.Mixins.OpenTypeFeatures[] = ['tnum', 'kern'];
const LOGO_BOX: [number, number] = [150, 64];

/** From the left edge of the text; the last ones end where the next begins. */
const COLUMNS = { item: 0, quantity: 250, price: 320, rate: 390, amount: 430 } as const;

let fonts: Promise<readonly [Buffer, Buffer]> | undefined;

function readFonts(): Promise<readonly [Buffer, Buffer]> {
  const read = (weight: string): Promise<Buffer> =>
    readFile(new URL(import.meta.resolve(`@expo-google-fonts/inter/${weight}/Inter_${weight}.ttf`)));
  fonts ??= Promise.all([read('400Regular'), read('600SemiBold')]);
  return fonts;
}

/** `logo` is a PNG. */
export async function invoicePdf(invoice: InvoiceData, logo: Uint8Array | null): Promise<Buffer> {
  const [{ default: PDFDocument }, [regular, strong]] = await Promise.all([import('pdfkit'), readFonts()]);
  const say = receiptWords(invoice.language, invoice.seller.country);
  const title = say(invoice.kind === 'invoice' ? 'invoice' : 'creditNote');
  const pdf = new PDFDocument({
    size: 'A4',
    margins: { top: PAGE.margin, left: PAGE.margin, right: PAGE.margin, bottom: PAGE.foot },
    bufferPages: true,
    lang: invoice.language,
    displayTitle: true,
    info: { Title: `${title} ${invoice.label}`, Author: invoice.seller.name, CreationDate: new Date(invoice.at) },
  });
  pdf.registerFont('regular', regular);
  pdf.registerFont('strong', strong);
  const chunks: Buffer[] = [];
  const whole = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
  const paper = new Paper(pdf, invoice, say);
  paper.head(title, logo);
  paper.buyer();
  paper.lines();
  paper.totals();
  paper.below();
  paper.pageNumbers();
  pdf.end();
  return whole;
}

class Paper {
  readonly #pdf: Pdf;
  readonly #invoice: InvoiceData;
  readonly #say: Say;
  readonly #written: Written;

  constructor(pdf: Pdf, invoice: InvoiceData, say: Say) {
    this.#pdf = pdf;
    this.#invoice = invoice;
    this.#say = say;
    this.#written = writtenIn(invoice.language, invoice.seller.country, invoice.currency);
    pdf.font('regular').fontSize(TEXT).fillColor(INK);
  }

  /** The seller to the left, what this paper is to the right. */
  head(title: string, logo: Uint8Array | null): void {
    const { seller, label, at, soldAt, utcOffsetMinutes, receiptLabel, corrects } = this.#invoice;
    const say = this.#say;
    const half = INNER / 2 - 12;
    let y: number = PAGE.margin;
    if (logo !== null) {
      this.#pdf.image(Buffer.from(logo), PAGE.margin, y, { fit: LOGO_BOX });
      y += LOGO_BOX[1] + 10;
    }
    this.#text(seller.name, PAGE.margin, y, half, { strong: true, size: 13 });
    const about = [seller.address, seller.phone, seller.taxNumber === '' ? '' : say('taxNumber', { number: seller.taxNumber })];
    this.#text(about.filter((text) => text !== '').join('\n'), PAGE.margin, this.#pdf.y + 3, half, { soft: true });
    const left = this.#pdf.y;

    const x = PAGE.margin + INNER / 2 + 12;
    this.#text(title, x, PAGE.margin - 4, half, { strong: true, size: TITLE, end: true });
    const facts: [string, string][] = [
      [say('number'), label],
      [say('date'), this.#written.date(at, utcOffsetMinutes)],
      ...(corrects === null ? [] : ([[say('corrects'), corrects]] as [string, string][])),
      [say('soldOn'), this.#written.date(soldAt, utcOffsetMinutes)],
      [say('receiptNumber'), receiptLabel],
    ];
    y = this.#pdf.y + 8;
    for (const [name, value] of facts) {
      this.#text(name, x, y, half / 2, { soft: true });
      this.#text(value, x + half / 2 - 20, y, half / 2 + 20, { end: true, strong: name === say('number') });
      y = this.#pdf.y + 3;
    }
    this.#pdf.y = Math.max(left, y) + 26;
  }

  buyer(): void {
    const { buyer } = this.#invoice;
    const y = this.#pdf.y;
    this.#text(this.#say('buyer'), PAGE.margin, y, INNER, { soft: true });
    this.#text(buyer.name, PAGE.margin, this.#pdf.y + 2, INNER / 2, { strong: true, size: 11 });
    const about = [buyer.address, buyer.taxNumber === '' ? '' : this.#say('taxNumber', { number: buyer.taxNumber })];
    const known = about.filter((text) => text !== '').join('\n');
    if (known !== '') this.#text(known, PAGE.margin, this.#pdf.y + 2, INNER / 2);
    this.#pdf.y += 26;
  }

  lines(): void {
    this.#columnHeads();
    for (const line of this.#invoice.lines) this.#line(line);
  }

  /** Whether taxes go by names, several on the same goods. */
  get #named(): boolean {
    return this.#invoice.taxes.some(({ name }) => name !== null);
  }

  #columnHeads(): void {
    const y = this.#pdf.y;
    const say = this.#say;
    this.#text(say('item'), PAGE.margin, y, COLUMNS.quantity, { soft: true });
    this.#figures(y, [say('quantity'), say('price'), say(this.#named ? 'taxes' : 'tax'), say('amount')], { soft: true });
    this.#pdf.y = y + TEXT + 7;
    this.#rule();
  }

  #line(line: ReceiptLine): void {
    const { quantity, amount, rate } = this.#written;
    const more = [line.discountMinor === 0 ? '' : this.#say('off', { amount: amount(line.discountMinor) }), line.note ?? '']
      .filter((text) => text !== '')
      .join('\n');
    const height = this.#heightOf(line.name, COLUMNS.quantity - 8) + (more === '' ? 0 : this.#heightOf(more, COLUMNS.quantity - 8)) + 10;
    if (this.#pdf.y + height > PAGE.height - PAGE.foot) {
      this.#pdf.addPage();
      this.#pdf.y = PAGE.margin;
      this.#columnHeads();
    }
    const y = this.#pdf.y + 4;
    const unit = line.unit === 'each' ? '' : ` ${line.unit}`;
    this.#figures(y, [
      `${quantity(line.quantityMilli)}${unit}`,
      amount(line.unitPriceMinor),
      rate(line.taxRatePpm),
      amount(line.totalMinor),
    ]);
    this.#text(line.name, PAGE.margin, y, COLUMNS.quantity - 8);
    if (more !== '') this.#text(more, PAGE.margin, this.#pdf.y, COLUMNS.quantity - 8, { soft: true });
    this.#pdf.y += 5;
    this.#rule();
  }

  /** Taxes by rate, then what it all comes to. */
  totals(): void {
    const { taxes, netMinor, taxMinor, totalMinor } = this.#invoice;
    const { amount, money } = this.#written;
    const say = this.#say;
    const named = this.#named;
    this.#keepTogether(60 + (taxes.length + 3) * (named ? 32 : 18));
    const included = !hasTaxOnTop(this.#invoice);
    const top = this.#pdf.y + 14;
    const about = named ? (included ? 'pricesIncludeTaxes' : 'pricesBeforeTaxes') : included ? 'pricesInclude' : 'pricesWithout';
    if (taxMinor !== 0) this.#text(say(about), PAGE.margin, top, INNER / 2 - 24, { soft: true });
    const left = PAGE.margin + INNER / 2;
    // Names want room where four figures stand otherwise.
    const cells = (named ? [0, 120, 180] : [0, 60, 120, 180]).map((offset) => left + offset);
    let y = top;
    for (const [at, texts] of taxTable(taxes, say, this.#written).entries()) {
      let next = y + 16;
      for (const [column, text] of texts.entries()) {
        const x = cells[column] ?? left;
        this.#text(text, x, y, (cells[column + 1] ?? END + 2) - 2 - x, { soft: at === 0, end: column > 0 });
        // A long name takes several lines.
        next = Math.max(next, this.#pdf.y + 1);
      }
      y = next;
    }
    this.#pdf.y = y + 2;
    this.#rule(left);
    y = this.#pdf.y + 8;
    for (const [name, minor] of [
      [say(named ? 'totalBeforeTaxes' : 'totalNet'), netMinor],
      [say(named ? 'taxesInAll' : 'totalTax'), taxMinor],
    ] as const) {
      this.#text(name, left, y, INNER / 4 + 30);
      this.#text(amount(minor), left + INNER / 4, y, INNER / 4, { end: true });
      y += 16;
    }
    this.#text(say('total'), left, y + 2, INNER / 4, { strong: true, size: 14 });
    this.#text(money(totalMinor), left + INNER / 4 - 30, y + 2, INNER / 4 + 30, { strong: true, size: 14, end: true });
    this.#pdf.y = y + 34;
  }

  /** How it was paid, and the words that the law wants. */
  below(): void {
    const { tenders, reasons, seller, totalMinor } = this.#invoice;
    const say = this.#say;
    const paid = tenders.map(({ method, amountMinor, changeMinor }) => {
      const minor = amountMinor - changeMinor;
      return `${say(totalMinor < 0 ? 'paidBackBy' : 'paidBy', { method })}  ${this.#written.money(Math.abs(minor))}`;
    });
    const exempt = reasons.map(({ ratePpm, reason }) => say('exempt', { rate: `${say('tax')} ${this.#written.rate(ratePpm)}`, reason }));
    for (const text of [...paid, ...exempt, seller.footer].filter((words) => words !== '')) {
      this.#keepTogether(this.#heightOf(text, INNER) + 4);
      this.#text(text, PAGE.margin, this.#pdf.y, INNER, { soft: text === seller.footer });
      this.#pdf.y += 4;
    }
  }

  pageNumbers(): void {
    const { count } = this.#pdf.bufferedPageRange();
    for (let page = 0; page < count; page++) {
      this.#pdf.switchToPage(page);
      // Below the margin, where a text would otherwise begin a page of its own.
      this.#pdf.page.margins.bottom = 0;
      const words = this.#say('page', { page: String(page + 1), pages: String(count) });
      this.#text(`${this.#invoice.seller.name} · ${this.#invoice.label}`, PAGE.margin, PAGE.height - 40, INNER / 2, {
        soft: true,
        size: 8,
      });
      this.#text(words, PAGE.margin + INNER / 2, PAGE.height - 40, INNER / 2, { soft: true, size: 8, end: true });
    }
  }

  #figures(y: number, [quantity = '', price = '', rate = '', amount = '']: readonly string[], style: Style = {}): void {
    const column = (from: number, to: number, text: string): void =>
      this.#text(text, PAGE.margin + from, y, to - from, { ...style, end: true });
    column(COLUMNS.quantity, COLUMNS.price - 8, quantity);
    column(COLUMNS.price, COLUMNS.rate - 8, price);
    column(COLUMNS.rate, COLUMNS.amount, rate);
    column(COLUMNS.amount, INNER, amount);
  }

  #text(text: string, x: number, y: number, width: number, { strong = false, soft = false, end = false, size = TEXT }: Style = {}): void {
    this.#pdf
      .font(strong ? 'strong' : 'regular')
      .fontSize(size)
      .fillColor(soft ? SOFT : INK)
      .text(text.replaceAll(NARROW_SPACE, '\u00a0'), x, y, { width, align: end ? 'right' : 'left', lineGap: 2, features: FIGURES });
  }

  #heightOf(text: string, width: number): number {
    return this.#pdf.font('regular').fontSize(TEXT).heightOfString(text, { width, lineGap: 2 });
  }

  #rule(from: number = PAGE.margin): void {
    this.#pdf.moveTo(from, this.#pdf.y).lineTo(END, this.#pdf.y).lineWidth(0.5).strokeColor(LINE).stroke();
  }

  #keepTogether(height: number): void {
    if (this.#pdf.y + height <= PAGE.height - PAGE.foot) return;
    this.#pdf.addPage();
    this.#pdf.y = PAGE.margin;
  }
}

interface Style {
  readonly strong?: boolean;
  readonly soft?: boolean;
  readonly end?: boolean;
  readonly size?: number;
}
