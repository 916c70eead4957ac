/** The status bytes as Epson's reference draws them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindOfByte, readProblem } from './printer-status.ts';

const WELL = 0b0001_0010;

test('cover, paper and faults are read out of the two status bytes; low paper is none', () => {
  const cases = [
    [WELL, WELL, null],
    [WELL | 0x04, WELL, 'cover-open'],
    [WELL | 0x20, WELL, 'paper-out'],
    [WELL, WELL | 0x60, 'paper-out'],
    [WELL | 0x40, WELL, 'out-of-order'],
    [WELL, WELL | 0x0c, null],
    // The cover is open and so there is no paper before the head: the cover is what a person closes.
    [WELL | 0x24, WELL | 0x60, 'cover-open'],
  ] as const;
  for (const [offline, paper, problem] of cases) assert.equal(readProblem(offline, paper), problem);
});

test('an answer in its turn is told from one at once, and both from what a printer sends by itself', () => {
  for (const byte of [WELL, WELL | 0x60, WELL | 0x04]) assert.equal(kindOfByte(byte), 'status');
  for (const byte of [0x00, 0x03, 0x0c, 0x0f]) assert.equal(kindOfByte(byte), 'done');
  // XON, XOFF, and the first byte of an automatic status.
  for (const byte of [0x11, 0x13, 0x14, 0x90]) assert.equal(kindOfByte(byte), 'other');
});
