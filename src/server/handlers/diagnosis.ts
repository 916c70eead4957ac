/** Handlers of the diagnosis: the checks, the measured round trips, the support file. */
import { ok, refuse } from '../../base/result.ts';
import type { DIAGNOSIS } from '../../protocol/api/diagnosis.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import { hubOf } from '../diagnosis/shop-checks.ts';
import { makeSupportFile } from '../diagnosis/support-file.ts';
import type { Handlers } from '../handler.ts';

export const DIAGNOSIS_HANDLERS: Handlers<keyof typeof DIAGNOSIS> = {
  diagnose: async (runtime) => ok(await diagnose(runtime)),
  measureLink: async (runtime, { body }) => {
    const address = await hubOf(runtime);
    if (address === null) return refuse('input.not-found', { what: 'database of several registers' });
    runtime.linkMeter.start(address, body.seconds);
    return ok({ done: true });
  },
  getLink: ({ linkMeter }) => ok(linkMeter.view()),
  getSupportFile: async (runtime) => ok({ ...(await makeSupportFile(runtime)) }),
};
