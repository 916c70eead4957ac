/** Channel binding hashes a certificate as its issuer signed it: a rented server's may be signed with more than SHA-256. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { systemRandom } from '../base/random.ts';
import { hashForBinding } from './binding-hash.ts';
import { makeCertificateAuthority } from './certificate-authority.ts';

const SHA256 = '2a8648ce3d040302';

test('the hash follows the algorithm of the signature; bytes that are no certificate are hashed all the same', () => {
  const { certificate } = makeCertificateAuthority(systemRandom);
  const signedWith = (id: string): Buffer => Buffer.from(Buffer.from(certificate).toString('hex').replaceAll(SHA256, id), 'hex');
  for (const [id, hash] of [
    [SHA256, 'sha256'],
    ['2a8648ce3d040303', 'sha384'],
    ['2a8648ce3d040304', 'sha512'],
  ] as const) {
    const der = signedWith(id);
    assert.deepEqual(hashForBinding(der), createHash(hash).update(der).digest());
  }
  for (const bytes of [Buffer.alloc(0), Buffer.of(0x30), Buffer.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)])
    assert.deepEqual(hashForBinding(bytes), createHash('sha256').update(bytes).digest());
});
