/**
 * Who may use a hub that was just filled: a role for every register that the store knows, made again from the shop's secret, so that nobody
 * pairs anew; whose chain is whose; and what was revoked stays so.
 */
import type { Id } from '../base/id.ts';
import type { Random } from '../base/random.ts';
import { verifyChainCertificate } from '../hub/certificate-authority.ts';
import type { HubMasterClient } from '../hub/hub-client.ts';
import { ensureMember, memberRole, revokeMember } from '../hub/members.ts';
import { isSignedByAuthority } from '../protocol/certificate.ts';
import { knownChains, listCertificates, listRevocations } from '../store/chains.ts';
import { listRegisters } from '../store/queries/shop.ts';
import type { Store } from '../store/store.ts';

/** Each register's pairing by its newest certificate of the present CA; from it and the secret its password follows. */
export function listPairings({ authority, db }: Store): Map<Id, Id> {
  const pairings = new Map<Id, Id>();
  if (authority === null) return pairings;
  for (const der of listCertificates(db)) {
    const certified = verifyChainCertificate(der, authority);
    if (certified !== null && !pairings.has(certified.register)) pairings.set(certified.register, certified.pairing);
  }
  return pairings;
}

/** Throws when the link is lost; run it again then. */
export async function raiseMembers(store: Store, hub: HubMasterClient, secret: Uint8Array, random: Random): Promise<void> {
  const { authority, db } = store;
  const pairings = listPairings(store);
  for (const { chain, register } of knownChains(db)) {
    const pairing = pairings.get(register);
    if (pairing !== undefined) await hub.assignChain(chain, memberRole(pairing));
  }
  for (const { chain, fromN, signature } of listRevocations(db))
    if (authority !== null && isSignedByAuthority(authority, signature, 'revocation', chain, fromN)) await hub.denyChain(chain, fromN);
  for (const { id, revoked } of listRegisters(db)) {
    const pairing = pairings.get(id);
    if (pairing === undefined) continue;
    const { role } = await ensureMember(hub.link, secret, { register: id, pairing }, random);
    if (revoked) await revokeMember(hub.link, role);
  }
}
