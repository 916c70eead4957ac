/**
 * `aurapos doctor`: one line a check, what is true, what it means for selling, what mends it. Asks the running register; one that does not
 * run is looked at as it lies, and nothing is started for it. Exit code 1 when something is bad.
 */
import { writeFileSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Option, type Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import type { Check } from '../server/diagnosis/finding.ts';
import type { Found } from './doctor-folder.ts';
import { must, readOptions, say, type Options } from './program.ts';
import { reachRunning, type Reach } from './reach.ts';

interface Flags {
  readonly seconds: string;
  readonly bundle?: string;
}

const LOOK_MS = 200;
const LEVEL_WORDS = { good: 'good', poor: 'POOR', bad: 'BAD', unknown: '?' } as const;

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('find what is wrong: this machine, the way to the shop’s database, printers; and what mends it')
    .addOption(new Option('--seconds <count>', 'how long the round trip is measured; 0: not at all').default('30'))
    .option('--bundle <file>', 'also write a support file (.json.gz): logs and figures, no customer data, no secrets')
    .action(async (flags: Flags, command: Command) => {
      const options = readOptions(command);
      const reach = await reachRunning(options.data);
      const found =
        reach === null
          ? await (await import('./doctor-folder.ts')).askFolder(options, Number(flags.seconds), flags.bundle !== undefined)
          : await askRunning(options, reach, flags);
      if (flags.bundle !== undefined && found.bundle !== null)
        writeFileSync(flags.bundle, gzipSync(JSON.stringify(found.bundle, null, 1)), { mode: 0o600 });
      const checks = [...found.diagnosis.checks, ...(found.link?.check == null ? [] : [found.link.check])];
      const { running, diagnosis, link } = found;
      const document = { ...diagnosis, running, checks, link: link === null ? null : { ...link, check: undefined } };
      say(options, document, [...sayRunning(running), ...checks.map(sayCheck), ...sayBundle(flags)].join('\n'));
      process.exit(checks.some(({ level }) => level === 'bad') ? 1 : 0);
    });
}

async function askRunning(options: Options, reach: Reach, flags: Flags): Promise<Found> {
  const diagnosis = await must(options, reach, 'diagnose');
  const seconds = Number(flags.seconds);
  let link: Found['link'] = null;
  if (seconds > 0 && diagnosis.mode !== 'single' && diagnosis.mode !== null) {
    const began = await reach.call('measureLink', { body: { seconds } });
    while (began.ok && link?.state !== 'done') {
      await systemClock.sleep(LOOK_MS);
      link = await must(options, reach, 'getLink');
    }
  }
  const bundle = flags.bundle === undefined ? null : await must(options, reach, 'getSupportFile');
  return { running: true, diagnosis, link, bundle };
}

// ---- words

type Words = { readonly [name: string]: Words | string };

/** The screens' own texts: the command line says a check in the same words. */
const WORDS = (JSON.parse(readFileSync(new URL('../ui/locales/en.json', import.meta.url), 'utf8')) as { diagnosis: Words }).diagnosis;

function word(params: Check['params'], ...path: readonly string[]): string {
  const at = path.reduce<Words | string>((words, name) => (typeof words === 'string' ? '' : (words[name] ?? '')), WORDS);
  return typeof at === 'string' ? at.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(params[name] ?? '')) : '';
}

function sayCheck({ id, finding, level, params, refusal, mend }: Check): string {
  const name = word({}, 'check', id);
  const is = refusal === null ? word(params, id, finding, 'is') : refusal.message;
  const so = level === 'good' ? '' : refusal === null ? word(params, id, finding, 'so') : word({}, 'refused', id, 'so');
  const todo = refusal === null ? word(params, id, finding, 'do') : refusal.action;
  const run = mend?.kind === 'command' ? `Run: ${mend.command}` : '';
  return [`${LEVEL_WORDS[level].padEnd(5)}${name}: ${is}`, so, level === 'good' ? '' : todo, level === 'good' ? '' : run]
    .filter((part) => part !== '')
    .join(' ');
}

function sayRunning(running: boolean): string[] {
  return running ? [] : ['?    AuraPOS does not run on this data: it is looked at as it lies. Run: aurapos start'];
}

function sayBundle({ bundle }: Flags): string[] {
  return bundle === undefined ? [] : [`Support file: ${bundle}`];
}
