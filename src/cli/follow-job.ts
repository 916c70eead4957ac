/** Long work from the command line: waiting for a job to end, handing in a file. */
import { openAsBlob, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { systemClock } from '../base/clock.ts';
import type { Answer } from '../protocol/api/routes.ts';
import { fail, must, type Options } from './program.ts';
import type { Reach } from './reach.ts';

const LOOK_MS = 100;
/** Bad rows of a file that are told one by one, and how much of a bad value. */
const MOST_TOLD = 10;
const LONGEST_QUOTED = 40;

/** Waits for long work to end, telling each step on standard error. */
export async function followJob(options: Options, reach: Reach, id: string): Promise<{ readonly recoveryCode: string | null }> {
  let told = 0;
  for (;;) {
    const job = await must(options, reach, 'getJob', { params: { id } });
    for (const step of job.steps.slice(told, job.state === 'running' ? -1 : undefined)) {
      if (!options.json) process.stderr.write(`  ${step.step}${step.detail === '' ? '' : `: ${step.detail}`}\n`);
      told++;
    }
    if (job.problem !== null) {
      await reach.close();
      return fail(options, job.problem);
    }
    if (job.state !== 'running') return { recoveryCode: job.recoveryCode };
    await systemClock.sleep(LOOK_MS);
  }
}

const WORDS = (
  JSON.parse(readFileSync(new URL('../ui/locales/en.json', import.meta.url), 'utf8')) as { import: { problem: Record<string, string> } }
).import.problem;

/** The first rows that cannot be imported, in the words of the screen. */
function tellBadRows({ errors }: Answer<'openImport'>): void {
  for (const { row, problem, value } of errors.slice(0, MOST_TOLD)) {
    const words = (WORDS[problem] ?? problem).replace('{{value}}', value.slice(0, LONGEST_QUOTED)).replace('{{like}}', '1.99');
    process.stderr.write(`Row ${row}: ${words}\n`);
  }
  process.stderr.write('With --skip-bad the other rows are imported.\n');
}

/** Hands a file in, and waits until it is written. Returns the number of rows imported. */
export async function importFile(options: Options, reach: Reach, file: string, skipBad: boolean): Promise<number> {
  const preview = await must(options, reach, 'openImport', { query: { fileName: basename(file) }, file: await openAsBlob(file) });
  if (preview.bad > 0 && !skipBad && !options.json) tellBadRows(preview);
  const { job } = await must(options, reach, 'applyImport', { params: { id: preview.id }, body: { skipBad } });
  await followJob(options, reach, job);
  return preview.good;
}
