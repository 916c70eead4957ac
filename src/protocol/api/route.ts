/**
 * How the HTTP API is written down: one route, its schemas, who may call it. The server validates with it, the screen is typed by it,
 * and /api/openapi.json is made from it. Every answer is JSON; every refusal is { error: { code, params, message, action } }.
 */
import { z } from 'zod';
import type { Id } from '../../base/id.ts';
import type { Right } from '../../domain/rights.ts';

/**
 * Who may call: anyone on this machine; anyone before set-up is done; the same, and later whoever may change the storage; whoever is logged
 * in; whoever is logged in with that right.
 */
export type Access = 'open' | 'setup' | 'joining' | 'login' | Right;

export interface Route<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  A extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As hono spells it: /api/products/:id */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly answer: A;
}

const NOTHING = z.object({});

export function route<
  A extends z.ZodType,
  P extends z.ZodType = typeof NOTHING,
  Q extends z.ZodType = typeof NOTHING,
  B extends z.ZodType = typeof NOTHING,
>(spec: {
  method: Route['method'];
  path: string;
  access: Access;
  summary: string;
  answer: A;
  params?: P;
  query?: Q;
  body?: B;
}): Route<P, Q, B, A> {
  return {
    method: spec.method,
    path: spec.path,
    access: spec.access,
    summary: spec.summary,
    answer: spec.answer,
    params: (spec.params ?? NOTHING) as P,
    query: (spec.query ?? NOTHING) as Q,
    body: (spec.body ?? NOTHING) as B,
  };
}

// ---- shapes every file uses

/** A row of a ledger, the same on every register: the hash of its changeset and its place in it. */
export const rowRef = z.string().regex(/^[0-9a-f]{64}:\d{1,3}$/);
/** UUID of a record row. */
export const idText = z.uuid().transform((text) => text.toLowerCase() as Id);
/** Where something is printed: the printer that receipts go to, or the one named. */
export const onPrinter = z.object({ printer: idText.nullable().default(null) });
/** Minor units of the shop's currency. */
export const minor = z.int();
/** Thousandths: 1000 is one piece, 312 is 0.312 kg. */
export const milli = z.int();
/** UTC milliseconds. */
export const instant = z.int().nonnegative();
export const name = z.string().trim().min(1).max(200);
export const pin = z.string().regex(/^\d{4,12}$/);
export const done = z.object({ done: z.literal(true) });
export const withId = z.object({ id: idText });

export const refusalBody = z.object({
  error: z.object({
    code: z.string(),
    params: z.record(z.string(), z.union([z.string(), z.number()])),
    message: z.string(),
    action: z.string(),
  }),
});

/** A page of a list: `next` is the cursor of the page after, null at the end. */
export function pageOf<T extends z.ZodType>(row: T) {
  return z.object({ rows: z.array(row), next: z.string().nullable(), total: z.int() });
}

export const pageQuery = z.object({
  search: z.string().max(200).default(''),
  sort: z.string().max(40).default(''),
  cursor: z.string().max(400).default(''),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
