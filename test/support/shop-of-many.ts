/** Several registers of one shop in one process, their hub's real SQL in PGlite, certificates by a real CA. For tests of the loops. */
import { PGlite } from '@electric-sql/pglite';
import { toBase64Url } from '../../src/base/bytes.ts';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { makeId, type Id } from '../../src/base/id.ts';
import { silentLog } from '../../src/base/log.ts';
import { present } from '../../src/base/assert.ts';
import { systemRandom } from '../../src/base/random.ts';
import { ok, unwrap, type Result } from '../../src/base/result.ts';
import { issueChainCertificate, makeCertificateAuthority, type CertificateAuthority } from '../../src/hub/certificate-authority.ts';
import { makeHubMasterClient, type HubMasterClient } from '../../src/hub/hub-client.ts';
import { installHubSchema } from '../../src/hub/install-hub-schema.ts';
import { installProjection } from '../../src/hub/projection.ts';
import type { SqlLink } from '../../src/hub/sql-link.ts';
import { pgliteLink } from '../../src/hub/testing/pglite-link.ts';
import { openRegister, type Register } from '../../src/register/register.ts';
import { beginChain } from '../../src/store/begin-chain.ts';
import { trustCertificate } from '../../src/store/chains.ts';
import { commit, commitWith } from '../../src/store/journal.ts';
import { prepareChangesets } from '../../src/store/prepare.ts';
import { writeMeta, type Store } from '../../src/store/store.ts';
import { startSync, type Sync } from '../../src/sync/sync-loop.ts';
import type { SyncTools } from '../../src/sync/tools.ts';
import { makeShop, openTestStore, type TestShop } from './shop.ts';

export interface HubForTests {
  readonly db: PGlite;
  readonly master: HubMasterClient;
  connect(): Promise<Result<HubMasterClient>>;
  close(): Promise<void>;
}

export async function makeTestHub(): Promise<HubForTests> {
  const db = await PGlite.create();
  const link = pgliteLink(db);
  await installHubSchema(link);
  await installProjection(link);
  const shop = {
    id: makeId(systemClock, systemRandom),
    name: 'Corner Shop',
    incarnation: { number: 1, id: makeId(systemClock, systemRandom) },
    protocolVersion: 1,
  };
  await makeHubMasterClient(link).beginIncarnation(shop);
  return {
    db,
    master: makeHubMasterClient(link),
    connect: () => Promise.resolve(ok(makeHubMasterClient(withoutClose(pgliteLink(db))))),
    close: () => db.close(),
  };
}

/** One database in the process: a session's end does not end it. */
function withoutClose(link: SqlLink): SqlLink {
  return { ...link, close: () => Promise.resolve() };
}

export interface Member {
  readonly code: string;
  readonly register: Register;
  readonly store: Store;
  readonly owner: Id;
}

export interface ShopOfMany {
  /** Of all of them. */
  readonly clock: TestShop['clock'];
  readonly authority: CertificateAuthority;
  readonly members: Member[];
  join(file?: string): Member;
}

/** The first register of a demo shop with its CA; others join by certificate, as pairing would have it. */
export async function makeShopOfMany(file?: string): Promise<ShopOfMany> {
  const shop = await makeShop(file === undefined ? {} : { file });
  const authority = makeCertificateAuthority(systemRandom);
  const first: Member = { code: 'R1', register: shop.register, store: shop.store, owner: shop.owner };
  setAuthority(first.store, authority);
  certify(first.store, authority, first.store);
  const members = [first];
  return {
    clock: shop.clock,
    authority,
    members,
    join: (memberFile) => {
      const code = `R${members.length + 1}`;
      const store = openTestStore(memberFile ?? ':memory:', { clock: first.store.clock });
      setAuthority(store, authority);
      const { register } = openRegister(store);
      const id = makeId(store.clock, store.random);
      unwrap(commitWith(store, () => ok(beginChain(store, id, code))));
      certify(first.store, authority, store);
      unwrap(
        commit(first.store, { kind: 'register-paired', user: first.owner }, (draft) =>
          ok(draft.create('register', { code, name: `Till ${code}` }, id)),
        ),
      );
      writeMeta(store.db, 'mode', 'slave');
      const member = { code, register, store, owner: first.owner };
      members.push(member);
      return member;
    },
  };
}

export function setAuthority(store: Store, authority: CertificateAuthority): void {
  writeMeta(store.db, 'authority', authority.certificate);
  store.authority = authority.certificate;
}

/** The master's register writes the certificate of another's chain into its journal; both know the first register's. */
function certify(master: Store, authority: CertificateAuthority, store: Store): void {
  const own = present(store.own, 'a chain');
  const register = Buffer.from(own.register)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as Id;
  const der = issueChainCertificate(authority, systemRandom, { register, pairing: register }, own.key.publicKey);
  unwrap(
    commit(master, { kind: 'register-certified', user: null }, (draft) =>
      ok(draft.insert('certificate', { chain: toBase64Url(own.key.chain), register, der: toBase64Url(der) })),
    ),
  );
  for (const row of master.db.all('SELECT der FROM certificate')) trustCertificate(store, row['der'] as Uint8Array);
}

export function testTools(store: Store, clock: Clock = systemClock): SyncTools {
  return {
    store,
    prepare: (input) => Promise.resolve(prepareChangesets(input)),
    yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
    clock,
    random: systemRandom,
    log: silentLog,
  };
}

export function syncMember(member: Member, hub: Pick<HubForTests, 'connect'>, clock: Clock = systemClock): Sync {
  return startSync({
    tools: testTools(member.store, clock),
    register: Buffer.from(present(member.store.own, 'a chain').register)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as Id,
    version: '0.0.0',
    connect: () => hub.connect(),
    onStatus: () => {},
  });
}

/** Connects them until each holds what every other does, then parts them again. */
export async function bringTogether(members: readonly Member[], hub: HubForTests): Promise<void> {
  const syncs = members.map((member) => syncMember(member, hub));
  const held = ({ store }: Member): string =>
    JSON.stringify(store.db.all('SELECT hex(hash) AS hash FROM changeset WHERE state = 0 ORDER BY hash'));
  await eventually('all hold the same', () => new Set(members.map(held)).size === 1 && syncs.every((sync) => sync.status().level));
  for (const sync of syncs) await sync.stop();
}

/** Resolves when it holds; fails after `timeoutMs` saying what did not. Looks less often the longer it takes: whoever looks is in the way. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const startMs = performance.now();
  while (!(await holds())) {
    const waitedMs = performance.now() - startMs;
    if (waitedMs > timeoutMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(waitedMs / 10, 10), 100)));
  }
}
