/**
 * The command line: `aurapos start`, and the verbs a script needs. Each verb talks to the running register of its data folder, or puts one
 * together for as long as it takes; both ways it is the same HTTP API. With --json it prints one JSON document. Exit code 0, or 1 with a
 * code, what is true, what to do.
 */
import { Command, Option } from 'commander';
import { addBackupCommands } from './backup-commands.ts';
import { addClosingCommand } from './closing-command.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addPrinterCommands } from './printer-commands.ts';
import { addShopCommands } from './shop-commands.ts';
import { addSetUpCommand } from './set-up-command.ts';
import { addStartCommand } from './start-command.ts';
import { addFiscalCommand } from './fiscal-command.ts';
import { addTaxCommands } from './tax-commands.ts';
import { addTerminalCommand } from './terminal-command.ts';
import { DEFAULT_DATA_FOLDER } from './program.ts';
import { VERSION } from './version.ts';

const program = new Command('aurapos')
  .description('A point of sale that keeps selling. Every command takes --data DIR; --json prints one JSON document.')
  .version(VERSION)
  .addOption(new Option('--data <dir>', 'the register’s data folder').default(DEFAULT_DATA_FOLDER).env('AURAPOS_DATA'))
  .option('--json', 'print one JSON document');

addStartCommand(program);
addSetUpCommand(program);
addShopCommands(program);
addClosingCommand(program);
addTaxCommands(program);
addPrinterCommands(program);
addDoctorCommand(program);
addBackupCommands(program);
addTerminalCommand(program);
addFiscalCommand(program);
// --data and --json may stand before or after the verb.
for (const command of program.commands) inherit(command);

function inherit(command: Command): void {
  command.option('--data <dir>', 'the register’s data folder').option('--json', 'print one JSON document');
  for (const child of command.commands) inherit(child);
}

await program.parseAsync();
