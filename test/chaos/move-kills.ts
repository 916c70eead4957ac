/**
 * A single register becomes a master while it sells, and is killed on the way: the register, PostgreSQL or both, with -9 at a random
 * moment. Started again it must end by itself, once: everything acknowledged there, store and projection equal, chains in order.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeHistory } from '../bench/register.ts';
import { checkShop, clusterFolder, postgresPid, settle, type Tills } from '../support/shop-of-tills.ts';
import { setUpTill, startTill, type Till } from '../support/till.ts';
import { emptyLedger, keepSelling, wait, type Ledger } from './keep-selling.ts';
import { freePort } from '../support/free-port.ts';

export interface MoveKills {
  /** What was killed, and when after the move was asked for. */
  readonly kills: readonly string[];
  readonly acknowledged: number;
  readonly seconds: number;
  readonly wrong: readonly string[];
}

const KINDS = ['register', 'PostgreSQL', 'both'] as const;
type Kind = (typeof KINDS)[number];

/** Enough that pushing, projecting and comparing each take a while. */
const HISTORY = 1_500;
const MOVED_WITHIN_MS = 60_000;

export async function runMoveKills(count: number, say: (text: string) => void): Promise<MoveKills> {
  const startedMs = performance.now();
  const root = mkdtempSync(join(tmpdir(), 'aurapos-moves-'));
  const kills: string[] = [];
  const wrong: string[] = [];
  let acknowledged = 0;
  try {
    const single = join(root, 'single');
    const till = await startTill(single);
    await setUpTill(till, 'single', { catalogue: 'demo' });
    await till.stop();
    makeHistory(single, HISTORY);
    // One that nobody kills says how long a move takes: the kills are spread over that.
    const whole = await move(single, join(root, 'whole'), null);
    wrong.push(...whole.wrong.map((what) => `not killed: ${what}`));
    for (let at = 0; at < count; at++) {
      const kind = KINDS[at % KINDS.length] ?? 'register';
      // Stratified: each kill has its share of the whole, and a random moment in it.
      const afterMs = ((at + Math.random()) / count) * whole.tookMs;
      const killed = await move(single, join(root, `killed-${at}`), { kind, afterMs });
      kills.push(`${killed.killed} after ${Math.round(afterMs)} ms`);
      wrong.push(...killed.wrong.map((what) => `${kills.at(-1)}: ${what}`));
      acknowledged += killed.acknowledged;
      say(`${at + 1} of ${count} moves, ${kills.at(-1)}`);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return { kills, acknowledged, seconds: Math.round((performance.now() - startedMs) / 1000), wrong };
}

interface Moved {
  readonly killed: string;
  readonly tookMs: number;
  readonly acknowledged: number;
  readonly wrong: readonly string[];
}

async function move(single: string, folder: string, kill: { readonly kind: Kind; readonly afterMs: number } | null): Promise<Moved> {
  cpSync(single, folder, { recursive: true });
  const shop = await openSingle(folder);
  const ledger = emptyLedger();
  const startedMs = performance.now();
  let killed = 'nothing';
  try {
    await sellThrough(shop, ledger, async (till) => {
      await till.call('toMaster', { body: { hubPort: shop.hubPort } });
      if (kill === null) await untilMaster(till);
      else {
        await wait(kill.afterMs);
        killed = await killNow(shop, till, kill.kind);
      }
    });
    const tookMs = performance.now() - startedMs;
    if (shop.tills[0]?.child.signalCode === 'SIGKILL') await shop.restart(0);
    await sellThrough(shop, ledger, untilMaster);
    await settle(shop);
    return { killed, tookMs, acknowledged: ledger.acknowledged.size, wrong: await checkShop(shop, ledger.acknowledged) };
  } finally {
    await shop.stop();
  }
}

async function openSingle(folder: string): Promise<Tills> {
  const tills = [await startTill(folder)];
  return {
    hubPort: await freePort(),
    folders: [folder],
    tills,
    restart: async () => {
      tills[0] = await startTill(folder);
    },
    stop: async () => {
      const [till] = tills;
      if (till !== undefined && till.child.exitCode === null && till.child.signalCode === null) await till.stop();
      rmSync(await clusterFolder(folder), { recursive: true, force: true });
    },
  };
}

/** Somebody sells all the while. */
async function sellThrough(shop: Tills, ledger: Ledger, work: (till: Till) => Promise<void>): Promise<void> {
  const [till] = shop.tills;
  if (till === undefined) throw new Error('the shop has a register');
  const selling = new AbortController();
  const seller = keepSelling(till, ledger, selling.signal);
  try {
    await work(till);
  } finally {
    selling.abort();
    await seller;
  }
}

/** Says what was there to be killed: before PostgreSQL runs it is the register alone. */
async function killNow(shop: Tills, till: Till, kind: Kind): Promise<string> {
  const postgres = kind === 'register' ? false : await killPostgres(shop.folders[0] ?? '');
  if (kind === 'PostgreSQL' && postgres) return kind;
  await till.kill();
  return postgres ? kind : 'register';
}

async function killPostgres(folder: string): Promise<boolean> {
  try {
    process.kill(postgresPid(await clusterFolder(folder)), 'SIGKILL');
    return true;
  } catch {
    // Its pid file is not there yet, or names one that is gone.
    return false;
  }
}

async function untilMaster(till: Till): Promise<void> {
  const until = performance.now() + MOVED_WITHIN_MS;
  while ((await till.call('getState')).mode !== 'master') {
    if (performance.now() > until) throw new Error(`no master within ${MOVED_WITHIN_MS} ms`);
    await wait(20);
  }
}
