/** `aurapos verify`: a register's data or an archive file, read by itself. */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Database } from '../store/database.ts';
import { verifyArchive } from '../store/verify-archive.ts';
import { verifyStore } from '../store/verify.ts';
import { fail, say, type Options } from './program.ts';

export function verify(options: Options): void {
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

export async function verifyFile(options: Options, file: string): Promise<void> {
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
