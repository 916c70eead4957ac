/** The verbs a script needs: status, pair, registers, product, sell, sale, import, storage, verify. */
import type { Command } from 'commander';
import type { Answer } from '../protocol/api/routes.ts';
import { currencyDigits, parseAmount, plainAmount } from '../domain/money.ts';
import { fail, must, readOptions, type Options } from './program.ts';
import type { Reach } from './reach.ts';
import { importFile } from './follow-job.ts';
import { addStorageCommands, sayFuller } from './storage-commands.ts';
import { verb } from './verb.ts';

export function addShopCommands(program: Command): void {
  program.command('status').description('mode, register, where it stands, what waits').action(verb(status));
  program.command('pair').description('a code for one new register, good for ten minutes (master)').action(verb(pair));
  program.command('registers').description('all registers').action(verb(registers));
  addProductCommands(program);
  program
    .command('sell')
    .description('a sale through the register, as a script or a test of the counter would make it')
    .requiredOption('--barcode <code...>', 'what is sold')
    .option('--quantity <count>', 'how many of each', '1')
    .option('--tender <kind>', 'cash or card', 'cash')
    .action(verb(sell));
  const sale = program.command('sale').description('the history');
  sale
    .command('list')
    .option('--limit <count>', 'how many, newest first', '20')
    .option('--search <text>', 'receipt number or amount', '')
    .action(verb(listSales));
  program
    .command('import <file>')
    .description('import a CSV of products')
    .option('--skip-bad', 'leave out rows that cannot be imported')
    .action(verb(importProducts));
  addStorageCommands(program);
  program
    .command('verify')
    .description('check every chain, signature, row and sum of this register’s data; names the first thing that is wrong')
    .option('--archive <file>', 'check an archive file instead, by itself: no data of a shop is needed')
    .action(async (flags: { archive?: string }, command: Command) => {
      const { verify, verifyFile } = await import('./verify-command.ts');
      return flags.archive === undefined ? verify(readOptions(command)) : verifyFile(readOptions(command), flags.archive);
    });
}

async function status(options: Options, reach: Reach): Promise<{ value: unknown; text: string }> {
  const state = await must(options, reach, 'getState');
  if (!state.setUp) return { value: { running: reach.running, setUp: false, version: state.version }, text: 'Not set up yet.' };
  const now = await must(options, reach, 'getStatus');
  const storage = await must(options, reach, 'getStorage');
  const value = {
    running: reach.running,
    version: state.version,
    mode: state.mode,
    register: state.register,
    shop: state.shop,
    online: now.state === 'online',
    ...now,
    hub: storage.postgres,
    addresses: storage.addresses,
    port: storage.port,
    counts: storage.counts,
    copies: storage.copies,
  };
  const stand = `${state.register?.code ?? ''} ${state.register?.name ?? ''}, ${state.mode ?? ''}: ${now.state}; ${now.waitingSales} sales not yet sent; ${storage.counts.products} products, ${storage.counts.sales} sales`;
  const problem = now.problem === null ? '' : `\n${now.problem.message} ${now.problem.action}`;
  return { value, text: `${stand}${problem}${sayOther(now)}${now.state === 'apart' ? sayFuller(storage.copies) : ''}` };
}

function sayOther({ otherMaster }: Answer<'getStatus'>): string {
  if (otherMaster === null) return '';
  const { register, host, port } = otherMaster;
  return `\n${register} at ${host} says that it is the shop’s main register, with other keys. One joins the other, with a code from the one that stays (aurapos pair): aurapos storage slave --master ${host}:${port} --code CODE`;
}

async function pair(options: Options, reach: Reach): Promise<{ value: unknown; text: string }> {
  if (!reach.running)
    return fail(options, {
      code: 'register.not-running',
      message: 'A code is good only while the master runs.',
      action: 'Start AuraPOS first (aurapos start).',
    });
  const code = await must(options, reach, 'startPairing');
  return {
    value: code,
    text: `${code.code}   good for one register until ${new Date(code.expiresAt).toLocaleTimeString()}\non the new register: aurapos setup --mode slave --master ${code.addresses[0] ?? '127.0.0.1'}:${code.port} --code ${code.code}`,
  };
}

async function registers(options: Options, reach: Reach): Promise<{ value: unknown; text: string }> {
  const { rows } = await must(options, reach, 'listRegisters');
  return {
    value: { rows },
    text: rows
      .map((row) => `${row.code}  ${row.name}  ${row.state}${row.isMaster ? ', master' : ''}${row.isThis ? ', this one' : ''}`)
      .join('\n'),
  };
}

function addProductCommands(program: Command): void {
  const product = program.command('product').description('products');
  product
    .command('add')
    .requiredOption('--name <name>')
    .requiredOption('--price <amount>', 'like 12.50')
    .option('--barcode <code...>')
    .action(
      verb(async (options, reach, flags: { name: string; price: string; barcode?: string[] }) => {
        const priceMinor = parseAmount(flags.price, await digits(options, reach));
        if (priceMinor === null)
          return fail(options, { code: 'input.invalid', message: `“${flags.price}” is not a price.`, action: 'Write it like 12.50.' });
        const added = await must(options, reach, 'addProduct', {
          body: { name: flags.name, priceMinor, ...(flags.barcode === undefined ? {} : { codes: flags.barcode }) },
        });
        return { value: added, text: `${added.name} added` };
      }),
    );
  product
    .command('list')
    .option('--search <words>', 'words of the name, a code, a price', '')
    .option('--limit <count>', 'how many', '50')
    .action(
      verb(async (options, reach, flags: { search: string; limit: string }) => {
        const page = await must(options, reach, 'listProducts', { query: { search: flags.search, limit: Number(flags.limit) } });
        const places = await digits(options, reach);
        return {
          value: page,
          text: page.rows.map((row) => `${row.codes[0] ?? ''}\t${plainAmount(row.priceMinor, places)}\t${row.name}`).join('\n'),
        };
      }),
    );
}

async function digits(options: Options, reach: Reach): Promise<number> {
  const { shop } = await must(options, reach, 'getState');
  return currencyDigits(shop?.currency ?? 'EUR');
}

async function sell(
  options: Options,
  reach: Reach,
  flags: { barcode: string[]; quantity: string; tender: string },
): Promise<{ value: unknown; text: string }> {
  const quantityMilli = Math.round(Number(flags.quantity) * 1000);
  let cart = await must(options, reach, 'getCart');
  for (const code of flags.barcode) cart = await must(options, reach, 'scan', { body: { code, quantityMilli } });
  const { rows } = await must(options, reach, 'listPaymentMethods');
  const method = rows.find(({ kind, active }) => active && kind === flags.tender);
  if (method === undefined)
    return fail(options, { code: 'input.not-found', message: `There is no way to pay “${flags.tender}”.`, action: 'Use cash or card.' });
  const step = method.roundingStepMinor ?? 1;
  const amountMinor = method.givesChange ? Math.ceil(cart.totalMinor / step) * step : cart.totalMinor;
  const receipt = await must(options, reach, 'pay', {
    body: { cart: cart.id, totalMinor: cart.totalMinor, tenders: [{ method: method.id, amountMinor }] },
  });
  return {
    value: receipt,
    text: `${receipt.label}  ${plainAmount(receipt.dueMinor, currencyDigits(receipt.currency))} ${receipt.currency}`,
  };
}

async function listSales(
  options: Options,
  reach: Reach,
  flags: { limit: string; search: string },
): Promise<{ value: unknown; text: string }> {
  const page = await must(options, reach, 'listSales', { query: { limit: Number(flags.limit), search: flags.search } });
  const places = await digits(options, reach);
  return {
    value: page,
    text: page.rows
      .map(
        (row) =>
          `${row.label}\t${new Date(row.completedAt).toISOString()}\t${plainAmount(row.totalMinor, places)}\t${row.state}\t${row.summary}`,
      )
      .join('\n'),
  };
}

async function importProducts(
  options: Options,
  reach: Reach,
  flags: { skipBad?: boolean },
  args: readonly string[],
): Promise<{ value: unknown; text: string }> {
  const rows = await importFile(options, reach, args[0] ?? '', flags.skipBad ?? false);
  return { value: { imported: rows }, text: `${rows} products imported` };
}

/** Reads the store itself, so that it works beside a running register and when none will start. */
