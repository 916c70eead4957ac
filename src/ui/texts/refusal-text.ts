/** A refusal in the screen's language: what is true, and what to do. A code without a translation keeps the register's own words. */
import { exists, t } from 'i18next';
import { ApiError, type RefusalWords } from '../api/call.ts';

export interface ProblemText {
  readonly message: string;
  readonly action: string;
}

export function refusalText(refusal: RefusalWords): ProblemText {
  const say = (part: 'message' | 'action'): string => {
    const key = `refusal.${refusal.code}.${part}`;
    return exists(key) ? t(key, refusal.params) : refusal[part];
  };
  return { message: say('message'), action: say('action') };
}

export function errorText(error: unknown): ProblemText {
  if (error instanceof ApiError) return refusalText(error.refusal);
  return { message: t('refusal.screen.failed.message', { status: '' }), action: t('refusal.screen.failed.action') };
}

/** The code of a refusal, or null for anything else. */
export function refusalCode(error: unknown): string | null {
  return error instanceof ApiError ? error.refusal.code : null;
}
