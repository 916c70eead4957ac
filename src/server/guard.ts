/**
 * What a web page elsewhere could try against 127.0.0.1 (faults.md 38): only our own host names, writes only from our own pages and as JSON
 * (which a form cannot send), no CORS, a strict content policy. Runs before everything else.
 */
import type { MiddlewareHandler } from 'hono';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const WRITE_TYPES = ['application/json', 'text/csv'];

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export function guard(port: () => number): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host') ?? '';
    if (!ownHosts(port()).includes(host)) return context.text('This register answers only on its own machine.', 421);
    if (!SAFE.has(context.req.method)) {
      const origin = context.req.header('origin');
      const site = context.req.header('sec-fetch-site');
      if (origin !== undefined && origin !== `http://${host}`) return context.text('Writes come from this register’s own screen.', 403);
      if (site !== undefined && site !== 'same-origin' && site !== 'none')
        return context.text('Writes come from this register’s own screen.', 403);
      const type = (context.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
      if (!WRITE_TYPES.includes(type)) return context.text('Send application/json.', 415);
    }
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
    return undefined;
  };
}

function ownHosts(port: number): string[] {
  return ['127.0.0.1', 'localhost', '[::1]'].map((name) => (port === 80 ? name : `${name}:${port}`));
}
