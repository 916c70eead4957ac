/** The whole diagnosis of a register, whatever its mode and whether or not it runs: one line a check, in the order they are read. */
import type { Answer } from '../../protocol/api/routes.ts';
import type { Clock } from '../../base/clock.ts';
import type { Refusal } from '../../base/result.ts';
import type { Runtime } from '../runtime.ts';
import { found, refusedCheck } from './finding.ts';
import { checkDisk, checkPace, checkPrinters, checkStore } from './machine-checks.ts';
import { checkMaster, checkSlave } from './shop-checks.ts';

export type Diagnosis = Answer<'diagnose'>;

export async function diagnose(runtime: Runtime): Promise<Diagnosis> {
  const { clock, dataFolder, version, network, disk } = runtime;
  const mode = network.mode();
  const own = [checkStore(runtime), checkDisk(dataFolder, disk), await checkPace(dataFolder, clock), ...(await checkPrinters(runtime))];
  const shop =
    mode === 'master'
      ? await checkMaster(runtime)
      : mode === 'slave'
        ? await checkSlave(runtime)
        : [found('version', 'good', 'good', { params: { version } })];
  return { madeAt: clock.nowMs(), version, mode, checks: [...shop, ...own] };
}

/** Where the store does not open: why, and what the machine says of itself. */
export async function diagnoseFolder(input: {
  readonly dataFolder: string;
  readonly version: string;
  readonly clock: Clock;
  readonly refusal: Refusal;
}): Promise<Diagnosis> {
  const { dataFolder, version, clock, refusal } = input;
  const checks = [refusedCheck('store', refusal), checkDisk(dataFolder), await checkPace(dataFolder, clock)];
  return { madeAt: clock.nowMs(), version, mode: null, checks };
}
