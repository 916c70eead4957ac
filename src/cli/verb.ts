/** A command that asks the register one thing, or tells it one, and ends. */
import type { Command } from 'commander';
import { readOptions, reachRegister, say, type Options } from './program.ts';
import type { Reach } from './reach.ts';

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
