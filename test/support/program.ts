/** What tests and benches start: the program as `npm test` built it, or its sources where a test is run by itself. */
import { join } from 'node:path';

/** What is run where a single source is to be another than it is. */
export const SOURCES = join(import.meta.dirname, '../../src/cli/main.ts');
export const PROGRAM = process.env['AURAPOS_PROGRAM'] ?? SOURCES;
