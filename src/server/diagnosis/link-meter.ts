/**
 * Measures the round trip to the shop's database: a small question ten times a second over a connection of its own. TCP hides a lost packet
 * behind a late answer, so what comes later than any wait for a cable counts as lost. One measurement at a time; the last one stays readable.
 */
import type { Log } from '../../base/log.ts';
import { asResult } from '../../base/result.ts';
import { measureRoundTrips } from '../../hub/examine-hub.ts';
import type { HubAddress, LinkTools } from '../../hub/pg-link.ts';
import type { Answer } from '../../protocol/api/routes.ts';
import { atScreen, found, refusedCheck, type Check } from './finding.ts';
import { share } from './share.ts';

export type LinkView = Answer<'getLink'>;

const EVERY_MS = 100;
/** The soonest that a lost packet is sent again is 200 ms after it. */
const LOST_AFTER_MS = 190;
const POOR_P50_MS = 40;
const POOR_P99_MS = 150;
const POOR_LOST_SHARE = 0.01;
const BAD_LOST_SHARE = 0.3;

export interface LinkMeter {
  /** Goes on with the one that runs already. */
  start(address: HubAddress, seconds: number): void;
  view(): LinkView;
}

export function makeLinkMeter(tools: LinkTools & { readonly log: Log }): LinkMeter {
  let state: LinkView['state'] = 'none';
  let seconds = 0;
  let samples: (number | null)[] = [];
  let ended: Check | null = null;
  return {
    start: (address, forSeconds) => {
      if (state === 'running') return;
      [state, seconds, samples, ended] = ['running', forSeconds, [], null];
      const onSample = (ms: number | null): void => void samples.push(ms === null ? null : Math.round(ms * 10) / 10);
      const how = { forMs: forSeconds * 1000, everyMs: EVERY_MS, onSample };
      void asResult(() => measureRoundTrips(address, tools, how)).then(
        (result) => {
          ended = result.ok ? gradeLink(samples, forSeconds) : refusedCheck('link', result.refusal);
          state = 'done';
        },
        (error: unknown) => {
          tools.log.error('diagnosis.link', { error: String(error) });
          ended = gradeLink(samples, forSeconds);
          state = 'done';
        },
      );
    },
    view: () => ({ state, seconds, samples, ...figures(samples), check: ended }),
  };
}

function figures(samples: readonly (number | null)[]): Pick<LinkView, 'asked' | 'lost' | 'p50Ms' | 'p99Ms'> {
  const answered = samples.filter((ms) => ms !== null);
  return {
    asked: samples.length,
    lost: samples.filter((ms) => ms === null || ms > LOST_AFTER_MS).length,
    p50Ms: share(answered, 0.5),
    p99Ms: share(answered, 0.99),
  };
}

/** Good, or a Wi-Fi that wants a cable, or a network nobody can work over. */
export function gradeLink(samples: readonly (number | null)[], seconds: number): Check {
  const { asked, lost, p50Ms, p99Ms } = figures(samples);
  const params = { p50: p50Ms ?? 0, p99: p99Ms ?? 0, lost, asked, seconds };
  if (p50Ms === null || lost > asked * BAD_LOST_SHARE) return found('link', 'bad', 'bad', { params, mend: atScreen('registers') });
  const poor = p50Ms > POOR_P50_MS || (p99Ms ?? 0) > POOR_P99_MS || lost > asked * POOR_LOST_SHARE;
  return poor ? found('link', 'poor', 'poor', { params, mend: atScreen('registers') }) : found('link', 'good', 'good', { params });
}
