/** Several hosts on one machine: network namespaces on a bridge of their own, made and removed by the test. Needs root, iproute2 and nftables. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { PROGRAM } from './program.ts';

const ROOT = join(import.meta.dirname, '../..');

function ip(...args: readonly string[]): void {
  execFileSync('ip', [...args], { stdio: ['ignore', 'ignore', 'pipe'] });
}

export interface Host {
  readonly namespace: string;
  /** Runs `aurapos` on this host and answers its JSON; throws what it refused. */
  aurapos<T>(...args: readonly string[]): T;
  run(file: string, ...args: readonly string[]): string;
  /** Starts a register; resolves when it says where it is. */
  start(data: string): Promise<ChildProcess>;
  setAddress(address: string): void;
  setLink(state: 'up' | 'down'): void;
  /** From now on one packet in so many is lost, each way. */
  losePackets(oneIn: number): void;
  /** Ends that; how many were lost. */
  keepPackets(): number;
}

export interface Lan {
  host(name: string, address: string): Host;
  remove(): void;
}

let lans = 0;

/** A switch with nothing on it yet; /24 networks. */
export function makeLan(): Lan {
  const tag = `ap${process.pid % 10_000}${lans++}`;
  const hub = `${tag}sw`;
  const hosts: string[] = [];
  ip('netns', 'add', hub);
  ip('-n', hub, 'link', 'add', 'br0', 'type', 'bridge');
  ip('-n', hub, 'link', 'set', 'br0', 'up');
  return {
    host: (name, address) => {
      const namespace = `${tag}${name}`;
      const port = `${name}p`;
      hosts.push(namespace);
      ip('netns', 'add', namespace);
      ip('-n', hub, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
      ip('-n', hub, 'link', 'set', port, 'master', 'br0', 'up');
      ip('-n', namespace, 'link', 'set', 'lo', 'up');
      ip('-n', namespace, 'link', 'set', 'eth0', 'up');
      ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
      return makeHost(namespace, (state) => ip('-n', hub, 'link', 'set', port, state));
    },
    remove: () => {
      for (const namespace of [...hosts, hub]) ip('netns', 'del', namespace);
    },
  };
}

const STARTS_WITHIN_MS = 20_000;

function makeHost(namespace: string, setLink: Host['setLink']): Host {
  const inside = (file: string, args: readonly string[]): string =>
    execFileSync('ip', ['netns', 'exec', namespace, file, ...args], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    });
  return {
    namespace,
    run: (file, ...args) => inside(file, args),
    aurapos: <T>(...args: readonly string[]) => {
      const command = [PROGRAM, ...args, '--json'];
      let said: string;
      try {
        said = inside(process.execPath, ['--disable-warning=ExperimentalWarning', ...command]);
      } catch (error) {
        const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
        throw new Error(`aurapos ${args.join(' ')}: ${stdout}${stderr}`, { cause: error });
      }
      return JSON.parse(said) as T;
    },
    start: (data) =>
      new Promise((resolve, reject) => {
        const child = spawn(
          'ip',
          ['netns', 'exec', namespace, process.execPath, '--disable-warning=ExperimentalWarning', PROGRAM, 'start', '--data', data],
          {
            cwd: ROOT,
            stdio: ['ignore', 'pipe', 'pipe'],
          },
        );
        let said = '';
        const timer = setTimeout(() => reject(new Error(`no register: ${said}`)), STARTS_WITHIN_MS);
        const note = (chunk: Buffer): void => {
          said += chunk.toString();
          if (!said.includes('AuraPOS is at')) return;
          clearTimeout(timer);
          resolve(child);
        };
        child.stdout.on('data', note);
        child.stderr.on('data', note);
        child.once('exit', (code) => reject(new Error(`the register ended with ${code}: ${said}`)));
      }),
    setAddress: (address) => {
      ip('-n', namespace, 'addr', 'flush', 'dev', 'eth0');
      ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    },
    setLink,
    losePackets: (oneIn) => {
      const rule = `numgen random mod ${oneIn} == 0 counter drop`;
      const chain = (hook: string, side: string): string => `chain ${hook} { type filter hook ${hook} priority 0; ${side} eth0 ${rule}; };`;
      inside('nft', [`table inet loss { ${chain('input', 'iifname')} ${chain('output', 'oifname')} }`]);
    },
    keepPackets: () => {
      const said = inside('nft', ['list', 'table', 'inet', 'loss']);
      inside('nft', ['delete', 'table', 'inet', 'loss']);
      return [...said.matchAll(/packets (\d+)/g)].reduce((sum, [, packets]) => sum + Number(packets), 0);
    },
  };
}
