/**
 * The master's desk where registers are paired: it gives out a code, answers whoever comes with it, and writes down whom it let in: a new
 * register, or one that belonged to the shop before.
 */
import { equalBytes } from '../../base/bytes.ts';
import { makeId, type Id } from '../../base/id.ts';
import { ok, refuse, type Result } from '../../base/result.ts';
import { issueChainCertificate } from '../../hub/certificate-authority.ts';
import type { HubMasterClient } from '../../hub/hub-client.ts';
import { spellPlace } from '../../hub/hub-place.ts';
import { closeMember, listMembers, memberRole } from '../../hub/members.ts';
import { closePairing, openPairing, servePairing, type PairingCode, type PairingRequest } from '../../hub/pairing.ts';
import type { RunningHub } from '../../hub/run-hub.ts';
import { chainIdOf } from '../../protocol/changeset.ts';
import { admitRegister, nextRegisterCode, readmitRegister } from '../../register/admit-register.ts';
import { seriesOfNew } from '../../store/begin-chain.ts';
import { knownChains } from '../../store/chains.ts';
import { listRegisters } from '../../store/queries/shop.ts';
import type { Store } from '../../store/store.ts';
import type { NetworkInput } from './network-input.ts';

export interface PairingDesk {
  startPairing(): Promise<Result<PairingCode>>;
  stopPairing(): Promise<Result<null>>;
  /** The code that is open; null once it was used, or is too old. */
  pairing(): PairingCode | null;
  close(): Promise<void>;
}

/** Gives out codes, and answers whoever comes with one. The superuser's link is open only while a code is. */
export function startPairingDesk(input: NetworkInput, running: RunningHub, shopName: string): PairingDesk {
  const { clock, random, log } = input;
  let open: { readonly code: PairingCode; readonly client: HubMasterClient; readonly serving: { stop(): Promise<void> } } | null = null;
  let used = false;
  const close = async (): Promise<void> => {
    const held = open;
    open = null;
    if (held === null) return;
    await held.serving.stop();
    await closePairing(held.client.link).catch((error: unknown) => log.warn('pairing.close', { error: String(error) }));
    await held.client.close();
  };
  return {
    pairing: () => (open !== null && !used && open.code.expiresAtMs > clock.nowMs() ? open.code : null),
    startPairing: async () => {
      await close();
      const client = await running.connectMaster();
      if (!client.ok) return client;
      const code = await openPairing(client.value.link, { clock, random });
      used = false;
      const serving = servePairing({
        link: client.value.link,
        keys: running.hub.keys,
        place: running.hub.place === null ? null : spellPlace(running.hub.place),
        shopName,
        clock,
        random,
        onRequest: async (request) => {
          const granted = grant(input, running, request);
          // Good for one: no screen shows it any more. The desk stays open until the new register has its answer.
          used ||= granted.ok;
          if (granted.ok) await takeOverRole(input, client.value, granted.value.register, request.pairing);
          return granted;
        },
        onFault: (error) => log.error('pairing.failed', { error: String(error) }),
      });
      open = { code, client: client.value, serving };
      // Nobody answers over a link that is gone: the code is shown no more, and the next one opens another.
      client.value.link.onLost(() => {
        used = true;
        void serving.stop();
      });
      return ok(code);
    },
    stopPairing: async () => {
      await close();
      return ok(null);
    },
    close,
  };
}

/**
 * A new register gets the next code; one that belonged to this shop before is that again. Its key gets a certificate; all of it is in the
 * journal before it hears of it. Refuses pairing.other-shop.
 */
function grant(
  input: NetworkInput,
  running: RunningHub,
  request: PairingRequest,
): Result<{ register: Id; registerCode: string; series: string; certificate: Uint8Array }> {
  const { register, clock, random } = input;
  const { authority, shopId } = running.hub.keys;
  const { before, publicKey } = request;
  const row = listRegisters(register.store.db).find(({ id }) => id === before?.register);
  if (before !== null && (before.shop !== shopId || isOtherThan(register.store, before.register, publicKey)))
    return refuse('pairing.other-shop');
  const id = row?.id ?? (before?.register as Id | undefined) ?? makeId(clock, random);
  const certificate = issueChainCertificate(authority, random, { register: id, pairing: request.pairing as Id }, publicKey);
  const code = row?.code ?? nextRegisterCode(register.store);
  const admitted =
    row === undefined
      ? admitRegister(register, { id, code, name: request.name, publicKey, certificate })
      : readmitRegister(register, { id, publicKey, certificate });
  const series = seriesOfNew(register.store, code, chainIdOf(publicKey));
  return admitted.ok ? ok({ register: id, registerCode: code, series, certificate }) : admitted;
}

/**
 * Does this key belong to another register, or that register have other keys? One whose keys nobody here vouched for yet was let in by another
 * master, whose own keys differ.
 */
function isOtherThan({ db }: Store, register: string, publicKey: Uint8Array): boolean {
  const chains = knownChains(db);
  const held = chains.find((chain) => equalBytes(chain.publicKey, publicKey));
  return held === undefined ? chains.some((chain) => chain.register === register) : held.register !== register;
}

/** One that was here before has had another role: its chains go over to the new one, and the old one lets nobody in. */
async function takeOverRole({ register: { store } }: NetworkInput, client: HubMasterClient, register: Id, pairing: string): Promise<void> {
  for (const member of await listMembers(client.link))
    if (member.register === register && member.pairing !== pairing) await closeMember(client.link, member.role);
  for (const chain of knownChains(store.db))
    if (chain.register === register) {
      await client.assignChain(chain.chain, memberRole(pairing));
      await client.denyChain(chain.chain, null);
    }
}
