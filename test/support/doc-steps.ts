/** Commands as a page in docs/ gives them, in its order: `sh` blocks marked with the register they are typed on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Step {
  readonly on: string;
  readonly command: string;
}

export function readSteps(file: string): Step[] {
  const text = readFileSync(join(import.meta.dirname, '../../docs', file), 'utf8');
  return [...text.matchAll(/^```sh (\S+)\n([^]*?)^```/gm)].map(([, on = '', body = '']) => ({ on, command: body.trim() }));
}
