/** Figures of a run: percentiles, the machine, one JSON document last. Benchmarks print; they never judge. */
import { cpus, totalmem } from 'node:os';
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export type Figures = Record<string, number | string>;

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The machine's monotonic clock, the same in all its processes. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export function rounded(value: number, digits = 2): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

export function describeMachine(): Figures {
  const [cpu] = cpus();
  return { machine: `${cpus().length} x ${cpu?.model ?? 'unknown'}`, memoryGb: Math.round(totalmem() / 2 ** 30), node: process.version };
}

/** The same disk in the same run: write 4 kB and wait for it. */
export function measureFdatasync(folder: string, count = 200): { p50: number; p99: number } {
  const file = join(folder, 'fdatasync.probe');
  const descriptor = openSync(file, 'w');
  const block = Buffer.alloc(4096, 7);
  const times: number[] = [];
  for (let at = 0; at < count; at++) {
    const startedMs = performance.now();
    writeSync(descriptor, block);
    fdatasyncSync(descriptor);
    times.push(performance.now() - startedMs);
  }
  closeSync(descriptor);
  rmSync(file);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

export function printFigures(figures: Figures, json: boolean): void {
  for (const [name, value] of Object.entries(figures)) process.stderr.write(`${name.padEnd(28)} ${value}\n`);
  if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
}

/** Says on stderr what is measured now: a bench of many minutes is otherwise not told from one that hangs. */
export function announce(part: string): void {
  process.stderr.write(`${Math.round(process.uptime())} s: ${part} ...\n`);
}
