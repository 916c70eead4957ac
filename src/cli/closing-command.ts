/** `aurapos close-day`: the Z of this register, as a script makes it at night; what it comes to is printed, and on paper where asked for. */
import type { Command } from 'commander';
import { REFUSALS } from '../base/refusals.ts';
import { currencyDigits, plainAmount } from '../domain/money.ts';
import { sumTaxes } from '../domain/tax-parts.ts';
import type { Answer } from '../protocol/api/routes.ts';
import { fail, must, type Options } from './program.ts';
import type { Reach } from './reach.ts';
import { verb } from './verb.ts';

type Z = Answer<'getClosing'>;

export function addClosingCommand(program: Command): void {
  program
    .command('close-day')
    .description('the Z: closes everything this register did since its last one, a Z for each trading day in it')
    .option('--print', 'print each on the receipt printer as well')
    .action(verb(closeDay));
}

async function closeDay(options: Options, reach: Reach, flags: { print?: boolean }): Promise<{ value: unknown; text: string }> {
  const { shop, receiptPrinter } = await must(options, reach, 'getState');
  // Said before: a Z is made once.
  const { message, action } = REFUSALS['printer.none'];
  if (flags.print === true && receiptPrinter === null) return fail(options, { code: 'printer.none', message, action });
  const { closings, register, number } = await must(options, reach, 'closeDay');
  const zs: Z[] = [];
  for (let one = number - closings + 1; one <= number; one++) {
    const query = { kind: 'z', register, number: one } as const;
    zs.push(await must(options, reach, 'getClosing', { query }));
    if (flags.print === true) await must(options, reach, 'printClosing', { query });
  }
  return { value: { zs }, text: zs.map((z) => words(z, shop?.currency ?? 'EUR')).join('\n\n') };
}

function words({ register, number, day, totals, names, turnoverMinor, perpetualMinor }: Z, currency: string): string {
  const amount = (minor: number): string => plainAmount(minor, currencyDigits(currency));
  const rows: [string, string][] = [
    ['turnover', amount(turnoverMinor)],
    [`sales (${totals.sales.count})`, amount(totals.sales.minor)],
    [`refunds (${totals.refunds.count})`, amount(totals.refunds.minor)],
    ...sumTaxes(totals.taxes).map(({ name, ratePpm, taxMinor }): [string, string] => [
      `tax ${name === null ? '' : `${name} `}${ratePpm / 10_000} %`,
      amount(taxMinor),
    ]),
    ...totals.tenders.map(({ method, minor }): [string, string] => [`paid by ${names[method]?.name ?? method}`, amount(minor)]),
    ['perpetual total', amount(perpetualMinor)],
  ];
  return [
    `${register?.code ?? ''} Z ${number ?? ''}, trading day ${day}, ${currency}`,
    ...rows.map(([name, sum]) => `${name}\t${sum}`),
  ].join('\n');
}
