/**
 * Other masters of the same shop: one that was replaced and does not know it, or two that took over at once. The master looks for them where
 * the shop's word says that one was, and on the network; to the older it tells, from the newer it hears. Who holds, the incarnations decide.
 */
import type { Id } from '../../base/id.ts';
import { describeRefusal, type Result } from '../../base/result.ts';
import type { HubClient } from '../../hub/hub-client.ts';
import { readPlace } from '../../hub/hub-place.ts';
import { compareIncarnations, listIncarnations, readIncarnation } from '../../store/queries/incarnations.ts';
import { giveMissing, readHubHeads, takeMissing } from '../../sync/compare-heads.ts';
import { findMasters, ownAddresses, type FoundMaster } from '../../sync/discovery.ts';
import type { NetworkInput } from './network-input.ts';

interface Place {
  readonly host: string;
  readonly port: number;
}

interface RivalsInput extends NetworkInput {
  /** Of this master. */
  readonly port: number;
  /** This CA's short name in announcements. */
  readonly mark: string;
  /** Masters that announced themselves just now, this one left out. */
  onFound(masters: readonly FoundMaster[]): void;
  /** As this register, under the shop's CA. */
  connectTo(place: Place): Promise<Result<HubClient>>;
}

/** Between looks; the first is at once. */
const LOOK_MS = 5_000;
const LISTEN_MS = 900;

export function watchRivals(input: RivalsInput): { stop(): Promise<void> } {
  const { clock, log } = input;
  const stopped = new AbortController();
  const watch = async (): Promise<void> => {
    do {
      for (const place of await findPlaces(input, stopped.signal)) {
        if (stopped.signal.aborted) return;
        await meet(input, place).catch((error: unknown) => log.info('master.rival-lost', { ...place, error: String(error) }));
      }
    } while (await clock.sleep(LOOK_MS, stopped.signal));
  };
  const watching = watch();
  return {
    stop: async () => {
      stopped.abort();
      await watching;
    },
  };
}

async function findPlaces({ register, port, mark, clock, log, onFound }: RivalsInput, signal: AbortSignal): Promise<Place[]> {
  const { store } = register;
  const own = new Set(ownAddresses().map((host) => `${host}:${port}`));
  const newest = readIncarnation(store);
  const told = listIncarnations(store)
    .filter(({ id }) => id !== newest?.id)
    .flatMap((one) => one.addresses.filter((address) => readPlace(address) === null).map((host) => ({ host, port: one.port })));
  const found = (await findMasters(LISTEN_MS, clock, log, signal)).filter((one) => !own.has(`${one.host}:${one.port}`));
  if (!signal.aborted) onFound(found);
  const announced = found.filter(({ authority }) => authority === mark).map(({ host, port: at }) => ({ host, port: at }));
  const places = new Map([...told, ...announced].map((place) => [`${place.host}:${place.port}`, place]));
  return [...places].flatMap(([text, place]) => (own.has(text) ? [] : [place]));
}

async function meet(input: RivalsInput, place: Place): Promise<void> {
  const connected = await input.connectTo(place);
  if (!connected.ok) {
    if (!describeRefusal(connected.refusal).retry) input.log.info('master.rival-refuses', { ...place, ...connected.refusal });
    return;
  }
  const hub = connected.value;
  try {
    const { number, id } = (await hub.greet()).incarnation;
    const own = readIncarnation(input.register.store);
    if (id === null || own === null) return;
    const order = compareIncarnations({ number, id: id as Id }, own);
    if (order === 0) return;
    input.log.warn('master.rival', { ...place, number, holds: order > 0 });
    const heads = await readHubHeads(hub);
    if (order > 0) await takeMissing(input.syncTools, hub, heads);
    else await giveMissing(input.syncTools, hub, heads);
  } finally {
    await hub.close();
  }
}
