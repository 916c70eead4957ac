/**
 * The network between simulated registers and their hub: it delays, cuts links (before a question arrives, or after the hub committed and
 * before the answer), loses, doubles, reorders and forges wake-ups. One link keeps the order of its questions, as TCP does.
 */
import { ok, refuse, type Result } from '../../src/base/result.ts';
import { makeHubMasterClient, type HubMasterClient } from '../../src/hub/hub-client.ts';
import type { SqlLink, SqlParam } from '../../src/hub/sql-link.ts';
import type { Dice } from './dice.ts';
import type { SimHub } from './sim-hub.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Who is at a link's near end. */
export interface NearEnd {
  readonly name: string;
  isDead(): boolean;
}

export interface NetworkFigures {
  cuts: number;
  cutsBeforeAnswer: number;
  wakesLost: number;
  wakesForged: number;
}

interface Connection {
  readonly end: NearEnd;
  gone: boolean;
  /** The last question arrives, the last answer is back. */
  upMs: number;
  downMs: number;
  readonly lost: Set<(cause: Error) => void>;
  readonly listening: Map<string, (payload: string) => void>;
}

/** What a register that listens asks, as far as the network is concerned. */
const LISTEN = 'select 1';

interface VerdictRow {
  readonly position: number | null;
  readonly running_hash: Uint8Array | null;
}

/** What an answer goes through on its way, for bugs planted on purpose. */
export type Spoil = (text: string, rows: unknown[]) => unknown[];

export class Network {
  readonly figures: NetworkFigures = { cuts: 0, cutsBeforeAnswer: 0, wakesLost: 0, wakesForged: 0 };
  /** While off, delays are all that happens. */
  unruly = false;
  hubDown = false;
  spoil: Spoil = (_, rows) => rows;
  /** The next push of these is committed by the hub and not answered. */
  readonly cutAfterPush = new Set<string>();
  /** The hub dies over the next push: it has committed it, and answers nobody any more. */
  diesOverPush: ((push: () => Promise<void>) => Promise<void>) | null = null;
  /** The newest place in the feed that a register was told of for what it pushed. */
  answered: { readonly position: number; readonly running: Uint8Array } | null = null;
  readonly #down = new Set<string>();
  readonly #connections = new Set<Connection>();
  readonly #time: VirtualTime;
  readonly #hub: SimHub;
  readonly #dice: Dice;
  readonly #trace: (line: string) => void;

  constructor(time: VirtualTime, hub: SimHub, dice: Dice, trace: (line: string) => void) {
    this.#time = time;
    this.#hub = hub;
    this.#dice = dice;
    this.#trace = trace;
    hub.onNotify = (channel, payload) => this.#notify(channel, payload);
  }

  cut(name: string): void {
    this.#down.add(name);
    this.figures.cuts++;
    for (const connection of this.#connections) if (connection.end.name === name) this.#lose(connection);
  }

  mend(name: string): void {
    this.#down.delete(name);
  }

  /** The hub died or was taken away: every link to it is gone. */
  cutAll(): void {
    for (const connection of this.#connections) this.#lose(connection);
  }

  isDown(name: string): boolean {
    return this.hubDown || this.#down.has(name);
  }

  /** Has it a connection that lives? That one is lost is noticed after a while. */
  isLinked(name: string): boolean {
    return [...this.#connections].some(({ end }) => end.name === name);
  }

  connect(end: NearEnd, role: string): Promise<Result<HubMasterClient>> {
    return new Promise((resolve) => {
      this.#time.after(this.#delayMs() * 3, () => {
        if (end.isDead()) return;
        if (this.isDown(end.name)) resolve(refuse('hub.no-answer', { host: 'hub', port: 5432 }));
        else resolve(ok(makeHubMasterClient(this.#link(end, role))));
      });
    });
  }

  #link(end: NearEnd, role: string): SqlLink {
    const connection: Connection = { end, gone: false, upMs: 0, downMs: 0, lost: new Set(), listening: new Map() };
    this.#connections.add(connection);
    return {
      query: (text, params = []) => this.#ask(connection, role, text, params),
      run: async (text) => {
        await this.#ask(connection, role, text, [], true);
      },
      listen: async (channel, onPayload) => {
        await this.#ask(connection, role, LISTEN, []);
        connection.listening.set(channel, onPayload);
      },
      onLost: (listener) => {
        if (connection.gone) listener(new Error('link lost'));
        else connection.lost.add(listener);
      },
      close: () => {
        connection.gone = true;
        this.#connections.delete(connection);
        return Promise.resolve();
      },
    };
  }

  #ask<Row>(connection: Connection, role: string, text: string, params: readonly SqlParam[], script = false): Promise<Row[]> {
    const { end } = connection;
    return new Promise((resolve, reject) => {
      if (end.isDead()) return;
      if (connection.gone) {
        reject(new Error('link lost'));
        return;
      }
      connection.lost.add(reject);
      connection.upMs = Math.max(connection.upMs + 0.001, this.#time.nowMs + this.#delayMs());
      this.#time.after(connection.upMs - this.#time.nowMs, async () => {
        if (connection.gone || this.isDown(end.name)) return;
        const dies = text.includes('hub.push(') ? this.diesOverPush : null;
        if (dies !== null) {
          this.diesOverPush = null;
          await dies(async () => void (await this.#execute(role, text, params, script)));
          return;
        }
        const answered = await this.#execute<Row>(role, text, params, script);
        this.#trace(`${end.name} ${verb(text)} ${'rows' in answered ? answered.rows.length : 'refused'}`);
        if (this.#cutsNow(end.name, text)) return;
        connection.downMs = Math.max(connection.downMs + 0.001, this.#time.nowMs + this.#delayMs());
        this.#time.after(connection.downMs - this.#time.nowMs, () => {
          if (connection.gone || end.isDead()) return;
          connection.lost.delete(reject);
          if (text.includes('hub.push(') && 'rows' in answered) this.#noteAnswered(answered.rows as VerdictRow[]);
          if ('rows' in answered) resolve(answered.rows);
          else reject(answered.error);
        });
      });
    });
  }

  async #execute<Row>(
    role: string,
    text: string,
    params: readonly SqlParam[],
    script: boolean,
  ): Promise<{ rows: Row[] } | { error: Error }> {
    try {
      // The hub itself listens once, for all of them.
      if (text === LISTEN) return { rows: [{}] as Row[] };
      if (script) {
        await this.#hub.run(role, text);
        return { rows: [] };
      }
      const rows = this.spoil(text, await this.#hub.query<Row>(role, text, params)) as Row[];
      // The hub's clock is the simulator's.
      if (text.includes('hub.greet()')) return { rows: rows.map((row) => ({ ...row, clock_ms: Math.floor(this.#time.nowMs) })) };
      return { rows };
    } catch (error) {
      return { error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  #noteAnswered(verdicts: readonly VerdictRow[]): void {
    for (const { position, running_hash: running } of verdicts)
      if (position !== null && running !== null && position > (this.answered?.position ?? 0)) this.answered = { position, running };
  }

  #cutsNow(name: string, text: string): boolean {
    if (!text.includes('hub.push(') || !this.cutAfterPush.delete(name)) return false;
    this.figures.cutsBeforeAnswer++;
    this.cut(name);
    this.#time.after(this.#dice.between(200, 3_000), () => this.mend(name));
    return true;
  }

  /** A dead link is noticed after a while; nothing passes from here on. */
  #lose(connection: Connection): void {
    connection.gone = true;
    this.#connections.delete(connection);
    this.#time.after(this.unruly ? this.#dice.between(0, 2_500) : 1, () => {
      if (connection.end.isDead()) return;
      const cause = new Error('link lost');
      for (const listener of connection.lost) listener(cause);
    });
  }

  #notify(channel: string, payload: string): void {
    for (const connection of this.#connections) {
      const onPayload = connection.listening.get(channel);
      if (onPayload === undefined) continue;
      if (this.unruly && this.#dice.chance(0.05)) {
        this.figures.wakesLost++;
        continue;
      }
      const copies = this.unruly && this.#dice.chance(0.05) ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) this.#deliver(connection, onPayload, payload);
      if (this.unruly && this.#dice.chance(0.03)) this.#deliver(connection, onPayload, this.#forge(payload));
    }
  }

  #deliver(connection: Connection, onPayload: (payload: string) => void, payload: string): void {
    const late = this.unruly && this.#dice.chance(0.05) ? this.#dice.between(0, 2_000) : 0;
    this.#time.after(this.#delayMs() + late, () => {
      if (!connection.gone && !connection.end.isDead()) onPayload(payload);
    });
  }

  /** What any role may say on a channel: nonsense, a place that is not there, a changeset that was tampered with. */
  #forge(payload: string): string {
    this.figures.wakesForged++;
    const said: Record<string, unknown> = JSON.parse(payload === '' ? '{}' : payload);
    switch (Math.floor(this.#dice.between(0, 4))) {
      case 0:
        return '{"position": 12';
      case 1:
        return JSON.stringify({ position: 999_999 });
      case 2:
        return JSON.stringify({ ...said, n: Number(said['n'] ?? 1) + 1 });
      default:
        return JSON.stringify({ ...said, signature: '00'.repeat(64), hash: '11'.repeat(32) });
    }
  }

  #delayMs(): number {
    if (!this.unruly) return 0.5;
    return this.#dice.chance(0.02) ? this.#dice.between(50, 900) : this.#dice.between(0.3, 12);
  }
}

function verb(text: string): string {
  return /hub\.(\w+)/.exec(text)?.[1] ?? text.slice(0, 20);
}
