/** `aurapos storage kept`: the stores that this register left when it joined another shop; what they hold, their sales as a file, their chains verified. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { currencyDigits, plainAmount } from '../domain/money.ts';
import { invoicesCsv, type InvoiceFileRow } from '../domain/invoices-file.ts';
import { salesCsv, type SalesFileRow } from '../domain/sales-file.ts';
import type { Answer } from '../protocol/api/routes.ts';
import { fail, must, type Options } from './program.ts';
import type { Reach } from './reach.ts';
import { verb } from './verb.ts';

interface Flags {
  readonly export?: string;
  readonly invoices?: string;
  readonly closings?: string;
  readonly verify?: boolean;
}

type Spoken = Promise<{ value: unknown; text: string }>;

export function addKeptCommand(storage: Command): void {
  storage
    .command('kept [name]')
    .description('stores that this register left when it joined another shop: list them, or look into one')
    .option('--export <file.csv>', 'write its sales, a line of a sale a row')
    .option('--invoices <file.csv>', 'write its invoices and credit notes, a paper a row')
    .option('--closings <file.csv>', 'write all its Zs for the accountant')
    .option('--verify', 'check it from its first changeset to its last')
    .action(verb(storageKept));
}

async function storageKept(options: Options, reach: Reach, flags: Flags, [name]: readonly string[]): Spoken {
  const { rows, unreadable } = await must(options, reach, 'listKept');
  if (name === undefined) {
    const lines = [...rows.map(say), ...unreadable.map((file) => `${file}\tcannot be read`)];
    return { value: { rows, unreadable }, text: lines.join('\n') || 'This register left no store.' };
  }
  const kept = rows.find((row) => row.name === name);
  if (kept === undefined)
    return fail(options, {
      code: 'input.not-found',
      message: `There is no kept store ${name}.`,
      action: 'See `aurapos storage kept` for their names.',
    });
  if (flags.export !== undefined) return exportSales(options, reach, name, resolve(flags.export));
  if (flags.invoices !== undefined) return exportInvoices(options, reach, name, resolve(flags.invoices));
  if (flags.closings !== undefined) return exportClosings(options, reach, name, resolve(flags.closings));
  if (flags.verify === true) return verify(options, reach, name);
  return { value: kept, text: say(kept) };
}

function say(kept: Answer<'listKept'>['rows'][number]): string {
  const total = `${plainAmount(kept.totalMinor, currencyDigits(kept.currency))} ${kept.currency}`;
  return `${kept.name}\t${kept.shop}, ${kept.register}\t${kept.products} products, ${kept.customers} customers, ${kept.sales} sales (${total})`;
}

async function exportSales(options: Options, reach: Reach, name: string, file: string): Spoken {
  const lines: SalesFileRow[] = [];
  for (let cursor: number | null = 0; ;) {
    const page: Answer<'keptSales'> = await must(options, reach, 'keptSales', { params: { name }, query: { cursor } });
    lines.push(...page.rows);
    cursor = page.next;
    if (cursor !== null) continue;
    await writeFile(file, salesCsv(lines, page.currency, page.country, currencyDigits(page.currency)));
    const sales = new Set(lines.map(({ label }) => label)).size;
    return { value: { file, sales, lines: lines.length }, text: `${sales} sales in ${file}` };
  }
}

async function exportInvoices(options: Options, reach: Reach, name: string, file: string): Spoken {
  const papers: InvoiceFileRow[] = [];
  for (let cursor: number | null = 0; ;) {
    const page: Answer<'keptInvoices'> = await must(options, reach, 'keptInvoices', { params: { name }, query: { cursor } });
    papers.push(...page.rows);
    cursor = page.next;
    if (cursor !== null) continue;
    await writeFile(file, invoicesCsv(papers, page.currency, page.country, currencyDigits(page.currency)));
    return { value: { file, invoices: papers.length }, text: `${papers.length} invoices in ${file}` };
  }
}

async function exportClosings(options: Options, reach: Reach, name: string, file: string): Spoken {
  const { text } = await must(options, reach, 'keptAccounts', { params: { name } });
  const { total } = await must(options, reach, 'keptClosings', { params: { name } });
  await writeFile(file, text);
  return { value: { file, closings: total }, text: `${total} closings in ${file}` };
}

async function verify(options: Options, reach: Reach, name: string): Spoken {
  const found = await must(options, reach, 'verifyKept', { params: { name } });
  if (found.problem === null)
    return { value: found, text: `Sound: ${found.chains} chains, ${found.changesets} changesets, ${found.sales} sales.` };
  return fail(options, { code: 'store.corrupt', message: `${name}: ${found.problem}.`, action: 'Copy it from a backup.' });
}
