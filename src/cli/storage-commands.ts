/** The verbs of `aurapos storage`: every way between the modes, the owner's recovery code, the shop's keys. */
import type { Command } from 'commander';
import type { Answer } from '../protocol/api/routes.ts';
import { fail, must, type Options } from './program.ts';
import type { Reach } from './reach.ts';
import { followJob } from './follow-job.ts';
import { readHubFlags, type HubFlags } from './hub-flags.ts';
import { readAddress } from './read-address.ts';
import { addKeptCommand } from './kept-command.ts';
import { joinAnother, type JoinFlags } from './join-another.ts';
import { verb } from './verb.ts';

export function addStorageCommands(program: Command): void {
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
    .description(
      'joins a master: with a code the shop it belonged to, or another one that a single register joins; without, the master that replaced it',
    )
    .option('--master <host[:port]>', 'address of the master, with --code')
    .option('--code <code>', 'pairing code shown on the master')
    .option('--join <what>', 'another shop: what comes along, of products,customers,sales; or nothing', '')
    .option('--yes', 'another shop: the comparison was read; bring that, and join')
    .option('--cancel', 'another shop: stay as it is')
    .action(verb(storageSlave));
  storage.command('single').description('this register is on its own from now on, with all that it holds').action(verb(storageSingle));
  storage
    .command('hand-over <register>')
    .description('the master gives its part to another register, by code or name; it takes it by itself')
    .option('--hub-port <port>', 'port of the shop’s database there', '5432')
    .action(verb(storageHandOver));
  storage
    .command('rotate-ca')
    .description('new keys, passwords and recovery code for the shop (on its master), while it sells')
    .action(verb(storageRotate));
  storage
    .command('recovery-code')
    .description('the owner’s recovery code, until it is printed (on the master)')
    .option('--new', 'make another one')
    .option('--printed', 'it is printed: forget it on this machine')
    .action(verb(storageRecoveryCode));
  addKeptCommand(storage);
  storage.command('address <host[:port]>').description('tell a slave where its master is now').action(verb(storageAddress));
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
  const { copies } = await must(options, reach, 'getStorage');
  const { job } = await must(options, reach, 'takeOver', { body: { recoveryCode: flags.code ?? null, hubPort: Number(flags.hubPort) } });
  const { recoveryCode } = await followJob(options, reach, job);
  const text =
    recoveryCode === null ? '' : `\nThe owner’s new recovery code, shown once. Print it and keep it safe:\n\n  ${recoveryCode}\n`;
  return { value: { mode: 'master', recoveryCode, copies }, text: `Multi-register — Master.${sayFuller(copies)}${text}` };
}

/** A line of its own, or nothing. */
export function sayFuller(copies: Answer<'getStorage'>['copies']): string {
  if (copies === null || copies.fuller === null) return '';
  const { code, name, lastSeenAt } = copies.fuller;
  const at = new Date(lastSeenAt).toLocaleString();
  return `\n${code} ${name} held ${copies.lacks} changes more than this register (${at}). They come back with it, or with whoever has them.`;
}

async function storageSlave(options: Options, reach: Reach, flags: JoinFlags): Promise<{ value: unknown; text: string }> {
  if (await isAnother(options, reach, flags)) return joinAnother(options, reach, flags);
  const { host, port } = readAddress(flags.master ?? '');
  if (flags.code === undefined) await must(options, reach, 'joinNewMaster');
  else await followJob(options, reach, (await must(options, reach, 'joinAgain', { body: { host, port, code: flags.code } })).job);
  return { value: { mode: 'slave' }, text: 'Multi-register — Slave.' };
}

/** A single register that never was one of several, or one that is asked to bring something along: the shop is another one. */
async function isAnother(options: Options, reach: Reach, { join, yes, cancel }: JoinFlags): Promise<boolean> {
  if (join !== '' || yes === true || cancel === true) return true;
  const { mode, knowsShop } = await must(options, reach, 'getStorage');
  return mode === 'single' && !knowsShop;
}

async function storageSingle(options: Options, reach: Reach): Promise<{ value: unknown; text: string }> {
  await must(options, reach, 'toSingle');
  return { value: { mode: 'single' }, text: 'Single-register.' };
}

async function storageHandOver(
  options: Options,
  reach: Reach,
  flags: { hubPort: string },
  args: readonly string[],
): Promise<{ value: unknown; text: string }> {
  const [wanted = ''] = args;
  const { rows } = await must(options, reach, 'listRegisters');
  const register = rows.find(({ code, name }) => code === wanted || name === wanted);
  if (register === undefined)
    return fail(options, {
      code: 'input.not-found',
      message: `There is no register ${wanted}.`,
      action: 'See `aurapos registers` for their codes and names.',
    });
  await must(options, reach, 'handOver', { body: { register: register.id, hubPort: Number(flags.hubPort) } });
  return {
    value: { register: register.code },
    text: `Offered to ${register.name}; it becomes the main register as soon as it hears of it.`,
  };
}

async function storageRotate(options: Options, reach: Reach): Promise<{ value: unknown; text: string }> {
  const { recoveryCode } = await followJob(options, reach, (await must(options, reach, 'renewKeys')).job);
  return {
    value: { recoveryCode },
    text: `The shop has new keys. Registers that were off are paired again.\nThe owner’s new recovery code. Print it and keep it safe:\n\n  ${recoveryCode ?? ''}\n`,
  };
}

async function storageRecoveryCode(
  options: Options,
  reach: Reach,
  flags: { new?: boolean; printed?: boolean },
): Promise<{ value: unknown; text: string }> {
  const { code } = flags.new === true ? await must(options, reach, 'renewRecoveryCode') : await must(options, reach, 'showRecoveryCode');
  if (flags.printed === true && code !== null) await must(options, reach, 'recoveryCodePrinted', { body: { code } });
  return { value: { code }, text: code ?? 'It was printed, and is kept nowhere on this machine. Another one: --new' };
}
