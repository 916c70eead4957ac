/**
 * New keys for the shop while it sells: a register was stolen, or the printed code is lost. A new CA, which the old one signs over to, a new
 * secret, so a new password for every register, a new sealed box and code. Registers that are online are told theirs over the connection
 * they have; one that was off is paired again by a code. Every step finds its work done or does it.
 */
import { rename, rm } from 'node:fs/promises';
import { equalBytes } from '../../base/bytes.ts';
import { asResult, type Result } from '../../base/result.ts';
import { signByAuthority } from '../../hub/certificate-authority.ts';
import { ensureHubKeys, hasHubKeys, type HubKeys } from '../../hub/hub-keys.ts';
import { memberRole } from '../../hub/members.ts';
import { countUnheard, sayPrivately } from '../../hub/private-word.ts';
import { registerPassword } from '../../hub/sealed-box.ts';
import { publishAuthority } from '../../register/admit-register.ts';
import { ownRegisterId } from '../../register/register.ts';
import { listRegisters } from '../../store/queries/shop.ts';
import { readMeta } from '../../store/store.ts';
import { listPairings } from '../../sync/raise-members.ts';
import type { JobProgress } from '../jobs.ts';
import { keysFolder, readHubPort, type Master } from './master.ts';
import type { NetworkInput } from './network-input.ts';
import type { Ties } from './ties.ts';
import { vouchForAll } from './vouch.ts';

/** Registers say how they stand every two seconds, and hear then that there is a word for them. */
const HEARD_WITHIN_MS = 12_000;
/** What was published reaches those who are connected before the hub goes down for its new keys. */
const SPREAD_MS = 1_500;
const LOOK_MS = 200;

const nextFolder = (input: NetworkInput): string => `${keysFolder(input)}-next`;

/** The shop's next keys, made once. From here on the change goes on to its end. */
export async function makeNextKeys(input: NetworkInput): Promise<void> {
  await ensureHubKeys(nextFolder(input), String(readMeta(input.register.store.db, 'shop_id')), input.random);
}

/** Ends with the hub up under the new keys and open. Refuses what raising a hub refuses. */
export async function renewKeys(input: NetworkInput, ties: Ties, progress: JobProgress): Promise<Result<Master>> {
  const { authority } = input.register.store;
  if (hasHubKeys(nextFolder(input))) {
    const next = await loadKeys(input, nextFolder(input));
    if (authority !== null && !equalBytes(authority, next.authority.certificate)) {
      const told = await tellAndPublish(input, ties, next, progress);
      if (!told.ok) return told;
    }
    progress.step('keys');
    await ties.cut({ server: 'stop' });
    await rm(keysFolder(input), { recursive: true, force: true });
    await rename(nextFolder(input), keysFolder(input));
  }
  const raised = await asResult(() => ties.raise(readHubPort(input), null));
  if (!raised.ok) return raised;
  const opened = await asResult(() => raised.value.open());
  return opened.ok ? raised : opened;
}

async function loadKeys(input: NetworkInput, folder: string): Promise<HubKeys> {
  return ensureHubKeys(folder, '', input.random);
}

async function tellAndPublish(input: NetworkInput, ties: Ties, next: HubKeys, progress: JobProgress): Promise<Result<null>> {
  const { register, clock, random } = input;
  const { store } = register;
  const raised = await ties.raise(readHubPort(input), null);
  if (!raised.ok) return raised;
  const master = raised.value;
  progress.step('tell');
  await tell(input, master, next);
  const vouched = vouchForAll(store, next.authority, next.sealedBox, random);
  const { authority } = master.running.hub.keys;
  const boxSignature = signByAuthority(authority, 'rotation', next.authority.certificate, next.sealedBox);
  const published = publishAuthority(register, { ...vouched, boxSignature });
  await clock.sleep(SPREAD_MS);
  return published;
}

/** Until all who are there have theirs; the others pair again. */
async function tell({ register: { store }, clock }: NetworkInput, master: Master, next: HubKeys): Promise<void> {
  const client = await master.running.connectMaster();
  if (!client.ok) return;
  const { link } = client.value;
  try {
    const pairings = listPairings(store);
    const told = listRegisters(store.db).filter(({ id, revoked }) => !revoked && id !== ownRegisterId(store));
    for (const { id } of told) {
      const pairing = pairings.get(id);
      if (pairing === undefined) continue;
      const password = registerPassword(next.secret, pairing);
      await sayPrivately(link, memberRole(pairing), { kind: 'renew', authority: next.authority.certificate, password });
    }
    const until = clock.monotonicMs() + HEARD_WITHIN_MS;
    while ((await countUnheard(link)) > 0 && clock.monotonicMs() < until) await clock.sleep(LOOK_MS);
  } finally {
    await client.value.close();
  }
}
