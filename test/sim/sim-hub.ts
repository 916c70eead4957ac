/**
 * The hub of a simulated shop: its real SQL in PGlite, each register under a role of its own, put back to any earlier state. One for many
 * schedules, because making it takes seconds. Holds no clock and no luck.
 */
import { PGlite } from '@electric-sql/pglite';
import { testId } from '../support/foreign-chain.ts';
import { installHubSchema } from '../../src/hub/install-hub-schema.ts';
import { installProjection } from '../../src/hub/projection.ts';
import type { SqlLink, SqlParam } from '../../src/hub/sql-link.ts';
import { makeHubMasterClient } from '../../src/hub/hub-client.ts';
import { pgliteLink } from '../../src/hub/testing/pglite-link.ts';

const SUPERUSER = 'postgres';

export class SimHub {
  readonly #db: PGlite;
  readonly #link: SqlLink;
  readonly #tables: readonly string[];
  #role = SUPERUSER;
  onNotify: (channel: string, payload: string) => void = () => {};
  queries = 0;

  private constructor(db: PGlite, tables: readonly string[]) {
    this.#db = db;
    this.#link = pgliteLink(db);
    this.#tables = tables;
  }

  static async make(roles: readonly string[]): Promise<SimHub> {
    const db = await PGlite.create();
    const link = pgliteLink(db);
    await installHubSchema(link);
    await installProjection(link);
    const tables = await link.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema in ('hub', 'shop') and table_type = 'BASE TABLE' order by 1`,
    );
    await db.exec('grant usage on schema hub to public');
    for (const [at, role] of roles.entries())
      await db.exec(
        `create role ${role}; insert into hub.member (role, register, pairing) values ('${role}', '${testId(9001 + at)}', '${testId(9001 + at)}')`,
      );
    const shop = { id: testId(9100), name: 'Corner Shop', number: 1, incarnationId: testId(9101), protocolVersion: 1 };
    await makeHubMasterClient(link).beginIncarnation(shop);
    const hub = new SimHub(
      db,
      tables.map(({ name }) => name),
    );
    for (const channel of ['feed', 'offered']) await db.listen(channel, (payload) => hub.onNotify(channel, payload));
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
    await this.#db.exec(`set session authorization ${role}`);
    this.#role = role;
  }

  /** Keeps all tables as they are under a name; an older copy of that name goes. */
  async save(name: string): Promise<void> {
    await this.#become(SUPERUSER);
    const copies = this.#tables.map((table) => `create table ${copyOf(name, table)} as table ${table}`);
    await this.#db.exec(`begin; drop schema if exists ${name} cascade; create schema ${name}; ${copies.join('; ')}; commit`);
  }

  async putBack(name: string): Promise<void> {
    await this.#become(SUPERUSER);
    const back = this.#tables.flatMap((table) => [`delete from ${table}`, `insert into ${table} table ${copyOf(name, table)}`]);
    await this.#db.exec(`begin; ${back.join('; ')}; commit`);
  }

  async close(): Promise<void> {
    await this.#db.close();
  }
}

function copyOf(name: string, table: string): string {
  return `${name}.${table.replace('.', '_').replaceAll('"', '')}`;
}
