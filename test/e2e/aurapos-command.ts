/** The command line as people use it: `aurapos VERB --json`, its one document read back. */
import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { join } from 'node:path';

const BIN = join(import.meta.dirname, '../../bin/aurapos');
const LONGEST_MS = 60_000;

/** Runs it to its end; what it printed as JSON. A non-zero exit fails the test with what it said. */
export function aurapos(folder: string, ...args: readonly string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    execFile(BIN, [...args, '--data', folder, '--json'], { timeout: LONGEST_MS, maxBuffer: 64 * 1024 * 1024 }, (error, out, said) => {
      if (error === null) resolve(JSON.parse(out));
      else reject(new assert.AssertionError({ message: `aurapos ${args.join(' ')}: ${out}${said || error.message}` }));
    });
  });
}
