/**
 * The support file: checks, figures, settings and the end of the logs, for whoever helps. Everything in it is chosen, nothing is struck out: of
 * a log line its time, event and what cannot be personal; of an error its kind and its place in the program. So no customer, no name that
 * somebody typed and no secret can come along.
 */
import { readFile } from 'node:fs/promises';
import { cpus, freemem, release, totalmem, uptime } from 'node:os';
import { join } from 'node:path';
import { logFile } from '../../hub/cluster.ts';
import type { AnyHub, Hub } from '../../hub/set-up-hub.ts';
import { readMeta } from '../../store/store.ts';
import { readCurrency, readLanguage, readShop } from '../../store/queries/shop.ts';
import { countWaiting } from '../../store/waiting.ts';
import type { Runtime } from '../runtime.ts';
import { viewRegisters } from '../stand.ts';
import type { Check } from './finding.ts';
import { diagnose, type Diagnosis } from './diagnose.ts';

const LOG_LINES = 500;
/** Of meta, what says how the register stands; all else there is keys and accounts. */
const TOLD_META = ['mode', 'hub_port', 'front_door', 'unfinished', 'full_copy'] as const;

export interface SupportFile {
  readonly aurapos: { readonly version: string; readonly node: string };
  readonly machine: Readonly<Record<string, string | number>>;
  readonly diagnosis: Diagnosis;
  readonly log: readonly object[];
  readonly [more: string]: unknown;
}

export async function makeSupportFile(runtime: Runtime): Promise<SupportFile> {
  const { store } = runtime.register;
  const shop = readShop(store.db);
  const master = runtime.network.master();
  return {
    ...(await beginSupportFile(runtime, await diagnose(runtime))),
    settings: {
      ...Object.fromEntries(TOLD_META.map((name) => [name, readMeta(store.db, name)])),
      country: shop?.country ?? null,
      currency: readCurrency(store.db),
      language: readLanguage(store.db),
    },
    counts: { ...(await runtime.reader.ask('countRows')), waiting: countWaiting(store) },
    link: { ...runtime.linkMeter.view(), check: null },
    registers: viewRegisters(runtime).map(({ code, isThis, isMaster, state, lastSeenAt, waiting, delayMs, delays, version }) => {
      return { code, isThis, isMaster, state, lastSeenAt, waiting, delayMs, delays, version };
    }),
    postgresLog: await readHubLog(master?.running.hub ?? null),
  };
}

/** A PostgreSQL elsewhere keeps its log to itself. */
async function readHubLog(hub: AnyHub | Hub | null): Promise<Awaited<ReturnType<typeof readPostgresLog>>> {
  return hub !== null && 'cluster' in hub ? await readPostgresLog(logFile(hub.cluster)) : [];
}

/** What there is without a store. */
export async function beginSupportFile(
  { dataFolder, version }: Pick<Runtime, 'dataFolder' | 'version'>,
  diagnosis: Diagnosis,
): Promise<SupportFile> {
  return {
    aurapos: { version, node: process.version },
    machine: {
      platform: process.platform,
      arch: process.arch,
      release: release(),
      cores: cpus().length,
      memoryBytes: totalmem(),
      freeBytes: freemem(),
      upSeconds: Math.round(uptime()),
    },
    diagnosis: { ...diagnosis, checks: diagnosis.checks.map(withoutNames) },
    log: (await lastLines(join(dataFolder, 'log', 'aurapos.log'))).flatMap((line) => tellLine(line)),
  };
}

/** Printers and folders have names that somebody typed; a refusal's details may quote a value. */
function withoutNames({ refusal, params, mend, ...check }: Check): object & Check {
  const isTold = ([name]: readonly [string, unknown]): boolean => name !== 'name' && name !== 'folder' && name !== 'detail';
  const told = Object.fromEntries(Object.entries(params).filter(isTold));
  return { ...check, params: told, mend, refusal: refusal === null ? null : { ...refusal, params: {}, message: '', action: '' } };
}

async function lastLines(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-LOG_LINES);
}

/** Fields whose text is one of the program's own words. */
const TOLD_FIELDS: ReadonlySet<string> = new Set(['code', 'state', 'level', 'why', 'mode', 'step', 'kind', 'from']);
const OWN_WORD = /^[a-z]+([.-][a-z]+)*$/;
const ERROR_FIELDS: ReadonlySet<string> = new Set(['error', 'detail', 'stack']);

/** A line of the log as it may be told; nothing of one that is not the program's own. */
export function tellLine(line: string): object[] {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    // Broken off by a full disk or a kill.
    return [];
  }
  if (typeof said !== 'object' || said === null) return [];
  const told = Object.entries(said).flatMap(([name, value]): [string, unknown][] => {
    if (typeof value === 'boolean' || value === null) return [[name, value]];
    if (typeof value === 'number') return name === 'time' || value < 1e6 ? [[name, value]] : [];
    if (typeof value !== 'string') return [];
    if (ERROR_FIELDS.has(name)) return [[name, tellError(value)]];
    if (name === 'msg') return /^[\w .-]+$/.test(value) && value.length < 60 ? [[name, value]] : [];
    return TOLD_FIELDS.has(name) && OWN_WORD.test(value) ? [[name, value]] : [];
  });
  return [Object.fromEntries(told)];
}

/** Kind, the system's codes, and where in the program; never the message, which may quote what somebody typed. */
function tellError(text: string): string {
  const kind = /^(?:Uncaught )?([A-Z]\w*Error|LinkLost)\b/.exec(text)?.[1] ?? 'Error';
  const codes = [...text.matchAll(/\b(E[A-Z]{4,}|SQLITE_[A-Z]+|ERR_[A-Z_]+)\b/g)].map(([, code]) => code ?? '');
  const places = [...text.matchAll(/\b(src\/[\w./-]+\.tsx?:\d+)/g)].map(([, place]) => place ?? '');
  return [kind, ...new Set(codes), ...places.slice(0, 12)].join(' ');
}

/** Of PostgreSQL's log the server's own words; what it says of a statement may quote its values. */
async function readPostgresLog(file: string): Promise<string[]> {
  return (await lastLines(file)).flatMap((line) => {
    const [, at = '', level = '', said = ''] = /^(\S+ \S+).*?\b(LOG|FATAL|PANIC|WARNING|ERROR): +(.*)$/.exec(line) ?? [];
    if (level === '') return [];
    return level === 'ERROR' ? [`${at} ERROR`] : [`${at} ${level} ${said.replaceAll(/"[^"]*"/g, '""')}`];
  });
}
