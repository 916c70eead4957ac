/** The built screens: files by their hashed names for ever, everything else the one page. Nothing outside dist/ui is ever served. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Context } from 'hono';

const FOLDER = new URL('../../dist/ui/', import.meta.url).pathname;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
  '.json': 'application/json',
};

interface File {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly gzip: Buffer<ArrayBuffer> | null;
  readonly type: string;
  readonly etag: string;
}

let files: Map<string, File> | undefined;

/** All files, read once: a few hundred kB that are asked for at every start of a screen. */
function readFiles(): Map<string, File> {
  const found = new Map<string, File>();
  if (!existsSync(FOLDER)) return found;
  for (const entry of readdirSync(FOLDER, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    const type = TYPES[extname(entry.name)] ?? 'application/octet-stream';
    const gzip = /text|json|svg/.test(type) ? gzipSync(bytes) : null;
    found.set(`/${path.slice(FOLDER.length)}`, {
      bytes,
      gzip,
      type,
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 16)}"`,
    });
  }
  return found;
}

export function serveScreen(context: Context): Response {
  files ??= readFiles();
  const file = files.get(context.req.path) ?? files.get('/index.html');
  if (file === undefined) return context.text('The screens are not built. Run: npm run build', 503);
  if (context.req.header('if-none-match') === file.etag) return context.body(null, 304);
  const zipped = file.gzip !== null && (context.req.header('accept-encoding') ?? '').includes('gzip');
  const forever = context.req.path.startsWith('/assets/');
  return new Response(zipped && file.gzip !== null ? file.gzip : file.bytes, {
    headers: {
      'content-type': file.type,
      etag: file.etag,
      'cache-control': forever ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    },
  });
}
