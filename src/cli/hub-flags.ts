/** `--hub-url` and `--hub-ca` as the register's API takes them. */
import { readFileSync } from 'node:fs';
import { fail, type Options } from './program.ts';

export interface HubFlags {
  readonly hubUrl?: string;
  /** A file. */
  readonly hubCa?: string;
}

/** Ends the program when the file is not there. */
export function readHubFlags(
  options: Options,
  { hubUrl = null, hubCa }: { hubUrl?: string | null; hubCa?: string },
): { hubUrl: string | null; hubCa: string | null } {
  try {
    return { hubUrl, hubCa: hubCa === undefined ? null : readFileSync(hubCa, 'utf8') };
  } catch (error) {
    return fail(options, {
      code: 'input.invalid',
      message: `The CA could not be read: ${String(error)}.`,
      action: 'Give a PEM file with --hub-ca.',
    });
  }
}
