/** `aurapos setup`: the wizard without a screen. */
import type { Command } from 'commander';
import { COUNTRIES } from '../domain/country.ts';
import { fail, must, readOptions, reachRegister, say, type Options } from './program.ts';
import type { Reach } from './reach.ts';
import { readHubFlags, type HubFlags } from './hub-flags.ts';
import { followJob, importFile } from './follow-job.ts';

interface Flags extends HubFlags {
  readonly mode: string;
  readonly register: string;
  readonly shop: string;
  readonly country: string;
  readonly currency?: string;
  readonly language: string;
  readonly owner: string;
  readonly pin: string;
  readonly hubPort: string;
  readonly master?: string;
  readonly database: string;
  readonly code?: string;
  readonly catalogue?: string;
}

export function addSetUpCommand(program: Command): void {
  program
    .command('setup')
    .description('set this register up: single, master of several, or slave of a master')
    .requiredOption('--mode <mode>', 'single, master or slave')
    .option('--register <name>', 'name of this register', 'Front till')
    .option('--shop <name>', 'name of the shop', 'My shop')
    .option('--country <code>', 'country, two letters', 'BE')
    .option('--currency <code>', 'currency, three letters; by country when left out')
    .option('--language <code>', 'language', 'en')
    .option('--owner <name>', 'name of the owner', 'Owner')
    .option('--pin <digits>', 'PIN of the owner, six digits or more', '')
    .option('--hub-port <port>', 'port of the shop’s database (master)', '5432')
    .option('--hub-url <url>', 'a PostgreSQL 18 or newer elsewhere: postgres://USER:PASSWORD@HOST:PORT,HOST:PORT (master)')
    .option('--hub-ca <file>', 'CA of its certificates, PEM; those that everybody trusts when left out (master)')
    .option('--master <host[:port]>', 'address of the master (slave)')
    .option('--database <name>', 'database name (slave); left as it is', 'aurapos')
    .option('--code <code>', 'pairing code shown on the master (slave)')
    .option('--catalogue <file>', 'CSV of products to import; "demo" for the demo shop')
    .action(async (flags: Flags, command: Command) => {
      const options = readOptions(command);
      const reach = await reachRegister(options);
      const result = flags.mode === 'slave' ? await join(options, reach, flags) : await setUp(options, reach, flags);
      await reach.close();
      say(
        options,
        result,
        result.recoveryCode === null
          ? 'Ready to sell.'
          : `Ready to sell.\nThe owner’s recovery code, shown once. Print it and keep it safe:\n\n  ${result.recoveryCode}\n`,
      );
      process.exit(0);
    });
}

interface Ready {
  readonly mode: string;
  readonly recoveryCode: string | null;
  readonly imported: number;
}

async function setUp(options: Options, reach: Reach, flags: Flags): Promise<Ready> {
  const { mode } = flags;
  if (mode !== 'single' && mode !== 'master')
    return fail(options, { code: 'input.invalid', message: `There is no mode “${mode}”.`, action: 'Use single, master or slave.' });
  const country = flags.country.toUpperCase();
  const currency = flags.currency ?? COUNTRIES.find((profile) => profile.country === country)?.currency ?? 'EUR';
  const { job } = await must(options, reach, 'setUp', {
    body: {
      language: flags.language,
      registerName: flags.register,
      mode,
      shop: { name: flags.shop, country, currency },
      owner: { name: flags.owner, pin: flags.pin },
      catalogue: flags.catalogue === 'demo' ? 'demo' : 'empty',
      hubPort: Number(flags.hubPort),
      ...readHubFlags(options, flags),
    },
  });
  const done = await followJob(options, reach, job);
  const file = flags.catalogue === undefined || flags.catalogue === 'demo' ? null : flags.catalogue;
  const imported = file === null ? 0 : await importFile(options, reach, file, true);
  return { mode, recoveryCode: done.recoveryCode, imported };
}

async function join(options: Options, reach: Reach, flags: Flags): Promise<Ready> {
  const address = /^(.+?)(?::(\d+))?$/.exec(flags.master ?? '');
  const host = address?.[1];
  if (host === undefined || flags.code === undefined)
    return fail(options, {
      code: 'input.invalid',
      message: 'A slave needs --master and --code.',
      action: 'Both are on the master: Registers > Pair a register.',
    });
  const at = { host, port: Number(address?.[2] ?? 5432), database: flags.database };
  const tested = await reach.call('testMaster', { body: at });
  // A master that does not answer tests, or has its database elsewhere: the code proves both ends.
  if (!tested.ok && tested.error.code !== 'hub.front-door-closed') {
    await reach.close();
    return fail(options, tested.error);
  }
  if (tested.ok && tested.value.link === 'poor' && !options.json)
    process.stderr.write('The master answers, but slowly: poor Wi-Fi, or a bad cable. Use a network cable.\n');
  const { job } = await must(options, reach, 'join', {
    body: { ...at, language: flags.language, registerName: flags.register, code: flags.code },
  });
  await followJob(options, reach, job);
  return { mode: 'slave', recoveryCode: null, imported: 0 };
}
