/**
 * The entry point: settles how the process runs, then hands over to the command line. What Node made of the sources is kept between starts
 * (a third off the start, and the memory that the compiler of TypeScript would hold); reading threads find it by the environment. The
 * space for young objects stays small: a register makes much that lives for one request, and left alone V8 grows by 130 MB for it. The old
 * ones are looked through again once they are a third more than what lived the last time; left alone V8 waits for several times as much.
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

const folder = join(import.meta.dirname, '../../.cache/compiled');
enableCompileCache(folder);
process.env['NODE_COMPILE_CACHE'] = folder;
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=30');
await import('./commands.ts');
