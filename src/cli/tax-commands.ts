/** `aurapos tax list|add`: the taxes of the shop, each with its rate or with the taxes by name that it is made of. */
import type { Command } from 'commander';
import { taxName } from '../domain/country.ts';
import { fail, must, type Options } from './program.ts';
import type { Reach } from './reach.ts';
import { verb } from './verb.ts';

/** Of a per cent. */
const PERCENT_PPM = 10_000;

interface AddFlags {
  readonly name: string;
  readonly percent?: string;
  readonly part?: readonly string[];
}

export function addTaxCommands(program: Command): void {
  const tax = program.command('tax').description('taxes of the shop');
  tax.command('list').action(verb(list));
  tax
    .command('add')
    .requiredOption('--name <name>')
    .option('--percent <rate>', 'like 20 or 5.5')
    .option('--part <name=rate...>', 'several taxes at once, in place of --percent: --part GST=5 --part PST=7')
    .action(verb(add));
}

async function list(options: Options, reach: Reach): Promise<{ value: unknown; text: string }> {
  const { rows } = await must(options, reach, 'listTaxCategories');
  return { value: { rows }, text: rows.map((tax) => `${tax.name}\t${taxName(tax)}`).join('\n') };
}

async function add(options: Options, reach: Reach, { name, percent, part }: AddFlags): Promise<{ value: unknown; text: string }> {
  const parts = part?.map((text) => {
    const [, label = '', rate = ''] = /^(.+)=([^=]+)$/.exec(text) ?? [];
    return { name: label.trim(), ratePpm: ppmOf(rate) };
  });
  const ratePpm = parts === undefined ? ppmOf(percent ?? '') : parts.reduce((sum, one) => sum + one.ratePpm, 0);
  if (!Number.isSafeInteger(ratePpm) || (percent === undefined) === (parts === undefined))
    return fail(options, {
      code: 'input.invalid',
      message: 'A tax has a rate, as --percent 20, or several taxes by name, as --part GST=5 --part PST=7.',
      action: 'See aurapos tax add --help.',
    });
  const added = await must(options, reach, 'addTax', { body: { name, ratePpm, parts: parts ?? null } });
  return { value: added, text: `${name} added: ${taxName({ ratePpm, parts: parts ?? null })}` };
}

/** NaN for what is no rate. */
function ppmOf(percent: string): number {
  return /^\d{1,3}(\.\d{1,4})?$/.test(percent.trim()) ? Math.round(Number(percent) * PERCENT_PPM) : Number.NaN;
}
