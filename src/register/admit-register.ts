/**
 * What the master's register writes when the shop gets a second register, and another and another: the CA's certificate of a chain, the
 * register's row, the sealed box. All of them rows like any other, so that every register knows whom to believe.
 */
import { equalBytes, toBase64Url } from '../base/bytes.ts';
import type { Id } from '../base/id.ts';
import { ok, type Result } from '../base/result.ts';
import { chainIdOf } from '../protocol/changeset.ts';
import { numberOf } from '../store/database.ts';
import { chunk, commit, commitWith, startDraft, type Draft } from '../store/journal.ts';
import type { Incarnation } from '../store/queries/incarnations.ts';
import { listRegisters } from '../store/queries/shop.ts';
import { writeMeta, type Store } from '../store/store.ts';
import type { Register } from './register.ts';

/** The next free code: R1, R2 ... one never given out before, revoked ones counted. */
export function nextRegisterCode(store: Store): string {
  const numbers = store.db.all('SELECT code FROM register').map((row) => Number(/^R(\d+)$/.exec(String(row['code']))?.[1] ?? 0));
  return `R${Math.max(0, ...numbers) + 1}`;
}

export interface NewRegister {
  readonly id: Id;
  readonly code: string;
  readonly name: string;
  readonly publicKey: Uint8Array;
  /** X.509 DER. */
  readonly certificate: Uint8Array;
}

/** A register that was paired: its row and its chain's certificate, in one changeset. */
export function admitRegister({ store }: Register, added: NewRegister): Result<null> {
  return commit(store, { kind: 'register-paired', user: null }, (draft) => {
    draft.create('register', { code: added.code, name: added.name }, added.id);
    draft.insert('certificate', {
      chain: toBase64Url(chainIdOf(added.publicKey)),
      register: added.id,
      der: toBase64Url(added.certificate),
    });
    return ok(null);
  });
}

/** One that belonged to the shop before: its chain is certified anew, and if it was revoked it is in again. */
export function readmitRegister({ store }: Register, held: Pick<NewRegister, 'id' | 'publicKey' | 'certificate'>): Result<null> {
  return commit(store, { kind: 'register-paired', user: null }, (draft) => {
    if (listRegisters(store.db).some(({ id, revoked }) => id === held.id && revoked)) draft.patch('register', held.id, { revoked: false });
    draft.insert('certificate', {
      chain: toBase64Url(chainIdOf(held.publicKey)),
      register: held.id,
      der: toBase64Url(held.certificate),
    });
    return ok(null);
  });
}

export interface CertifiedRegister {
  readonly chain: Uint8Array;
  readonly register: Id;
  /** X.509 DER. */
  readonly der: Uint8Array;
}

/** All that the shop's CA vouches for: its own certificate, the box, every chain, and what was revoked. */
export interface AuthorityRows {
  /** CA certificate, DER. */
  readonly authority: Uint8Array;
  readonly certificates: readonly CertifiedRegister[];
  readonly revocations: readonly RevokedChain[];
  readonly box: Uint8Array;
  /** By the CA itself; by the one before it when that CA hands over to this one. */
  readonly boxSignature: Uint8Array;
}

/** The shop gets a CA, or another one: kept here, and told to everybody with all that it vouches for. Done once; again does nothing. */
export function publishAuthority({ store }: Register, rows: AuthorityRows): Result<null> {
  if (store.authority !== null && equalBytes(store.authority, rows.authority)) return ok(null);
  const number = 1 + numberOf(store.db.get('SELECT ifnull(max(number), 0) AS number FROM sealed_box')?.['number']);
  const before = store.authority;
  const done = commitWith(store, (append) => {
    writeMeta(store.db, 'authority', rows.authority);
    store.authority = rows.authority;
    const first = startDraft(store);
    first.insert('sealed_box', {
      number,
      box: toBase64Url(rows.box),
      ca: toBase64Url(rows.authority),
      signature: toBase64Url(rows.boxSignature),
    });
    insertRevocations(store, first, rows.revocations);
    append(first, { kind: 'authority-made', user: null });
    for (const certificates of chunk(rows.certificates, MAX_CERTIFICATES)) {
      const draft = startDraft(store);
      for (const { chain, register, der } of certificates)
        draft.insert('certificate', { chain: toBase64Url(chain), register, der: toBase64Url(der) });
      append(draft, { kind: 'chains-certified', user: null });
    }
    return ok(null);
  });
  if (!done.ok) store.authority = before;
  return done;
}

/** Some 600 bytes each, in a changeset of 256 KiB. */
const MAX_CERTIFICATES = 200;

/** This register hosts the shop's database from now on: signed by the CA, believed by everybody whom it reaches. */
export function proclaimMaster({ store }: Register, incarnation: Incarnation, signature: Uint8Array): Result<null> {
  const { number, id, register, addresses, port, at } = incarnation;
  return commit(store, { kind: 'master-proclaimed', user: null }, (draft) => {
    draft.insert('incarnation', {
      number,
      incarnation: id,
      register,
      addresses: addresses.join(' '),
      port,
      at,
      signature: toBase64Url(signature),
    });
    return ok(null);
  });
}

/** Refuses nothing: renaming what is not there changes nothing. */
export function renameRegister({ store }: Register, id: Id, name: string, user: Id | null): Result<null> {
  return commit(store, { kind: 'register-renamed', user }, (draft) => {
    if (listRegisters(store.db).some((row) => row.id === id)) draft.patch('register', id, { name });
    return ok(null);
  });
}

export interface RevokedChain {
  readonly chain: Uint8Array;
  readonly fromN: number;
  readonly signature: Uint8Array;
}

export function recordRevocation({ store }: Register, id: Id, chains: readonly RevokedChain[], user: Id | null): Result<null> {
  return commit(store, { kind: 'register-revoked', user }, (draft) => {
    draft.patch('register', id, { revoked: true });
    insertRevocations(store, draft, chains);
    return ok(null);
  });
}

function insertRevocations(store: Store, draft: Draft, chains: readonly RevokedChain[]): void {
  for (const { chain, fromN, signature } of chains)
    draft.insert('revocation', { chain: toBase64Url(chain), from_n: fromN, at: store.clock.nowMs(), signature: toBase64Url(signature) });
}
