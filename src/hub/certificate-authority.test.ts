import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { makeId } from '../base/id.ts';
import { systemRandom } from '../base/random.ts';
import {
  exportAuthorityKey,
  HUB_SERVER_NAME,
  isAuthorityWhole,
  issueChainCertificate,
  issueServerCertificate,
  loadCertificateAuthority,
  makeCertificateAuthority,
  signByAuthority,
  verifyChainCertificate,
} from './certificate-authority.ts';
import { isSignedByAuthority } from '../protocol/certificate.ts';
import { makeTestChain } from './testing/test-chain.ts';

const authority = makeCertificateAuthority(systemRandom);
const other = makeCertificateAuthority(systemRandom);

test('the server certificate is the CA’s, under the fixed name', () => {
  const read = new X509Certificate(issueServerCertificate(authority, systemRandom).certificate);
  assert.ok(read.verify(new X509Certificate(authority.certificate).publicKey));
  assert.ok(read.checkIssued(new X509Certificate(authority.certificate)));
  assert.equal(read.checkHost(HUB_SERVER_NAME), HUB_SERVER_NAME);
  assert.equal(read.checkHost('localhost'), undefined);
});

test('[fault 43] a chain’s certificate says chain, key and register; another CA’s, or a changed one, says nothing', () => {
  const chain = makeTestChain(1);
  const register = makeId(systemClock, systemRandom);
  const pairing = makeId(systemClock, systemRandom);
  const certificate = issueChainCertificate(authority, systemRandom, { register, pairing }, chain.publicKey);
  const said = verifyChainCertificate(certificate, authority.certificate);
  assert.ok(said);
  assert.equal(Buffer.compare(said.chain, chain.chain), 0);
  assert.equal(Buffer.compare(said.publicKey, chain.publicKey), 0);
  assert.deepEqual([said.register, said.pairing], [register, pairing]);
  assert.equal(verifyChainCertificate(certificate, other.certificate), null);
  assert.equal(verifyChainCertificate(authority.certificate, authority.certificate), null);
  assert.equal(verifyChainCertificate(Buffer.from('nothing'), authority.certificate), null);
  for (let at = 0; at < certificate.length; at += 7) {
    const changed = Buffer.from(certificate);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.equal(verifyChainCertificate(changed, authority.certificate), null, `byte ${at}`);
  }
});

test('a revocation is signed for one chain and one n', () => {
  const chain = makeTestChain(2).chain;
  const signature = signByAuthority(authority, 'revocation', chain, 7);
  assert.equal(isSignedByAuthority(authority.certificate, signature, 'revocation', chain, 7), true);
  assert.equal(isSignedByAuthority(authority.certificate, signature, 'revocation', chain, 6), false);
  assert.equal(isSignedByAuthority(other.certificate, signature, 'revocation', chain, 7), false);
});

test('a CA survives its export', () => {
  assert.ok(isAuthorityWhole(loadCertificateAuthority(authority.certificate, exportAuthorityKey(authority))));
  assert.equal(isAuthorityWhole({ certificate: authority.certificate, key: other.key }), false);
});
