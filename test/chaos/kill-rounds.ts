/**
 * Kills while the shop sells: registers, the master, PostgreSQL alone, each with -9 at a random moment. What the tills called paid is noted
 * outside of them; after each round everything is healed, and at the end all of it is checked by reading the stores as a stranger would.
 */
import { checkShop, clusterFolder, isReady, openShop, postgresPid, settle, type ShopOfTills } from '../support/shop-of-tills.ts';
import { emptyLedger, keepSelling, wait, type Ledger } from './keep-selling.ts';

export interface Kills {
  readonly registers: number;
  readonly masters: number;
  readonly postgres: number;
}

export interface ChaosReport {
  readonly kills: Kills;
  readonly acknowledged: number;
  /** Payments whose answer never came: they may or may not be there, but at most once. */
  readonly unanswered: number;
  readonly seconds: number;
  readonly wrong: readonly string[];
}

const SLAVES = 2;

export async function runKills(kills: Kills, say: (text: string) => void): Promise<ChaosReport> {
  const startedMs = performance.now();
  const shop = await openShop(SLAVES);
  const ledger = emptyLedger();
  try {
    const plan = [
      ...Array.from({ length: kills.registers }, (_, at) => ({ kind: 'register' as const, at: 1 + (at % SLAVES) })),
      ...Array.from({ length: kills.masters }, () => ({ kind: 'master' as const, at: 0 })),
      ...Array.from({ length: kills.postgres }, () => ({ kind: 'postgres' as const, at: 0 })),
    ];
    // Spread, so that a register's kill falls between a master's and PostgreSQL's.
    plan.sort((a, b) => hash(`${a.kind}${plan.indexOf(a)}`) - hash(`${b.kind}${plan.indexOf(b)}`));
    for (const [round, kill] of plan.entries()) {
      await oneRound(shop, kill, ledger);
      if (round % 10 === 9) say(`${round + 1} of ${plan.length} kills, ${ledger.acknowledged.size} sales acknowledged`);
    }
    await settle(shop, 120_000);
    const wrong = await checkShop(shop, ledger.acknowledged);
    return {
      kills,
      acknowledged: ledger.acknowledged.size,
      unanswered: ledger.unanswered,
      seconds: Math.round((performance.now() - startedMs) / 1000),
      wrong,
    };
  } finally {
    await shop.stop();
  }
}

function hash(text: string): number {
  return Array.from(text).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
}

async function oneRound(
  shop: ShopOfTills,
  kill: { readonly kind: 'register' | 'master' | 'postgres'; readonly at: number },
  ledger: Ledger,
): Promise<void> {
  const selling = new AbortController();
  const sellers = shop.tills.map((till) => keepSelling(till, ledger, selling.signal));
  await wait(20 + Math.random() * 180);
  if (kill.kind === 'postgres') await killPostgres(shop);
  else await shop.tills[kill.at]?.kill();
  await wait(20 + Math.random() * 100);
  selling.abort();
  await Promise.all(sellers);
  if (kill.kind !== 'postgres') await shop.restart(kill.at);
}

/**
 * The server of the last round may only just be coming up again: killed again and again while it recovers, it would be started after ever
 * longer pauses, and the rounds would be spent waiting.
 */
async function killPostgres(shop: ShopOfTills): Promise<void> {
  const cluster = await clusterFolder(shop.folders[0] ?? '');
  for (let tries = 0; tries < UP_WITHIN_TRIES; tries++) {
    if (isReady(cluster)) {
      process.kill(postgresPid(cluster), 'SIGKILL');
      return;
    }
    await wait(100);
  }
  throw new Error('PostgreSQL was not up again within a minute');
}

const UP_WITHIN_TRIES = 600;
