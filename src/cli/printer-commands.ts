/** `aurapos printer add|list|test`: the receipt printers of this register. */
import type { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { PAPER_NAMES, PRINTER_PORT, RECEIPTS_WHEN, type PrinterAddress } from '../domain/printer.ts';
import { fail, must, type Options } from './program.ts';
import type { Reach } from './reach.ts';
import { verb } from './verb.ts';

/** How long the command waits for the test page. */
const TEST_WITHIN_MS = 15_000;
const LOOK_MS = 200;

interface AddFlags {
  readonly name: string;
  readonly host?: string;
  readonly device?: string;
  readonly paper: string;
  readonly receipts: string;
  readonly drawer?: boolean;
}

export function addPrinterCommands(program: Command): void {
  const printer = program.command('printer').description('receipt printers of this register');
  printer
    .command('add')
    .requiredOption('--name <name>')
    .option('--host <host[:port]>', `a printer on the network; port ${PRINTER_PORT} unless said otherwise`)
    .option('--device <file>', 'a printer at a device file, like /dev/usb/lp0')
    .option('--paper <width>', PAPER_NAMES.join(', '), '80mm')
    .option('--receipts <when>', RECEIPTS_WHEN.join(', '), 'always')
    .option('--drawer', 'a cash drawer hangs on it')
    .action(verb(add));
  printer.command('list').action(verb(list));
  printer.command('test <name>').description('print a test page').action(verb(test));
}

async function add(options: Options, reach: Reach, flags: AddFlags): Promise<{ value: unknown; text: string }> {
  const address = addressOf(flags);
  const paper = PAPER_NAMES.find((name) => name === flags.paper);
  const receipts = RECEIPTS_WHEN.find((when) => when === flags.receipts);
  if (address === null || paper === undefined || receipts === undefined)
    return fail(options, {
      code: 'input.invalid',
      message: 'A printer is at --host or at --device, with --paper and --receipts as the help lists them.',
      action: 'See aurapos printer add --help.',
    });
  const added = await must(options, reach, 'addPrinter', {
    body: { name: flags.name, address, paper, receipts, drawer: flags.drawer ?? false },
  });
  return { value: added, text: `${added.name} added. Try it: aurapos printer test "${added.name}"` };
}

function addressOf({ host, device }: AddFlags): PrinterAddress | null {
  if ((host === undefined) === (device === undefined)) return null;
  if (device !== undefined) return { kind: 'device', path: device };
  const [, name = '', port = String(PRINTER_PORT)] = /^(.+?)(?::(\d+))?$/.exec(host ?? '') ?? [];
  return { kind: 'network', host: name, port: Number(port) };
}

async function list(options: Options, reach: Reach): Promise<{ value: unknown; text: string }> {
  const { rows } = await must(options, reach, 'listPrinters');
  return {
    value: { rows },
    text: rows
      .map(({ name, address, paper, receipts, drawer, problem }) => {
        const at = address.kind === 'network' ? `${address.host}:${address.port}` : address.path;
        return `${name}\t${at}\t${paper}\treceipts ${receipts}${drawer ? '\tdrawer' : ''}${problem === null ? '' : `\t${problem}`}`;
      })
      .join('\n'),
  };
}

async function test(options: Options, reach: Reach, _flags: object, args: readonly string[]): Promise<{ value: unknown; text: string }> {
  const { rows } = await must(options, reach, 'listPrinters');
  const printer = rows.find(({ name }) => name === args[0]);
  if (printer === undefined)
    return fail(options, {
      code: 'input.not-found',
      message: `There is no printer ${args[0] ?? ''}.`,
      action: 'See aurapos printer list.',
    });
  await must(options, reach, 'testPrinter', { params: { id: printer.id } });
  const untilMs = systemClock.monotonicMs() + TEST_WITHIN_MS;
  for (;;) {
    const job = (await must(options, reach, 'listPrintJobs')).rows.find((row) => row.printer === printer.id && row.label === null);
    if (job === undefined) return { value: { printed: true }, text: 'Printed.' };
    if (job.state === 'cut' || systemClock.monotonicMs() > untilMs) {
      await reach.call('dropPrintJob', { params: { id: job.id } });
      const problem = job.problem ?? 'not-reachable';
      return fail(options, {
        code: `printer.${problem}`,
        message: `Nothing came out: ${problem}.`,
        action: 'Look at the printer and its address.',
      });
    }
    await systemClock.sleep(LOOK_MS);
  }
}
