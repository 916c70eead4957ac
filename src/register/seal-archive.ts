/** Signs the first line of an archive with this register's key: whoever holds the file knows which register made it. */
import { sign } from 'node:crypto';
import { sha256, toBase64Url } from '../base/bytes.ts';
import { present } from '../base/assert.ts';
import type { ArchiveHead } from '../protocol/archive-file.ts';
import { vouchedKey } from '../store/period-archive.ts';
import type { Register } from './register.ts';

/** Lines 1 and 2, each with its line end. */
export function sealArchive({ store }: Register, head: ArchiveHead): string {
  const { key } = present(store.own, 'the own chain');
  const line = JSON.stringify(head);
  const signature = sign(null, sha256(Buffer.from(line, 'utf8')), key.privateKey);
  const seal = { ...vouchedKey(store.db, key.chain), signature: toBase64Url(signature) };
  return `${line}\n${JSON.stringify(seal)}\n`;
}
