/** What tests and benches start: the program as `npm test` built it, or its sources where a test is run by itself. */
import { join } from 'node:path';

export const PROGRAM = process.env['AURAPOS_PROGRAM'] ?? join(import.meta.dirname, '../../src/cli/main.ts');
