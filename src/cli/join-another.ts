/** `aurapos storage slave` on a single register: joins another shop with data of its own. Says first what is here and what of it is there. */
import { systemClock } from '../base/clock.ts';
import { currencyDigits, plainAmount } from '../domain/money.ts';
import type { Answer } from '../protocol/api/routes.ts';
import { followJob } from './follow-job.ts';
import { fail, must, reachRegister, type Options } from './program.ts';
import { reachRunning, type Reach } from './reach.ts';
import { readAddress } from './read-address.ts';

export interface JoinFlags {
  readonly master?: string;
  readonly code?: string;
  readonly join: string;
  readonly yes?: boolean;
  readonly cancel?: boolean;
}

type Spoken = Promise<{ value: unknown; text: string }>;
type Joining = NonNullable<Answer<'getJoining'>['joining']>;

const PARTS = ['products', 'customers', 'sales'] as const;

export async function joinAnother(options: Options, reach: Reach, flags: JoinFlags): Spoken {
  if (flags.cancel === true) return callOff(options, reach);
  const choices = readChoices(options, flags.join);
  if (flags.code !== undefined) {
    const { host, port } = readAddress(flags.master ?? '');
    await followJob(options, reach, (await must(options, reach, 'compareShops', { body: { host, port, code: flags.code } })).job);
  }
  const { joining } = await must(options, reach, 'getJoining');
  if (joining === null)
    return fail(options, {
      code: 'joining.none',
      message: 'This register is not about to join another shop.',
      action: 'Give the master’s address and a pairing code: --master HOST --code CODE.',
    });
  const found = describe(joining);
  if (flags.yes !== true || choices === null)
    return {
      value: { joining },
      text: `${found}\n\nNothing has changed yet. Go on with: aurapos storage slave --join products,customers,sales --yes\nor with --join nothing, or stay as it is with --cancel.`,
    };
  if (!options.json) process.stderr.write(`${found}\n`);
  const { job } = await must(options, reach, 'bringOver', { body: choices });
  await followJob(options, reach, job);
  await startAnew(options, reach);
  return { value: { mode: 'slave', shop: joining.shop, brought: choices }, text: `Multi-register — Slave of ${joining.shop}.` };
}

async function callOff(options: Options, reach: Reach): Spoken {
  const { told } = await must(options, reach, 'callOffJoining');
  const left = told ? '' : ' If the shop’s list of registers shows this one, revoke it there.';
  return { value: { told }, text: `This register stays as it is.${left}` };
}

/** Null where nothing was said: what is here is only shown then. */
function readChoices(options: Options, text: string): Record<(typeof PARTS)[number], boolean> | null {
  if (text === '') return null;
  const parts = text === 'nothing' ? [] : text.split(',').map((part) => part.trim());
  const unknown = parts.find((part) => !PARTS.some((known) => known === part));
  if (unknown !== undefined)
    return fail(options, {
      code: 'input.invalid',
      message: `${unknown} is nothing that comes along.`,
      action: 'Say --join products,customers,sales, or some of them, or nothing.',
    });
  return { products: parts.includes('products'), customers: parts.includes('customers'), sales: parts.includes('sales') };
}

/** What is here, beside what the shop has. */
function describe({ shop, holdings, open }: Joining): string {
  if (holdings === null) return `The data of ${shop} has not all come yet.`;
  const { products, customers, sales, currency } = holdings;
  const digits = currencyDigits(currency);
  const day = (value: number | null): string => String(value).replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
  const days = sales.firstDay === null ? '' : `, ${day(sales.firstDay)} to ${day(sales.lastDay)}`;
  return [
    `This register, beside ${shop}:`,
    `  products   ${products.fresh} new to it, ${products.matching} that it has by barcode (${products.differing} under another name or price: the shop’s stands)`,
    ...products.examples
      .slice(0, 5)
      .map(
        (one) =>
          `               ${one.code}  ${one.name} ${plainAmount(one.priceMinor, digits)} -> ${one.shopName} ${plainAmount(one.shopPriceMinor, digits)}`,
      ),
    `  customers  ${customers.fresh} new to it, ${customers.matching} that it has by name and phone`,
    `  sales      ${sales.sales}, ${plainAmount(sales.totalMinor, digits)} ${currency}${days}`,
    ...(open.length === 0 ? [] : [`  to end first: ${open.map((thing) => ENDS[thing]).join('; ')}`]),
  ].join('\n');
}

const ENDS: Readonly<Record<Joining['open'][number], string>> = {
  shift: 'close the shift and count the drawer',
  cart: 'pay or clear the open cart',
  held: 'pay or clear the held carts',
  card: 'settle the card payment',
};

const STARTS_WITHIN_MS = 60_000;
const LOOK_MS = 100;

/** The register is taken apart and put together over the other store; one that was only there for this command does that here. */
async function startAnew(options: Options, reach: Reach): Promise<void> {
  if (!reach.running) {
    await reach.close();
    await (await reachRegister(options)).close();
    return;
  }
  const until = systemClock.monotonicMs() + STARTS_WITHIN_MS;
  while (systemClock.monotonicMs() < until) {
    const anew = await reachRunning(options.data);
    // It may be taken apart between two questions.
    const state = await anew?.call('getState').catch(() => null);
    if (state?.ok === true && state.value.mode === 'slave') return;
    const stand = await anew?.call('getJoining').catch(() => null);
    const problem = stand?.ok === true ? (stand.value.joining?.problem ?? null) : null;
    if (problem !== null) return fail(options, problem);
    await systemClock.sleep(LOOK_MS);
  }
}
