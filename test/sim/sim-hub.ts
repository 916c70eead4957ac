/**
 * The hub of a simulated shop: its real SQL in a real PostgreSQL, each register under a role of its own, put back to any earlier state. One
 * for many schedules, because making it takes seconds. Holds no clock and no luck: one connection, one question at a time.
 */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testId } from '../support/foreign-chain.ts';
import type { SqlLink, SqlParam } from '../../src/hub/sql-link.ts';
import { makeHubMasterClient } from '../../src/hub/hub-client.ts';
import { SHOP_DATABASE, SUPERUSER } from '../../src/hub/cluster-conf.ts';
import { connectHub } from '../../src/hub/pg-link.ts';
import { startTestHub, tools, type TestHub } from '../../src/hub/testing/test-hub.ts';
import { unwrap } from '../../src/base/result.ts';

export class SimHub {
  readonly #server: TestHub;
  readonly #link: SqlLink;
  readonly #tables: readonly string[];
  #role = SUPERUSER;
  onNotify: (channel: string, payload: string) => void = () => {};
  queries = 0;

  private constructor(server: TestHub, link: SqlLink, tables: readonly string[]) {
    this.#server = server;
    this.#link = link;
    this.#tables = tables;
  }

  static async make(roles: readonly string[]): Promise<SimHub> {
    const server = await startTestHub({ folder: mkdtempSync(join(simulatedDisks(), 'aurapos-sim-hub-')) });
    const link = unwrap(await connectHub(await server.hub.address(SHOP_DATABASE), tools));
    const tables = await link.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema in ('hub', 'shop') and table_type = 'BASE TABLE' order by 1`,
    );
    // What a power cut takes is decided here; the plans of a few rows are as good as those of many.
    await link.run('set synchronous_commit = off');
    for (const [at, role] of roles.entries())
      await link.run(
        `create role ${role} in role aurapos_register; insert into hub.member (role, register, pairing) values ('${role}', '${testId(9001 + at)}', '${testId(9001 + at)}')`,
      );
    const shop = { id: testId(9100), name: 'Corner Shop', incarnation: { number: 1, id: testId(9101) }, protocolVersion: 1 };
    await makeHubMasterClient(link).beginIncarnation(shop);
    const hub = new SimHub(
      server,
      link,
      tables.map(({ name }) => name),
    );
    await hub.save('empty');
    for (const channel of ['feed', 'offered']) await link.listen(channel, (payload) => hub.onNotify(channel, payload));
    return hub;
  }

  async query<Row>(role: string, text: string, params: readonly SqlParam[] = []): Promise<Row[]> {
    this.queries++;
    await this.#become(role);
    return this.#link.query<Row>(text, params);
  }

  async run(role: string, text: string): Promise<void> {
    await this.#become(role);
    await this.#link.run(text);
  }

  async #become(role: string): Promise<void> {
    if (this.#role === role) return;
    await this.#link.run(`set session authorization ${role}`);
    this.#role = role;
  }

  /** Keeps all tables as they are under a name; an older copy of that name goes. */
  async save(name: string): Promise<void> {
    await this.#become(SUPERUSER);
    const copies = this.#tables.map((table) => `create table ${copyOf(name, table)} as table ${table}`);
    await this.#link.run(`begin; drop schema if exists ${name} cascade; create schema ${name}; ${copies.join('; ')}; commit`);
  }

  async putBack(name: string): Promise<void> {
    await this.#become(SUPERUSER);
    const back = this.#tables.flatMap((table) => [`delete from ${table}`, `insert into ${table} table ${copyOf(name, table)}`]);
    await this.#link.run(`begin; ${back.join('; ')}; commit`);
  }

  async close(): Promise<void> {
    await this.#link.close();
    await this.#server.end();
  }
}

function copyOf(name: string, table: string): string {
  return `${name}.${table.replace('.', '_').replaceAll('"', '')}`;
}

/** In memory where there is room for them. */
export function simulatedDisks(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}
