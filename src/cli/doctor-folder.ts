/** What doctor finds of a register that does not run. */
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import type { Answer } from '../protocol/api/routes.ts';
import { diagnose, diagnoseFolder } from '../server/diagnosis/diagnose.ts';
import { hubOf } from '../server/diagnosis/shop-checks.ts';
import { beginSupportFile, makeSupportFile } from '../server/diagnosis/support-file.ts';
import { makeRuntime } from './own-register.ts';
import type { Options } from './program.ts';
import { VERSION } from './version.ts';

const LOOK_MS = 200;

/** What a register says of itself, whichever way it is asked. */
export interface Found {
  readonly running: boolean;
  readonly diagnosis: Answer<'diagnose'>;
  readonly link: Answer<'getLink'> | null;
  readonly bundle: object | null;
}

/** Opens the store without connecting it to anything; a store that does not open still has a disk and a log. */
export async function askFolder(options: Options, seconds: number, withBundle: boolean): Promise<Found> {
  const started = makeRuntime(options.data, silentLog, '*');
  if (!started.ok) {
    const input = { dataFolder: options.data, version: VERSION };
    const diagnosis = await diagnoseFolder({ ...input, clock: systemClock, refusal: started.refusal });
    return { running: false, diagnosis, link: null, bundle: await beginSupportFile(input, diagnosis) };
  }
  const { runtime, stop } = started.value;
  const diagnosis = await diagnose(runtime);
  const address = await hubOf(runtime);
  const isReached = diagnosis.checks.some(({ id, level }) => id === 'hub' && level === 'good');
  if (address !== null && isReached && seconds > 0) {
    runtime.linkMeter.start(address, seconds);
    while (runtime.linkMeter.view().state === 'running') await systemClock.sleep(LOOK_MS);
  }
  const link = runtime.linkMeter.view();
  const bundle = withBundle ? await makeSupportFile(runtime) : null;
  await stop({ server: 'leave' });
  return { running: false, diagnosis, link: link.state === 'none' ? null : link, bundle };
}
