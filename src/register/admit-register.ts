/**
 * What the master's register writes when the shop gets a second register, and another and another: the CA's certificate of a chain, the
 * register's row, the sealed box. All of them rows like any other, so that every register knows whom to believe.
 */
import { toBase64Url } from '../base/bytes.ts';
import type { Id } from '../base/id.ts';
import { ok, type Result } from '../base/result.ts';
import { present } from '../base/assert.ts';
import { chainIdOf } from '../protocol/changeset.ts';
import { commit, commitWith, startDraft } from '../store/journal.ts';
import { listRegisters, settingId } from '../store/queries/shop.ts';
import { writeMeta, type Store } from '../store/store.ts';
import { ownRegisterId, type Register } from './register.ts';

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

export interface AuthorityRows {
  /** CA certificate, DER. */
  readonly authority: Uint8Array;
  readonly ownCertificate: Uint8Array;
  readonly box: Uint8Array;
  readonly boxSignature: Uint8Array;
}

/** The shop gets a CA: kept here, and told to everybody with this chain's certificate and the sealed box. Done once; again does nothing. */
export function publishAuthority({ store }: Register, rows: AuthorityRows): Result<null> {
  if (store.authority !== null) return ok(null);
  const own = present(store.own, 'the own chain');
  const registerId = ownRegisterId(store);
  const done = commitWith(store, (append) => {
    writeMeta(store.db, 'authority', rows.authority);
    const draft = startDraft(store);
    draft.insert('certificate', { chain: toBase64Url(own.key.chain), register: registerId, der: toBase64Url(rows.ownCertificate) });
    draft.insert('sealed_box', {
      number: 1,
      box: toBase64Url(rows.box),
      ca: toBase64Url(rows.authority),
      signature: toBase64Url(rows.boxSignature),
    });
    draft.create('setting', { key: MASTER_SETTING, value: JSON.stringify(registerId) }, settingId(MASTER_SETTING));
    append(draft, { kind: 'authority-made', user: null });
    return ok(null);
  });
  if (done.ok) store.authority = rows.authority;
  return done;
}

/** Which register hosts the shop's database. */
export const MASTER_SETTING = 'masterRegister';

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
    for (const { chain, fromN, signature } of chains)
      draft.insert('revocation', { chain: toBase64Url(chain), from_n: fromN, at: store.clock.nowMs(), signature: toBase64Url(signature) });
    return ok(null);
  });
}
