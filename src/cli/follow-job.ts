/** Long work from the command line: waiting for a job to end, handing in a file. */
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { fail, must, type Options, type Reach } from './program.ts';

const LOOK_MS = 100;

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

/** Hands a file in, and waits until it is written. Returns the number of rows imported. */
export async function importFile(options: Options, reach: Reach, file: string, skipBad: boolean): Promise<number> {
  const preview = await must(options, reach, 'openImport', { query: { fileName: basename(file) }, file: await openAsBlob(file) });
  const { job } = await must(options, reach, 'applyImport', { params: { id: preview.id }, body: { skipBad } });
  await followJob(options, reach, job);
  return preview.good;
}
