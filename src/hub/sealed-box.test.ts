import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRandom } from '../base/random.ts';
import { unwrap } from '../base/result.ts';
import { makeRecoveryCode, readRecoveryCode } from './recovery-code.ts';
import { openBox, registerPassword, sealBox } from './sealed-box.ts';
import { refusalCode } from './testing/test-hub.ts';

const keys = { shopId: 'shop', authority: systemRandom.bytes(500), authorityKey: systemRandom.bytes(100), secret: systemRandom.bytes(32) };

test('a recovery code is read back however it is typed, and a mistyped one is noticed', () => {
  const code = makeRecoveryCode(systemRandom);
  assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
  const bytes = unwrap(readRecoveryCode(code));
  assert.equal(bytes.length, 16);
  const typed = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
  assert.deepEqual(unwrap(readRecoveryCode(typed)), bytes);
  const noticed = Array.from(code).filter((character, at) => {
    if (character === '-') return true;
    const other = code.slice(0, at) + (character === '7' ? '8' : '7') + code.slice(at + 1);
    return !readRecoveryCode(other).ok;
  });
  assert.ok(noticed.length >= code.length - 1);
  assert.equal(refusalCode(readRecoveryCode(code.slice(1))), 'recovery.wrong-code');
  assert.equal(refusalCode(readRecoveryCode(`${code.slice(0, -1)}é`)), 'recovery.wrong-code');
});

test('[fault 19] the sealed box opens with its code alone, and not when a byte of it was changed', () => {
  const code = makeRecoveryCode(systemRandom);
  const box = unwrap(sealBox(keys, code, systemRandom));
  const opened = unwrap(openBox(box, code));
  assert.deepEqual({ ...opened, authority: Buffer.from(opened.authority) }, { ...opened, authority: Buffer.from(keys.authority) });
  assert.equal(Buffer.compare(opened.secret, keys.secret), 0);
  assert.equal(Buffer.compare(opened.authorityKey, keys.authorityKey), 0);
  assert.equal(refusalCode(openBox(box, makeRecoveryCode(systemRandom))), 'recovery.wrong-code');
  for (let at = 0; at < box.length; at += 11) {
    const changed = Buffer.from(box);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.equal(refusalCode(openBox(changed, code)), 'recovery.wrong-code', `byte ${at}`);
  }
  assert.ok(!Buffer.from(box).includes(Buffer.from(keys.secret)));
});

test('passwords follow from secret and pairing, and differ', () => {
  assert.equal(registerPassword(keys.secret, 'a'), registerPassword(keys.secret, 'a'));
  assert.notEqual(registerPassword(keys.secret, 'a'), registerPassword(keys.secret, 'b'));
  assert.match(registerPassword(keys.secret, 'a'), /^[\w-]{43}$/);
});
