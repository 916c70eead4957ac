/**
 * How a register becomes the master, alone before or a slave until now: its hub is raised and filled with all that the store holds, then
 * opened to the others, then both sides are compared. Selling goes on all the while. Cut anywhere, a restart takes it up and it ends once.
 */
import { asResult, describeRefusal, ok, refuse, type Result } from '../../base/result.ts';
import type { HubMasterClient } from '../../hub/hub-client.ts';
import { present } from '../../base/assert.ts';
import { readMode } from '../../register/register.ts';
import { readMeta, writeMeta } from '../../store/store.ts';
import type { Comparison } from '../../sync/compare-projection.ts';
import type { JobProgress } from '../jobs.ts';
import type { Master } from './master.ts';
import type { NetworkInput } from './network-input.ts';
import type { Ties } from './ties.ts';

/** Between looks at how far the projection is. */
const LOOK_MS = 250;
/** The shop keeps working while tables are compared, so a comparison may fall beside an edit; it is made again. */
const COMPARISONS = 12;
const TRIES = 5;
const RETRY_MS = 500;

/** What a change of mode answers: the owner's recovery code, where one was made. */
export interface Moved {
  readonly recoveryCode?: string;
}

/**
 * From single, slave, or a master whose hub moves. Nothing here waits for it: this register's session with its old hub goes on until the new one
 * is open. Refuses what raising and opening a hub do, and storage.differs.
 */
export async function becomeMaster(input: NetworkInput, ties: Ties, progress: JobProgress, port: number): Promise<Result<Moved>> {
  const { store } = input.register;
  const from = readMode(store);
  const note = (write: () => void): void => {
    store.db.transact('durable', () => ok(write()));
    input.onStatus();
  };
  note(() => {
    writeMeta(store.db, 'hub_port', port);
    // A master that moves its hub is one all the while: cut, move-hub.ts knows where the hub is.
    if (from !== 'master') writeMeta(store.db, 'unfinished', 'to-master');
  });
  const raised = await raiseSurely(input, () => ties.raise(port, progress));
  if (!raised.ok) return raised;
  const opened = await fillAndOpen(input, raised.value, progress);
  if (!opened.ok) return opened;
  await ties.endSync();
  ties.beginSync(() => raised.value.connectOwn());
  // Who was a slave is the master from here on: the others are on their way.
  if (from === 'slave') note(() => writeMeta(store.db, 'mode', 'master'));
  if (!ties.isReplaced) ties.problem = null;
  // What this register was still to read, the others will bring: until then there is nothing whole to compare.
  const isWhole = from === 'single' || readMeta(store.db, 'full_copy') !== null;
  const moved = isWhole ? await projectAndCompare(input, ties, raised.value, progress) : ok(null);
  if (!moved.ok) return moved;
  note(() => {
    if (from === 'single') writeMeta(store.db, 'full_copy', 1);
    writeMeta(store.db, 'mode', 'master');
    store.db.run("DELETE FROM meta WHERE name = 'unfinished'");
  });
  input.log.info('storage.master', { port, from });
  return ok(codeToShow(raised.value));
}

/** The code that the owner has not printed yet, if there is one. */
export function codeToShow({ recovery }: Master): Moved {
  const code = recovery.code();
  return code === null ? {} : { recoveryCode: code };
}

/** A server that dies while it is set up is set up again: the steps find done what is done. */
async function raiseSurely({ clock, log }: NetworkInput, raise: () => Promise<Result<Master>>): Promise<Result<Master>> {
  for (let tries = 1; ; tries++) {
    try {
      const raised = await asResult(raise);
      if (raised.ok || tries >= TRIES || !describeRefusal(raised.refusal).retry) return raised;
      log.warn('hub.raised-again', { ...raised.refusal });
    } catch (error) {
      if (tries >= TRIES) throw error;
      log.warn('hub.raised-again', { error: String(error) });
    }
    await clock.sleep(RETRY_MS);
  }
}

/** The first push, then everybody is let in. A hub that dies meanwhile is raised by its supervision, and filled on. */
async function fillAndOpen({ clock, log }: NetworkInput, master: Master, progress: JobProgress): Promise<Result<null>> {
  progress.step('push');
  for (let tries = 1; ; tries++) {
    try {
      await master.duty.push((done, total) => progress.rows(done, total));
      const opened = await asResult(() => master.open());
      if (opened.ok || tries >= TRIES || !describeRefusal(opened.refusal).retry) return opened;
    } catch (error) {
      if (tries >= TRIES) throw error;
      log.warn('hub.filled-again', { error: String(error) });
    }
    await clock.sleep(RETRY_MS * tries);
  }
}

/** Until the tables hold what the store does, and both sides compared, table by table. Refuses storage.differs. */
async function projectAndCompare(input: NetworkInput, ties: Ties, master: Master, progress: JobProgress): Promise<Result<null>> {
  progress.step('move');
  await watchProjection(input, ties, master, progress);
  progress.step('compare');
  for (let tries = 1; ; tries++) {
    const compared = await compareIfUp(input, master);
    const [first] = compared?.differing ?? [];
    if (compared !== null && first === undefined) {
      progress.detail('equal');
      return ok(null);
    }
    if (tries >= COMPARISONS) return first === undefined ? refuse('hub.starting') : refuse('storage.differs', { ...first });
    await input.clock.sleep(LOOK_MS * tries);
  }
}

/**
 * Until all that the store held at first is in the tables; what is sold meanwhile follows as every sale does. Both sides are counted anew each
 * time. A hub that dies meanwhile is waited for.
 */
async function watchProjection(input: NetworkInput, ties: Ties, master: Master, progress: JobProgress): Promise<void> {
  const last = present(input.register.store.own, 'the own chain').n;
  let hub: HubMasterClient | null = null;
  for (;;) {
    const { greeting = null, level = false } = ties.sync?.status() ?? {};
    const arrived = level && master.duty.projected() >= Math.max(last, greeting?.position ?? 0);
    const here = await input.reader.ask('countRows');
    try {
      hub ??= await connectIfUp(master);
      const there = (await hub?.countShop()) ?? null;
      if (there !== null) progress.rows(there.products + there.customers + there.sales, here.products + here.customers + here.sales);
    } catch (error) {
      input.log.info('storage.not-counted', { error: String(error) });
      hub = null;
    }
    if (arrived) break;
    await input.clock.sleep(LOOK_MS);
  }
  await hub?.close();
}

/** Null when the hub died meanwhile: it is raised again, and compared again. */
async function compareIfUp({ log }: NetworkInput, master: Master): Promise<Comparison | null> {
  return master.duty.compare().catch((error: unknown) => {
    log.info('storage.not-compared', { error: String(error) });
    return null;
  });
}

async function connectIfUp(master: Master): Promise<HubMasterClient | null> {
  const connected = await master.running.connectMaster();
  return connected.ok ? connected.value : null;
}
