/**
 * What the master does for the shop beside being a register: projects the feed into tables, and admits what registers offer after checking
 * signatures. Both over the superuser's loopback link; both end with it and are begun again. It only reads the store: duty-thread.ts runs it
 * beside the selling thread.
 */
import { toHex } from '../base/bytes.ts';
import { idFromBytes } from '../base/id.ts';
import type { Result } from '../base/result.ts';
import type { HubMasterClient } from '../hub/hub-client.ts';
import { projectToEnd } from './projector.ts';
import { Bell } from './signal.ts';
import { trustedKeys } from '../store/archive.ts';
import { addSuccessors } from '../store/chains.ts';
import type { Prepared } from '../store/prepare.ts';
import type { SyncTools } from './tools.ts';

export interface MasterDuty {
  /** Position the projection has reached. */
  projected(): number;
  /** The store read further: project. */
  nudge(): void;
  stop(): Promise<void>;
}

export type DutyTools = Omit<SyncTools, 'random'>;

export interface MasterDutyInput {
  readonly tools: DutyTools;
  connect(): Promise<Result<HubMasterClient>>;
  onProjected?(position: number): void;
}

const RETRY_MS = 500;
/** Between looks at the feed when nothing rang. */
const LOOK_MS = 1_000;
/** Sales come in bursts: a batch is worth more than a row. */
const GATHER_MS = 50;
const OFFERS_AT_ONCE = 500;

export function startMasterDuty({ tools, connect, onProjected }: MasterDutyInput): MasterDuty {
  const { clock, log } = tools;
  const stopped = new AbortController();
  const bell = new Bell();
  let projected = 0;
  const reached = (position: number): void => {
    projected = position;
    onProjected?.(position);
  };

  const serve = async (hub: HubMasterClient): Promise<void> => {
    const lost = new AbortController();
    hub.link.onLost(() => {
      lost.abort();
      bell.ring();
    });
    await hub.listenOffered(() => bell.ring());
    await hub.listen(() => bell.ring());
    const ended = AbortSignal.any([stopped.signal, lost.signal]);
    while (!ended.aborted) {
      await settleOffers(tools, hub);
      await nameOwners(tools, hub);
      reached(await projectToEnd(tools, hub, reached));
      await bell.wait(clock, LOOK_MS, ended);
      await clock.sleep(GATHER_MS, ended);
    }
  };

  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        const connected = await connect();
        if (connected.ok) await serve(connected.value).finally(() => connected.value.close());
      } catch (error) {
        log.warn('master.duty-ended', { error: String(error) });
      }
      await clock.sleep(RETRY_MS, stopped.signal);
    }
  };
  const running = run();
  return {
    projected: () => projected,
    nudge: () => bell.ring(),
    stop: async () => {
      stopped.abort();
      bell.ring();
      await running;
    },
  };
}

/** Checks what lies on offer and admits what is rightly signed; what nobody can judge yet stays. */
async function settleOffers(tools: DutyTools, hub: HubMasterClient): Promise<void> {
  for (;;) {
    const offered = await hub.takeOffered(OFFERS_AT_ONCE);
    if (offered.length === 0) return;
    const changesets = offered.map(({ chain, n, previous, hash, signature, body }) => ({ chain, n, previous, hash, signature, body }));
    const keys = trustedKeys(tools.store);
    const prepare = (): Promise<readonly Prepared[]> => tools.prepare({ changesets, keys, dictionaries: tools.store.dictionaries });
    let prepared = await prepare();
    // A chain that a register began and lost before it was sent: nobody but its predecessor vouches for it.
    while (addSuccessors(keys, prepared)) prepared = await prepare();
    const good = prepared.filter(({ signature }) => signature === 'good').map(({ changeset }) => changeset.hash);
    const bad = prepared.filter(({ signature }) => signature === 'bad' || signature === 'not-whole').map(({ changeset }) => changeset.hash);
    if (good.length + bad.length === 0) return;
    const settled = await hub.settleOffered(good, bad);
    tools.log.info('master.offers-settled', { good: good.length, bad: bad.length });
    if (settled.every(({ verdict }) => verdict === 'later') && bad.length === 0) return;
  }
}

/**
 * A chain that came by an offer is nobody's until the master says whose: without it its own register could not push the rest. Looked at again
 * and again, since the word whose it is may be in a chain that is offered later.
 */
async function nameOwners({ store }: DutyTools, hub: HubMasterClient): Promise<void> {
  const ownerless = await hub.link.query<{ chain: Uint8Array }>('select chain from hub.chain where role is null');
  const known = ownerless.flatMap(({ chain }) => {
    const register = store.db.get('SELECT register FROM chain WHERE id = ?', chain)?.['register'];
    return register instanceof Uint8Array ? [{ chain: toHex(chain), register: idFromBytes(register) }] : [];
  });
  if (known.length === 0) return;
  const owners = await hub.link.query<{ chain: string; role: string }>(
    `select distinct on (k.chain) k.chain, m.role
     from json_to_recordset($1::json) as k(chain text, register uuid) join hub.member m using (register)
     where not m.revoked order by k.chain, m.at desc`,
    [JSON.stringify(known)],
  );
  for (const { chain, role } of owners) await hub.assignChain(Buffer.from(chain, 'hex'), role);
}
