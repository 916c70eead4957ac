/**
 * One file of a backup: bytes, compressed by zstd, encrypted where the owner wants it, hashed as they lie on the disk; and back. Streams: a store
 * of any size goes through little memory.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { RefusalError } from '../base/result.ts';
import { decryptStream, encryptStream } from './encryption.ts';
import type { BackupFile } from './manifest.ts';
import { isPrepared, WholeFile } from './target.ts';

/** 3 is zstd's own choice: a store comes to about half, at some hundred MB a second. */
const LEVEL = 3;
const READ_BYTES = 256 * 1024;

export interface SealInput {
  readonly folder: string;
  /** bases/NAME.db: .zst and .age are added. */
  readonly file: string;
  readonly recipients: readonly string[];
}

/** Compresses, encrypts, writes, syncs, renames, and reads it back. Throws what the disk says; RefusalError backup.rotten when it reads otherwise. */
export async function sealFile(
  { folder, file, recipients }: SealInput,
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<BackupFile> {
  const name = `${file}.zst${recipients.length > 0 ? '.age' : ''}`;
  const whole = new WholeFile(join(folder, name));
  const hash = createHash('sha256');
  let bytes = 0;
  const write = async (sealed: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of sealed) {
      hash.update(chunk);
      bytes += chunk.length;
      whole.write(chunk);
    }
  };
  try {
    const compress = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 } });
    await pipeline(
      Readable.from(source, { objectMode: false, highWaterMark: READ_BYTES }),
      compress,
      async (compressed: AsyncIterable<Uint8Array>) =>
        write(recipients.length === 0 ? compressed : await encryptStream(compressed, recipients)),
    );
    whole.finish();
  } catch (error) {
    whole.giveUp();
    throw error;
  }
  const sealed = { file: name, bytes, sha256: hash.digest('hex') };
  await checkFile(folder, sealed);
  return sealed;
}

export function readPieces(file: string): AsyncIterable<Uint8Array> {
  return createReadStream(file, { highWaterMark: READ_BYTES });
}

/** Reads it to its end. Throws RefusalError backup.rotten when size or hash are not what was written. */
export async function checkFile(folder: string, sealed: BackupFile): Promise<void> {
  const stored = readStored(folder, sealed);
  // Read for its end only: that is where it throws.
  while ((await stored.next()).done !== true);
}

/** The bytes as they lie on the disk; throws RefusalError backup.rotten at their end when they are not those that were written. */
async function* readStored(folder: string, { file, bytes, sha256 }: BackupFile): AsyncGenerator<Uint8Array> {
  // Gone while its folder is there: somebody took it away.
  if (isPrepared(folder) && !existsSync(join(folder, file))) throw new RefusalError({ code: 'backup.rotten', params: { file } });
  const hash = createHash('sha256');
  let read = 0;
  for await (const chunk of readPieces(join(folder, file))) {
    hash.update(chunk);
    read += chunk.length;
    yield chunk;
  }
  if (read !== bytes || hash.digest('hex') !== sha256) throw new RefusalError({ code: 'backup.rotten', params: { file } });
}

/** What was sealed. Throws RefusalError recovery.wrong-code, backup.code-needed, backup.rotten. */
export async function* openFile(folder: string, sealed: BackupFile, identities: readonly string[]): AsyncGenerator<Uint8Array> {
  const { file } = sealed;
  const stored = readStored(folder, sealed);
  const compressed = file.endsWith('.age') ? await decryptStream(stored, identities) : stored;
  const decompress = createZstdDecompress();
  const source = Readable.from(compressed, { objectMode: false });
  source.on('error', (error) => decompress.destroy(error));
  try {
    for await (const chunk of source.pipe(decompress)) yield chunk as Uint8Array;
  } catch (error) {
    // The disk's own word is told as such; what zstd and age say is that these are not the bytes that were sealed.
    if (error instanceof RefusalError || isFault(error)) throw error;
    throw new RefusalError({ code: 'backup.rotten', params: { file } });
  }
}

function isFault(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** Lines of a file of lines, parsed. */
export async function* openLines(folder: string, file: BackupFile, identities: readonly string[]): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of openFile(folder, file, identities)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
  if (rest !== '') yield JSON.parse(rest);
}

/** JSON lines as bytes, in pieces worth a write. */
export function* toLines(values: Iterable<unknown>): Generator<Uint8Array> {
  let text = '';
  for (const value of values) {
    text += `${JSON.stringify(value)}\n`;
    if (text.length < READ_BYTES) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}
