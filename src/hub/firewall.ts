/**
 * Opens the hub's port in this machine's firewall, under the name "PostgreSQL AuraPOS". Plans are pure: which commands, for which
 * firewall; the runner asks the machine and runs them. Without the right to, the exact command is what comes back.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export const FIREWALL_RULE = 'PostgreSQL AuraPOS';
const COMMAND_TIMEOUT_MS = 20_000;

export type Firewall = 'netsh' | 'ufw' | 'firewalld' | 'none';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** What to run, in order; the first that fails ends it. */
export function planFirewall(firewall: Firewall, port: number): readonly Command[] {
  switch (firewall) {
    case 'netsh': {
      const rule = ['advfirewall', 'firewall'];
      return [
        // Fails where there is none yet; the rule is not doubled when set-up runs again.
        { file: 'netsh', args: [...rule, 'delete', 'rule', `name=${FIREWALL_RULE}`] },
        {
          file: 'netsh',
          args: [
            ...rule,
            'add',
            'rule',
            `name=${FIREWALL_RULE}`,
            'dir=in',
            'action=allow',
            'protocol=TCP',
            `localport=${port}`,
            'profile=private,domain',
          ],
        },
      ];
    }
    case 'ufw':
      return [{ file: 'ufw', args: ['allow', `${port}/tcp`, 'comment', FIREWALL_RULE] }];
    case 'firewalld': {
      // A service's name takes no spaces; its short text does.
      const service = 'aurapos-postgresql';
      return [
        { file: 'firewall-cmd', args: ['--permanent', `--new-service=${service}`] },
        { file: 'firewall-cmd', args: ['--permanent', `--service=${service}`, `--set-short=${FIREWALL_RULE}`] },
        { file: 'firewall-cmd', args: ['--permanent', `--service=${service}`, `--add-port=${port}/tcp`] },
        { file: 'firewall-cmd', args: ['--permanent', `--add-service=${service}`] },
        { file: 'firewall-cmd', args: ['--reload'] },
      ];
    }
    case 'none':
      return [];
  }
}

/** These may fail: what they do is there already, or is not there to take away. */
function mayFail(command: Command): boolean {
  return command.args.includes('delete') || command.args.some((arg) => arg.startsWith('--new-service='));
}

export type FirewallResult =
  | { readonly state: 'opened'; readonly firewall: Firewall }
  /** No firewall is active. */
  | { readonly state: 'none' }
  /** Somebody with the right to must run this, each a line. */
  | { readonly state: 'by-hand'; readonly firewall: Firewall; readonly commands: readonly string[] };

/** Runs a command and gives what it printed; rejects when it fails. */
export type Runner = (command: Command) => Promise<string>;

const execute = promisify(execFile);
export const systemRunner: Runner = async ({ file, args }) =>
  (await execute(file, [...args], { timeout: COMMAND_TIMEOUT_MS, windowsHide: true })).stdout;

export async function openFirewall(port: number, platform: NodeJS.Platform, run: Runner): Promise<FirewallResult> {
  const firewall = await findFirewall(platform, run);
  const plan = planFirewall(firewall, port);
  if (plan.length === 0) return { state: 'none' };
  for (const command of plan) {
    try {
      await run(command);
    } catch {
      // Without the right to, every one fails; the owner is told what to run.
      if (!mayFail(command)) return { state: 'by-hand', firewall, commands: plan.map((c) => spell(c, platform)) };
    }
  }
  return { state: 'opened', firewall };
}

async function findFirewall(platform: NodeJS.Platform, run: Runner): Promise<Firewall> {
  if (platform === 'win32') return 'netsh';
  if (platform !== 'linux') return 'none';
  const says = async (file: string, args: readonly string[], wanted: RegExp): Promise<boolean> => {
    try {
      return wanted.test(await run({ file, args }));
    } catch {
      // Not installed, or not for this user to ask.
      return false;
    }
  };
  // Both ask systemd, which answers everybody: `ufw status` itself wants root.
  if (await says('systemctl', ['is-active', 'firewalld'], /^active/)) return 'firewalld';
  if (await says('ufw', ['status'], /^Status: active/m)) return 'ufw';
  // The file says what `ufw status` would, when only root may ask that.
  if (await says('grep', ['-i', '^ENABLED=yes', '/etc/ufw/ufw.conf'], /yes/i)) return 'ufw';
  return 'none';
}

function spell({ file, args }: Command, platform: NodeJS.Platform): string {
  const words = [file, ...args].map((word) => (/[\s"']/.test(word) ? `"${word}"` : word)).join(' ');
  return platform === 'win32' ? words : `sudo ${words}`;
}
