/** The shape of one line of a diagnosis, and how its parts are put together. The words lie in the texts of the screens. */
import type { Refusal } from '../../base/result.ts';
import type { Answer } from '../../protocol/api/routes.ts';
import { refusalWords } from '../jobs.ts';

export type Check = Answer<'diagnose'>['checks'][number];
export type Mend = NonNullable<Check['mend']>;

interface Rest {
  readonly params?: Check['params'];
  readonly mend?: Mend | null;
}

export function found(id: Check['id'], finding: string, level: Check['level'], { params = {}, mend = null }: Rest = {}): Check {
  return { id, finding, level, params, refusal: null, mend };
}

/** What is true and what to do are the refusal's own words. */
export function refusedCheck(id: Check['id'], refusal: Refusal, level: Check['level'] = 'bad', mend: Mend | null = null): Check {
  return { id, finding: 'refused', level, params: {}, refusal: refusalWords(refusal), mend };
}

export const atScreen = (...screen: string[]): Mend => ({ kind: 'screen', screen });
export const byCommand = (command: string): Mend => ({ kind: 'command', command });
