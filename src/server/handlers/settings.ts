/** Handlers of settings that are the whole shop's. */
import { ok, type Result } from '../../base/result.ts';
import type { SETTINGS } from '../../protocol/api/settings.ts';
import { readSelling, setRounding, setSelling } from '../../register/set-selling.ts';
import type { Handlers } from '../handler.ts';
import { actingUser } from './selling.ts';

export const SETTINGS_HANDLERS: Handlers<keyof typeof SETTINGS> = {
  getSelling: ({ register }) => ok(readSelling(register.store.db)),
  setSelling: (runtime, { body, caller }) => done(setSelling(runtime.register, body, actingUser(runtime, caller))),
  setRounding: (runtime, { params, body, caller }) =>
    done(setRounding(runtime.register, params.id, body.stepMinor, actingUser(runtime, caller))),
};

function done(result: Result<null>): Result<{ done: true }> {
  return result.ok ? ok({ done: true }) : result;
}
