/** The long work of joining another shop, as jobs: what a screen or a command starts, and what a start takes up again. */
import type { JoinRequest } from '../network/join-shop.ts';
import { unfinishedJoining } from './joining-desk.ts';
import type { Runtime } from '../runtime.ts';

/** The answer of the finished work reaches its screen before the register starts anew. */
const BEFORE_RESTART_MS = 400;

export function startComparing({ jobs, joining }: Runtime, request: JoinRequest | null): string {
  return jobs.start('compare-shops', (progress) => joining.compare(progress, request));
}

export function startBringing(runtime: Runtime): string {
  const { jobs, joining, clock } = runtime;
  return jobs.start('bring-over', async (progress) => {
    const brought = await joining.bring(progress);
    if (brought.ok) void clock.sleep(BEFORE_RESTART_MS).then(() => runtime.restart());
    return brought;
  });
}

export function takeUpJoining(runtime: Runtime): void {
  const unfinished = unfinishedJoining(runtime.joining, runtime.register);
  if (unfinished === 'compare') startComparing(runtime, null);
  if (unfinished === 'bring') startBringing(runtime);
}
