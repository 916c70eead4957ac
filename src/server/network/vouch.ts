/** What a master signs for its shop with the CA's key: every chain it knows, what was revoked, the sealed box, and that it is the master. */
import { makeId, type Id } from '../../base/id.ts';
import type { Random } from '../../base/random.ts';
import { ok, type Result } from '../../base/result.ts';
import { issueChainCertificate, signByAuthority, type CertificateAuthority } from '../../hub/certificate-authority.ts';
import type { HubKeys } from '../../hub/hub-keys.ts';
import { readPlace, spellPlace, type HubPlace } from '../../hub/hub-place.ts';
import { proclaimMaster, type AuthorityRows } from '../../register/admit-register.ts';
import { ownRegisterId } from '../../register/register.ts';
import { isSignedByAuthority } from '../../protocol/certificate.ts';
import { knownChains, listRevocations } from '../../store/chains.ts';
import { incarnationParts, readIncarnation, type Incarnation, type IncarnationMark } from '../../store/queries/incarnations.ts';
import { readMeta, writeMeta, type Store } from '../../store/store.ts';
import { ownAddresses } from '../../sync/discovery.ts';
import { listPairings } from '../../sync/raise-members.ts';
import type { NetworkInput } from './network-input.ts';

/** Of this register: what its role and password at the hub follow from. */
export function ownPairing(store: Store): Id {
  const own = ownRegisterId(store);
  return listPairings(store).get(own) ?? own;
}

/** Everything that this CA must vouch for when it becomes the shop's. */
export function vouchForAll(store: Store, authority: CertificateAuthority, box: Uint8Array, random: Random): AuthorityRows {
  const pairings = listPairings(store);
  const before = store.authority;
  return {
    authority: authority.certificate,
    certificates: knownChains(store.db).map(({ chain, publicKey, register }) => ({
      chain,
      register,
      der: issueChainCertificate(authority, random, { register, pairing: pairings.get(register) ?? register }, publicKey),
    })),
    // What the CA before this one had revoked stays so; what nobody signed never was.
    revocations: listRevocations(store.db)
      .filter(({ chain, fromN, signature }) => before !== null && isSignedByAuthority(before, signature, 'revocation', chain, fromN))
      .map(({ chain, fromN }) => ({ chain, fromN, signature: signByAuthority(authority, 'revocation', chain, fromN) })),
    box,
    boxSignature: signByAuthority(authority, 'sealed-box', box),
  };
}

/** Is that the place which the incarnation names? Null: on its register's machine. */
export function isHostedAt({ addresses }: Pick<Incarnation, 'addresses'>, place: HubPlace | null): boolean {
  return place === null ? addresses.every((address) => readPlace(address) === null) : addresses.includes(spellPlace(place));
}

/** Says that this register is the master, once; said before, it answers what was said. */
export function proclaim(
  input: Pick<NetworkInput, 'register' | 'listen'>,
  keys: Pick<HubKeys, 'authority'>,
  port: number,
  place: HubPlace | null,
): Result<IncarnationMark> {
  const { store } = input.register;
  const held = readIncarnation(store);
  if (held?.register === ownRegisterId(store) && isHostedAt(held, place)) return ok(held);
  const incarnation: Incarnation = {
    // The history may not be here yet that tells of it; what was met counts as well.
    ...claim(store, Math.max(held?.number ?? 0, Number(readMeta(store.db, 'met_incarnation') ?? 0)) + 1),
    register: ownRegisterId(store),
    ...(place === null
      ? { addresses: input.listen === '*' ? ownAddresses() : input.listen.split(/[\s,]+/), port }
      : { addresses: [spellPlace(place)], port: place.hosts[0]?.port ?? port }),
    at: store.clock.nowMs(),
  };
  const proclaimed = proclaimMaster(
    input.register,
    incarnation,
    signByAuthority(keys.authority, 'incarnation', ...incarnationParts(incarnation)),
  );
  return proclaimed.ok ? ok(incarnation) : proclaimed;
}

/** Its id is drawn once: cut before it was said, the next try says the same. */
function claim(store: Store, number: number): IncarnationMark {
  const held = readMeta(store.db, 'incarnation');
  const [heldNumber, heldId] = typeof held === 'string' ? held.split(' ') : [];
  if (Number(heldNumber) === number && heldId !== undefined) return { number, id: heldId as Id };
  const id = makeId(store.clock, store.random);
  store.db.transact('durable', () => ok(writeMeta(store.db, 'incarnation', `${number} ${id}`)));
  return { number, id };
}
