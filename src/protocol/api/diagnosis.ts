/** Routes of the diagnosis: what is true of this register and its way to the shop, the measured round trips, and the support file. */
import { z } from 'zod';
import { done, instant, refusalBody, route } from './route.ts';

export const CHECKS = [
  'store',
  'disk',
  'fsync',
  'printer',
  'version',
  'postgres',
  'port',
  'firewall',
  'address',
  'subnet',
  'hub',
  'masters',
  'certificate',
  'clock',
  'connections',
  'behind',
  'link',
] as const;

/** What was found says the words: `diagnosis.<id>.<finding>` in the texts; `refused` has the words of its refusal. */
export const check = z.object({
  id: z.enum(CHECKS),
  finding: z.string(),
  level: z.enum(['good', 'poor', 'bad', 'unknown']),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  refusal: refusalBody.shape.error.nullable(),
  mend: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('command'), command: z.string() }),
      /** A screen's address, in parts. */
      z.object({ kind: z.literal('screen'), screen: z.array(z.string()) }),
    ])
    .nullable(),
});

export const diagnosis = z.object({
  madeAt: instant,
  version: z.string(),
  mode: z.enum(['single', 'master', 'slave']).nullable(),
  checks: z.array(check),
});

/** Round trips to the shop's database; a null among the samples is a question without an answer. */
export const linkView = z.object({
  state: z.enum(['none', 'running', 'done']),
  seconds: z.int(),
  samples: z.array(z.number().nullable()),
  asked: z.int(),
  /** Without an answer, or answered so late that a packet must have been sent again. */
  lost: z.int(),
  p50Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  check: check.nullable(),
});

export const DIAGNOSIS = {
  diagnose: route({
    method: 'GET',
    path: '/api/diagnosis',
    access: 'login',
    summary: 'What is true of this register and its way to the shop, and what mends it; takes up to a minute where nothing answers',
    answer: diagnosis,
  }),
  measureLink: route({
    method: 'POST',
    path: '/api/diagnosis/link',
    access: 'login',
    summary: 'Begin to measure the round trip to the shop’s database; one at a time',
    body: z.object({ seconds: z.int().min(1).max(60).default(30) }),
    answer: done,
  }),
  getLink: route({
    method: 'GET',
    path: '/api/diagnosis/link',
    access: 'login',
    summary: 'How the measuring goes, and what came out',
    answer: linkView,
  }),
  getSupportFile: route({
    method: 'GET',
    path: '/api/diagnosis/support',
    access: 'settings',
    summary: 'For whoever helps: figures, checks and the end of the logs; without customer data and without secrets',
    answer: z.record(z.string(), z.unknown()),
  }),
} as const;
