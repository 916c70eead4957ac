/**
 * The hub of a simulated shop: its real SQL in a real PostgreSQL, each register under a role of its own, put back to any earlier state. One
 * for many schedules, because making it takes seconds. Holds no clock and no luck: one connection, one question at a time. The connection is
 * the program's strict client without the time limits around it (network.ts decides what a link does), with statements that the server
 * plans once, and the change of role sent together with the question that it is for: a third of the work on either side.
 */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { testId } from '../support/foreign-chain.ts';
import type { SqlLink, SqlParam } from '../../src/hub/sql-link.ts';
import { makeHubMasterClient } from '../../src/hub/hub-client.ts';
import { SHOP_DATABASE, SUPERUSER } from '../../src/hub/cluster-conf.ts';
import { CONNECT_TIMEOUT_MS } from '../../src/hub/hub-limits.ts';
import { connectStrict, type StrictClient } from '../../src/hub/strict-client.ts';
import { startTestHub, tools, type TestHub } from '../../src/hub/testing/test-hub.ts';

export class SimHub {
  readonly #server: TestHub;
  readonly #client: StrictClient;
  readonly #tables: readonly string[];
  /** Names that states were kept under. */
  readonly #kept = new Set<string>();
  /** What the server planned, by its text. */
  readonly #statements = new Map<string, string>();
  #role = SUPERUSER;
  onNotify: (channel: string, payload: string) => void = () => {};

  private constructor(server: TestHub, client: StrictClient, tables: readonly string[]) {
    this.#server = server;
    this.#client = client;
    this.#tables = tables;
    client.on('notification', ({ channel, payload }) => this.onNotify(channel, payload ?? ''));
  }

  static async make(roles: readonly string[]): Promise<SimHub> {
    const server = await startTestHub({ folder: mkdtempSync(join(simulatedDisks(), 'aurapos-sim-hub-')) });
    const address = await server.hub.address(SHOP_DATABASE);
    const options = { ...address, applicationName: 'aurapos', connectTimeoutMs: CONNECT_TIMEOUT_MS };
    const client = await connectStrict(options, tools.random);
    Object.assign(client, { pipeline: true });
    const tables = await client.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema in ('hub', 'shop') and table_type = 'BASE TABLE' order by 1`,
    );
    const hub = new SimHub(
      server,
      client,
      tables.rows.map(({ name }) => name),
    );
    // What a power cut takes is decided here; the plans of a few rows are as good as those of many.
    await hub.run(SUPERUSER, "set synchronous_commit = off; set plan_cache_mode = 'force_generic_plan'");
    for (const [at, role] of roles.entries())
      await hub.run(
        SUPERUSER,
        `create role ${role} in role aurapos_register; insert into hub.member (role, register, pairing) values ('${role}', '${testId(9001 + at)}', '${testId(9001 + at)}')`,
      );
    const shop = { id: testId(9100), name: 'Corner Shop', incarnation: { number: 1, id: testId(9101) }, protocolVersion: 1 };
    await makeHubMasterClient(hub.linkAs(SUPERUSER)).beginIncarnation(shop);
    await hub.save('empty');
    for (const channel of ['feed', 'offered']) await hub.run(SUPERUSER, `listen ${channel}`);
    return hub;
  }

  async query<Row>(role: string, text: string, params: readonly SqlParam[] = []): Promise<Row[]> {
    const { stream } = this.#client.connection as { stream: Duplex };
    stream.cork();
    this.#become(role);
    const answered = this.#client.query({ name: this.#nameOf(text), text, values: [...params] });
    stream.uncork();
    return (await answered).rows as Row[];
  }

  async run(role: string, text: string): Promise<void> {
    this.#become(role);
    await this.#client.query(text);
  }

  /** A link that nothing happens to. */
  linkAs(role: string): SqlLink {
    return {
      query: (text, params) => this.query(role, text, params),
      run: (text) => this.run(role, text),
      listen: () => Promise.resolve(),
      onLost: () => {},
      close: () => Promise.resolve(),
    };
  }

  /** Sent, not awaited: the question follows on the same connection. */
  #become(role: string): void {
    if (this.#role === role) return;
    this.#role = role;
    const text = `set session authorization ${role}`;
    void this.#client.query({ name: this.#nameOf(text), text });
  }

  #nameOf(text: string): string {
    let name = this.#statements.get(text);
    if (name === undefined) {
      name = `s${this.#statements.size}`;
      this.#statements.set(text, name);
    }
    return name;
  }

  /** Keeps all tables as they are under a name, instead of what was kept under it. */
  async save(name: string): Promise<void> {
    if (!this.#kept.has(name)) await this.#makeRoom(name);
    await this.query(SUPERUSER, `select ${name}.keep()`);
  }

  async putBack(name: string): Promise<void> {
    await this.query(SUPERUSER, `select ${name}.put_back()`);
  }

  /** A copy of each table, and functions that go there and back, whose statements are planned once. */
  async #makeRoom(name: string): Promise<void> {
    this.#kept.add(name);
    const pairs = this.#tables.map((table) => [table, `${name}.${table.replace('.', '_').replaceAll('"', '')}`] as const);
    const fill = (to: string, from: string): string => `delete from ${to}; insert into ${to} table ${from};`;
    await this.run(
      SUPERUSER,
      `begin; create schema ${name};
       ${pairs.map(([table, copy]) => `create unlogged table ${copy} as table ${table} with no data;`).join(' ')}
       ${makeFunction(`${name}.keep`, pairs.map(([table, copy]) => fill(copy, table)).join(' '))}
       ${makeFunction(`${name}.put_back`, pairs.map(([table, copy]) => fill(table, copy)).join(' '))}
       commit`,
    );
  }

  async close(): Promise<void> {
    await this.#client.end();
    await this.#server.end();
  }
}

function makeFunction(name: string, body: string): string {
  return `create function ${name}() returns void language plpgsql as $$ begin ${body} end $$;`;
}

/** In memory where there is room for them. */
export function simulatedDisks(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}
