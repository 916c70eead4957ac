/**
 * The zstd dictionaries that changesets are compressed with. Number 1 ships with the program and never changes a byte; later ones travel
 * as rows of the table `dictionary`. A sale shrinks to a fifth with it, since what is left is what differs from one sale to the next.
 */
import { readFileSync } from 'node:fs';
import type { Dictionary } from './changeset.ts';

export const FIRST_DICTIONARY: Dictionary = {
  number: 1,
  content: readFileSync(new URL('./dictionary-1.txt', import.meta.url)),
};
