/**
 * The cable between two registers and the hub, tapped for a whole session: connection test, pairing, first pull, sales, a product, a customer, a
 * user. Nothing of the shop is on it in the clear. That the tap and the search would find it is shown with the registers' own TLS secrets: the
 * same bytes, decrypted, are full of it.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { toHex } from '../../src/base/bytes.ts';
import { bytesOf, Database, textOf } from '../../src/store/database.ts';
import { readMeta } from '../../src/store/look-up.ts';
import { decrypt, plainHandshakes, readRecords, readSecrets, type Secrets } from '../support/read-tls.ts';
import { eventually } from '../support/shop-of-many.ts';
import { clusterFolder } from '../support/shop-of-tills.ts';
import { temporaryFolder } from '../support/shop.ts';
import { cashMethod, sell, startTill, waitForJob, type Till } from '../support/till.ts';
import { tapWire, type Capture, type WireTap } from '../support/wire-tap.ts';
import { freePort } from '../support/free-port.ts';

/** Long and rare, so that chance does not write them into ciphertext. */
const NAMES = {
  shop: 'Quillfeather Grocery',
  owner: 'Wilhelmina Osterhagen',
  master: 'Counter by the oven',
  registers: ['Stall on the square', 'Till of the cellar'],
  product: 'Marmalade of rowanberries',
  edited: 'Marmalade, thick cut',
  customer: 'Balthasar Vandenhoeck',
  phone: '+32 499 81 72 63',
  user: 'Ottoline Kroonenberg',
} as const;
const MARKER = 'a marker in the clear';
const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex');

async function setUpMaster(folder: string, hubPort: number): Promise<Till> {
  const till = await startTill(folder);
  const { job } = await till.call('setUp', {
    body: {
      language: 'en',
      registerName: NAMES.master,
      mode: 'master',
      shop: { name: NAMES.shop, country: 'BE', currency: 'EUR' },
      owner: { name: NAMES.owner, pin: '482916' },
      catalogue: 'demo',
      hubPort,
    },
  });
  await waitForJob(till, job);
  return till;
}

/** A register that knows the hub through the tap alone, and notes the secrets of its TLS connections. */
async function joinThrough(tap: WireTap, master: Till, folder: string, name: string): Promise<{ till: Till; code: string }> {
  const till = await startTill(folder, {
    env: { AURAPOS_SEARCH: 'off', NODE_OPTIONS: `--tls-keylog=${secretsFile(folder)}` },
  });
  const { shop } = await till.call('testMaster', { body: { host: '127.0.0.1', port: tap.port } });
  assert.equal(shop, NAMES.shop);
  const { code } = await master.call('startPairing');
  const { job } = await till.call('join', { body: { host: '127.0.0.1', port: tap.port, language: 'en', registerName: name, code } });
  await waitForJob(till, job);
  return { till, code };
}

const secretsFile = (folder: string): string => `${folder}.secrets`;

/** Everything that a shop writes, on one register and on the other. */
async function workAt(till: Till, other: Till): Promise<void> {
  const { rows } = await till.call('listProducts', { query: { limit: 3 } });
  const products = rows.map(({ id }) => id);
  for (const seller of [till, other]) for (let at = 0; at < 3; at++) await sell(seller, products, await cashMethod(seller));
  const added = await till.call('addProduct', { body: { name: NAMES.product, priceMinor: 640, codes: ['5412345678908'] } });
  await till.call('editProduct', { params: { id: added.id }, body: { name: NAMES.edited } });
  await other.call('addCustomer', { body: { name: NAMES.customer, phone: NAMES.phone } });
  const { rows: roles } = await till.call('listRoles');
  await till.call('addUser', { body: { name: NAMES.user, pin: '471182', role: roles[0]?.id ?? '' } });
}

async function level(tills: readonly Till[]): Promise<boolean> {
  const seen = await Promise.all(
    tills.map(async (till) => {
      const status = await till.call('getStatus');
      const { total } = await till.call('listSales', { query: { limit: 1 } });
      const { rows } = await till.call('listCustomers', { query: { search: NAMES.customer } });
      return `${status.state} ${status.waitingChanges} ${total} ${rows.length}`;
    }),
  );
  return seen.every((text) => text === 'online 0 6 1');
}

/** Something that must not be read on the cable, in the ways it could be spelt there. */
interface Needle {
  readonly what: string;
  readonly spellings: readonly Buffer[];
}

function needle(what: string, content: string | Uint8Array): Needle {
  const bytes = Buffer.from(content);
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((before) => base64After(before, bytes));
  const spelt = [hex, hex.toUpperCase(), ...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))];
  const wide = typeof content === 'string' ? [Buffer.from(content, 'utf16le')] : [];
  return { what, spellings: [bytes, ...wide, ...spelt.map((text) => Buffer.from(text))] };
}

/** The characters that stand for these bytes alone when so many others come before them. */
function base64After(before: number, bytes: Buffer): string {
  const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  return whole.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3) - 1);
}

function foundIn(streams: readonly Buffer[], needles: readonly Needle[]): string[] {
  return needles
    .filter(({ spellings }) => spellings.some((spelling) => streams.some((stream) => stream.includes(spelling))))
    .map(({ what }) => what);
}

interface Held {
  /** What a person would recognise. */
  readonly words: readonly Needle[];
  /** Secrets of this register. */
  readonly secrets: readonly Needle[];
  /** Bodies and hashes of all changesets. */
  readonly changesets: readonly Needle[];
}

/** Read from the stores, as nobody on the cable can. */
function readHeld(folder: string): Held {
  const db = new Database(join(folder, 'store.db'), { readOnly: true });
  const account = JSON.parse(textOf(readMeta(db, 'hub_account') ?? '{}')) as { readonly role: string; readonly password: string };
  const rows = db
    .all('SELECT hash, body FROM changeset WHERE state <> 1')
    .map((row) => ({ hash: bytesOf(row['hash']), body: bytesOf(row['body']) }));
  const labels = db
    .all('SELECT series, number FROM sale')
    .map((row) => `${String(row['series'])}-${String(row['number']).padStart(6, '0')}`);
  const products = db
    .all('SELECT name FROM product')
    .map((row) => textOf(row['name']))
    .filter((name) => name.length >= 9);
  db.close();
  return {
    words: [...new Set([...Object.values(NAMES).flat(), ...labels, ...products])].map((word) => needle(word, word)),
    secrets: [
      needle('the role', account.role),
      needle('the password', account.password),
      needle('the password’s bytes', Buffer.from(account.password, 'base64url')),
    ],
    changesets: rows.flatMap(({ hash, body }) => [needle(`body ${toHex(hash)}`, body), needle(`hash ${toHex(hash)}`, hash)]),
  };
}

/** The tap hears what is said in the clear, from both ends: somebody who speaks to PostgreSQL without TLS, and its refusal, which repeats the name. */
async function sayInTheClear(port: number): Promise<void> {
  const text = Buffer.from(`\0\x03\0\0user\0${MARKER}\0database\0aurapos\0\0`, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length + 4);
  const socket = connect(port, '127.0.0.1');
  socket.resume();
  socket.write(Buffer.concat([length, text]));
  await once(socket, 'close');
}

function hellosOf(stream: Buffer, after: number): number[] {
  return plainHandshakes(readRecords(stream.subarray(after)));
}

function openCapture(capture: Capture, secrets: Secrets): readonly Buffer[] {
  const opened = decrypt(
    readRecords(capture.fromRegister().subarray(SSL_REQUEST.length)),
    readRecords(capture.fromHub().subarray(1)),
    secrets,
  );
  return [opened.fromRegister, opened.fromHub];
}

test(
  '[P7] [fault 39] the cable between two registers and the hub, a whole session long: not a byte of the shop in the clear',
  { timeout: 120_000 },
  async (t) => {
    const root = temporaryFolder('aurapos-wire-');
    const [first, ...slaves] = ['R1', 'R2', 'R3'].map((name) => join(root.path, name));
    const hubPort = await freePort();
    const master = await setUpMaster(first ?? '', hubPort);
    const tap = await tapWire(hubPort);
    const tills: Till[] = [];
    t.after(async () => {
      for (const till of tills) if (till.child.exitCode === null) await till.stop();
      await tap.close();
      const cluster = await clusterFolder(first ?? '');
      await master.stop();
      root.remove();
      rmSync(cluster, { recursive: true, force: true });
    });
    const codes: string[] = [];
    for (const [at, folder] of slaves.entries()) {
      const { till, code } = await joinThrough(tap, master, folder, NAMES.registers[at] ?? '');
      tills.push(till);
      codes.push(code, code.replaceAll('-', ''));
    }
    const [one, other] = tills;
    assert.ok(one && other);
    await workAt(one, other);
    await eventually('everything is everywhere', () => level([master, ...tills]), 20_000);
    for (const till of tills) await till.stop();

    const sessions = [...tap.captures];
    const raw = sessions.flatMap(({ fromRegister, fromHub }) => [fromRegister(), fromHub()]);
    const held = slaves.map(readHeld);
    const words = [...held.flatMap((of) => of.words), ...codes.map((code) => needle(`pairing code ${code}`, code))];
    const secret = held.flatMap((of) => [...of.secrets, ...of.changesets]);
    t.diagnostic(
      `${sessions.length} connections, ${Math.round(Buffer.concat(raw).length / 1024)} KiB, ${words.length + secret.length} things looked for`,
    );

    await t.test('nothing of it is there', () => assert.deepEqual(foundIn(raw, [...words, ...secret]), []));

    await t.test('after the question for TLS there is TLS alone, and of its handshake the two hellos', () => {
      const whole = sessions.filter((capture) => {
        const fromRegister = capture.fromRegister();
        const fromHub = capture.fromHub();
        // A register that ends, or is late, may leave one as it begins: what is there then is still the beginning of this and of nothing else.
        assert.deepEqual(fromRegister.subarray(0, SSL_REQUEST.length), SSL_REQUEST.subarray(0, fromRegister.length));
        assert.equal(fromHub.subarray(0, 1).toString(), 'S'.slice(0, fromHub.length));
        const hellos = [...hellosOf(fromRegister, SSL_REQUEST.length), ...hellosOf(fromHub, 1)];
        assert.deepEqual(hellos, [1, 2].slice(0, hellos.length));
        return hellos.length === 2;
      });
      assert.ok(whole.length > slaves.length, `${whole.length} connections have both hellos`);
    });

    await t.test('the tap hears what is said in the clear, from either end', async () => {
      await sayInTheClear(tap.port);
      const last = tap.captures.at(-1);
      assert.ok(last);
      for (const stream of [last.fromRegister(), last.fromHub()]) assert.deepEqual(foundIn([stream], [needle(MARKER, MARKER)]), [MARKER]);
    });

    await t.test('decrypted with the registers’ own secrets, the same bytes are full of it; the pairing codes never crossed', () => {
      const secrets = readSecrets(slaves.map((folder) => readFileSync(secretsFile(folder), 'utf8')).join('\n'));
      const clear = sessions.filter(({ fromHub }) => hellosOf(fromHub(), 1).length > 0).flatMap((capture) => openCapture(capture, secrets));
      const said = new Set(foundIn(clear, [...words, ...secret]));
      const unsaid = [...words, ...secret].map(({ what }) => what).filter((what) => !said.has(what));
      // New products and receipt numbers cross within the bodies of changesets, which are compressed; those are all found.
      const within: readonly string[] = [NAMES.product, NAMES.edited];
      assert.deepEqual(
        unsaid.filter((what) => !within.includes(what) && !/^R\d-\d{6}$/.test(what) && !what.startsWith('pairing code')),
        [],
      );
      assert.equal(unsaid.filter((what) => what.startsWith('pairing code')).length, codes.length);
    });
  },
);
