/**
 * Another register hosts the shop's database now: it took the part over, or it was given it. This one's goes down, so that everybody looks for
 * the other, and it joins that one: by itself where it gave the part away, else by one tap.
 */
import { rm } from 'node:fs/promises';
import { ok, refuse, type Result } from '../../base/result.ts';
import { readShopSecret } from '../../hub/hub-keys.ts';
import { writeHubServer } from '../../hub/hub-place.ts';
import { memberRole } from '../../hub/members.ts';
import { registerPassword } from '../../hub/sealed-box.ts';
import { ownRegisterId, readMode } from '../../register/register.ts';
import { readIncarnation } from '../../store/queries/incarnations.ts';
import { listRegisters } from '../../store/queries/shop.ts';
import { readMeta, writeMeta } from '../../store/store.ts';
import { hubFolder, keysFolder } from './master.ts';
import type { NetworkInput } from './network-input.ts';
import { accountOf, placeOf, writeAccount } from './slave-link.ts';
import type { Ties } from './ties.ts';
import { ownPairing } from './vouch.ts';

/** Whoever is connected hears of it as this register did; a hub that is gone at once would leave them searching. */
export const GOODBYE_MS = 1_500;

/** To be told at every new word of who hosts the shop's database. */
export function notePlace(input: NetworkInput, ties: Ties): void {
  const { register, clock, log } = input;
  const { store } = register;
  const newest = readIncarnation(store);
  if (readMode(store) !== 'master' || newest === null || newest.register === ownRegisterId(store)) return;
  const name = listRegisters(store.db).find(({ id }) => id === newest.register)?.name ?? '';
  ties.problem = { code: 'master.replaced', params: { register: name } };
  log.warn('master.replaced', { number: newest.number, register: newest.register });
  const isPlanned = readMeta(store.db, 'handing_over') === newest.register;
  const leave = async (): Promise<void> => {
    await clock.sleep(ties.master === null ? 0 : GOODBYE_MS);
    // Somebody let it join meanwhile.
    if (!ties.isReplaced) return;
    if (isPlanned) await stepDown(input, ties);
    else await ties.cut({ server: 'stop' });
  };
  void leave().then(
    () => input.onStatus(),
    (error: unknown) => log.error('master.not-ended', { error: String(error) }),
  );
}

/** Refuses mode.not-possible; master.keys-missing where it has no password of its own there, and must pair by a code. */
export async function stepDown(input: NetworkInput, ties: Ties): Promise<Result<null>> {
  const { store } = input.register;
  const newest = readIncarnation(store);
  const { authority } = store;
  if (newest === null || authority === null || newest.register === ownRegisterId(store))
    return refuse('mode.not-possible', { from: 'master', to: 'slave' });
  const secret = await readShopSecret(keysFolder(input));
  if (secret === null) return refuse('master.keys-missing');
  await ties.withdrawOffer();
  await ties.cut({ server: 'stop' });
  const pairing = ownPairing(store);
  const { host, port, place } = placeOf(newest.addresses[0] ?? '', newest.port);
  const answer = { role: memberRole(pairing), password: registerPassword(secret, pairing), authority, place };
  writeAccount(store, accountOf(answer, { host, port, database: 'aurapos' }));
  store.db.transact('durable', () => {
    writeMeta(store.db, 'mode', 'slave');
    store.db.run("DELETE FROM meta WHERE name IN ('unfinished', 'handing_over')");
    return ok(null);
  });
  ties.problem = null;
  await forgetHub(input);
  ties.beginSlave();
  return ok(null);
}

/** The shop's keys lie with its master, and nowhere else. */
export async function forgetHub(input: NetworkInput): Promise<void> {
  await rm(keysFolder(input), { recursive: true, force: true });
  await writeHubServer(hubFolder(input), null);
}
