/** The verbs a script needs: status, pair, registers, product, sell, sale, import, storage, verify. */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { currencyDigits, parseAmount, plainAmount } from '../domain/money.ts';
import { Database } from '../store/database.ts';
import { verifyArchive } from '../store/verify-archive.ts';
import { verifyStore } from '../store/verify.ts';
import { fail, must, readOptions, reachRegister, say, type Options, type Reach } from './program.ts';
import { readHubFlags, type HubFlags } from './hub-flags.ts';
import { followJob, importFile } from './follow-job.ts';

/** Runs one verb against the register and ends the program. */
export function verb<F>(
  work: (options: Options, reach: Reach, flags: F, args: readonly string[]) => Promise<{ value: unknown; text: string }>,
) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const flags = given.at(-2) as F;
    const options = readOptions(command);
    const reach = await reachRegister(options);
    const { value, text } = await work(options, reach, flags, command.args);
    await reach.close();
    say(options, value, text);
    process.exit(0);
  };
}

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
  const storage = program.command('storage').description('change the storage mode');
  storage
    .command('master')
    .description('from a single register to the master of several')
    .option('--hub-port <port>', 'port of the shop’s database', '5432')
    .option('--hub-url <url>', 'a PostgreSQL 18 or newer elsewhere: postgres://USER:PASSWORD@HOST:PORT,HOST:PORT')
    .option('--hub-ca <file>', 'CA of its certificates, PEM')
    .action(verb(storageMaster));
  storage
    .command('take-over')
    .description('a slave becomes the master of its shop, with the owner’s recovery code')
    .option('--code <code>', 'the owner’s recovery code')
    .option('--without-code', 'the code is lost: new keys are made, and every other register is paired again')
    .option('--hub-port <port>', 'port of the shop’s database', '5432')
    .action(verb(storageTakeOver));
  storage
    .command('slave')
    .description('a master that another register replaced joins that one; with a code: a register joins its shop again')
    .option('--master <host[:port]>', 'address of the master, with --code')
    .option('--code <code>', 'pairing code shown on the master')
    .action(verb(storageSlave));
  storage.command('single').description('this register is on its own from now on, with all that it holds').action(verb(storageSingle));
  storage.command('address <host[:port]>').description('tell a slave where its master is now').action(verb(storageAddress));
  program
    .command('verify')
    .description('check every chain, signature, row and sum of this register’s data; names the first thing that is wrong')
    .option('--archive <file>', 'check an archive file instead, by itself: no data of a shop is needed')
    .action((flags: { archive?: string }, command: Command) =>
      flags.archive === undefined ? verify(command) : verifyFile(flags.archive, command),
    );
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
  };
  const stand = `${state.register?.code ?? ''} ${state.register?.name ?? ''}, ${state.mode ?? ''}: ${now.state}; ${now.waitingSales} sales not yet sent; ${storage.counts.products} products, ${storage.counts.sales} sales`;
  const text = now.problem === null ? stand : `${stand}\n${now.problem.message} ${now.problem.action}`;
  return { value, text };
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

async function storageAddress(
  options: Options,
  reach: Reach,
  _flags: object,
  args: readonly string[],
): Promise<{ value: unknown; text: string }> {
  const body = readAddress(args[0] ?? '');
  await must(options, reach, 'setMasterAddress', { body });
  return { value: body, text: `The master is at ${body.host}:${body.port}.` };
}

async function storageMaster(
  options: Options,
  reach: Reach,
  flags: HubFlags & { hubPort: string },
): Promise<{ value: unknown; text: string }> {
  const { job } = await must(options, reach, 'toMaster', { body: { hubPort: Number(flags.hubPort), ...readHubFlags(options, flags) } });
  const { recoveryCode } = await followJob(options, reach, job);
  return {
    value: { mode: 'master', recoveryCode },
    text: `Multi-register — Master.\nThe owner’s recovery code, shown once. Print it and keep it safe:\n\n  ${recoveryCode ?? ''}\n`,
  };
}

async function storageTakeOver(
  options: Options,
  reach: Reach,
  flags: { code?: string; withoutCode?: boolean; hubPort: string },
): Promise<{ value: unknown; text: string }> {
  if ((flags.code === undefined) === (flags.withoutCode !== true))
    return fail(options, {
      code: 'input.invalid',
      message: 'Taking over needs the owner’s recovery code.',
      action: 'Give it with --code. If it is lost, say --without-code: every other register is paired again then.',
    });
  const { job } = await must(options, reach, 'takeOver', { body: { recoveryCode: flags.code ?? null, hubPort: Number(flags.hubPort) } });
  const { recoveryCode } = await followJob(options, reach, job);
  const text =
    recoveryCode === null ? '' : `\nThe owner’s new recovery code, shown once. Print it and keep it safe:\n\n  ${recoveryCode}\n`;
  return { value: { mode: 'master', recoveryCode }, text: `Multi-register — Master.${text}` };
}

async function storageSlave(
  options: Options,
  reach: Reach,
  flags: { master?: string; code?: string },
): Promise<{ value: unknown; text: string }> {
  const { host, port } = readAddress(flags.master ?? '');
  if (flags.code === undefined) await must(options, reach, 'joinNewMaster');
  else await followJob(options, reach, (await must(options, reach, 'joinAgain', { body: { host, port, code: flags.code } })).job);
  return { value: { mode: 'slave' }, text: 'Multi-register — Slave.' };
}

async function storageSingle(options: Options, reach: Reach): Promise<{ value: unknown; text: string }> {
  await must(options, reach, 'toSingle');
  return { value: { mode: 'single' }, text: 'Single-register.' };
}

/** `host` or `host:port`. */
function readAddress(text: string): { readonly host: string; readonly port: number } {
  const address = /^(.+?)(?::(\d+))?$/.exec(text);
  return { host: address?.[1] ?? '', port: Number(address?.[2] ?? 5432) };
}

/** Reads the store itself, so that it works beside a running register and when none will start. */
function verify(command: Command): void {
  const options = readOptions(command);
  const db = new Database(join(options.data, 'store.db'), { readOnly: true });
  const verified = verifyStore(db);
  db.close();
  const { problem } = verified;
  say(
    options,
    verified,
    problem === null
      ? `In order: ${verified.chains} chains, ${verified.changesets} changes, ${verified.sales} sales.`
      : `Wrong: ${problem.where}: ${problem.what}`,
  );
  process.exit(verified.ok ? 0 : 1);
}

async function verifyFile(file: string, command: Command): Promise<void> {
  const options = readOptions(command);
  if (!existsSync(file)) return fail(options, { code: 'input.not-found', message: `There is no file ${file}.`, action: 'Check its name.' });
  const verified = await verifyArchive(createInterface({ input: createReadStream(file), crlfDelay: Infinity }));
  const { problem } = verified;
  say(
    options,
    verified,
    problem === null
      ? `In order: ${verified.period}, ${verified.zs} Z, ${verified.changesets} changes, ${verified.sales} sales.\nSigned under ${verified.fingerprint}`
      : `Wrong: ${problem.where}: ${problem.what}`,
  );
  process.exit(verified.ok ? 0 : 1);
}
