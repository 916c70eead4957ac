/**
 * Pairing, both ends (design.md section 4). The master makes a role whose password is a one-time code; the new register logs in with it
 * over TLS that it does not know yet. The password exchange is bound to the server's certificate, so each end proves to the other that
 * it knows the code; only then the register asks, and takes CA, certificate and secret. The role lives ten minutes and one use.
 */
import { fromBase64Url, toBase64Url } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { refuse, type Refusal, type Result } from '../base/result.ts';
import { PAIRING_ROLE, PAIRING_SCRAM_ITERATIONS, SHOP_DATABASE } from './cluster-conf.ts';
import type { HubKeys } from './hub-keys.ts';
import { ensureMember } from './members.ts';
import { makePairingCode, readPairingCode } from './pairing-code.ts';
import { connectHub, type LinkTools } from './pg-link.ts';
import { makeScramVerifier } from './scram-verifier.ts';
import { registerPassword } from './sealed-box.ts';
import type { SqlLink } from './sql-link.ts';

const CODE_LIFE_MS = 10 * 60_000;
/** One that asks, and one that was cut off while asking. */
const PAIRING_CONNECTIONS = 2;
const POLL_MS = 250;

export interface PairingCode {
  readonly code: string;
  readonly expiresAtMs: number;
}

export interface PairingRequest {
  readonly pairing: string;
  /** Raw Ed25519 key of the chain that the register is about to write. */
  readonly publicKey: Uint8Array;
  readonly name: string;
  readonly version: string;
  /** The shop and the register it was, if it was one of several. */
  readonly before: { readonly shop: string; readonly register: string } | null;
}

/** What the master's register decides for a new one. */
export interface PairingGrant {
  readonly register: string;
  readonly registerCode: string;
  readonly series: string;
  /** X.509 of the public key, signed by the shop's CA. */
  readonly certificate: Uint8Array;
}

export interface PairingAnswer extends PairingGrant {
  readonly pairing: string;
  readonly shopId: string;
  readonly shopName: string;
  /** The shop's CA, DER: pinned from now on. */
  readonly authority: Uint8Array;
  readonly role: string;
  readonly password: string;
  /** Where the hub is, when not on the master (hub-place.ts spells it). */
  readonly place: string | null;
}

// ---- the master's end; `link` is the superuser's, in the shop's database

/** A new code; an older one ends. */
export async function openPairing(link: SqlLink, tools: LinkTools): Promise<PairingCode> {
  const code = makePairingCode(tools.random);
  const expiresAtMs = tools.clock.nowMs() + CODE_LIFE_MS;
  const verifier = await makeScramVerifier(code.replaceAll('-', ''), PAIRING_SCRAM_ITERATIONS, tools.random);
  await endSessions(link);
  // The server's clock rules VALID UNTIL, and it is this machine's.
  await link.run(`
    begin;
    delete from hub.pairing_request;
    alter role ${PAIRING_ROLE} login connection limit ${PAIRING_CONNECTIONS} password '${verifier}'
      valid until '${new Date(expiresAtMs).toISOString()}';
    commit`);
  return { code, expiresAtMs };
}

/** No code opens anything any more. */
export async function closePairing(link: SqlLink): Promise<void> {
  await link.run(`begin; alter role ${PAIRING_ROLE} nologin password null; delete from hub.pairing_request; commit`);
  await endSessions(link);
}

async function endSessions(link: SqlLink): Promise<void> {
  await link.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [PAIRING_ROLE]);
}

export interface PairingDesk {
  readonly link: SqlLink;
  readonly keys: Pick<HubKeys, 'authority' | 'secret' | 'shopId'>;
  readonly shopName: string;
  readonly place: string | null;
  readonly clock: Clock;
  readonly random: Random;
  /** Names the register, certifies its key, and commits both before it answers. */
  onRequest(request: PairingRequest): Promise<Result<PairingGrant>>;
  /** What went wrong while answering; the code is closed then. */
  onFault(error: unknown): void;
}

/** Answers requests until stopped. Looks when notified, and a few times a second besides. */
export function servePairing(desk: PairingDesk): { stop(): Promise<void> } {
  const ended = new AbortController();
  async function serve(): Promise<void> {
    do {
      try {
        await answerNext(desk);
      } catch (error) {
        if (!ended.signal.aborted) desk.onFault(error);
      }
    } while (await desk.clock.sleep(POLL_MS, ended.signal));
  }
  const serving = serve();
  return {
    async stop() {
      ended.abort();
      await serving;
    },
  };
}

interface RequestRow {
  pairing: string;
  public_key: Uint8Array;
  name: string;
  version: string;
  shop: string | null;
  register: string | null;
  answered: boolean;
  over: boolean;
}

async function answerNext(desk: PairingDesk): Promise<void> {
  const { link } = desk;
  const [row] = await link.query<RequestRow>(
    `select pairing, public_key, name, version, shop, register, answered,
       (answered and answer is null) or at < clock_timestamp() - $1 * interval '1 millisecond' as over from hub.pairing_request`,
    [CODE_LIFE_MS],
  );
  if (row === undefined) return;
  if (row.over) return closePairing(link);
  if (row.answered) return;
  // One use: whoever asks next finds no door.
  await link.run(`alter role ${PAIRING_ROLE} nologin`);
  const { pairing, name, version, shop, register } = row;
  const before = shop === null || register === null ? null : { shop, register };
  const granted = await desk.onRequest({ pairing, publicKey: row.public_key, name, version, before });
  const answer = granted.ok ? await makeAnswer(desk, row.pairing, granted.value) : { refusal: granted.refusal };
  await link.query('update hub.pairing_request set answer = $2::text::json, answered = true where pairing = $1::uuid', [
    row.pairing,
    JSON.stringify(answer),
  ]);
}

async function makeAnswer(desk: PairingDesk, pairing: string, grant: PairingGrant): Promise<Record<string, string>> {
  const { authority, secret, shopId } = desk.keys;
  const member = await ensureMember(desk.link, secret, { register: grant.register, pairing }, desk.random);
  return {
    pairing,
    shopId,
    shopName: desk.shopName,
    authority: toBase64Url(authority.certificate),
    register: grant.register,
    registerCode: grant.registerCode,
    series: grant.series,
    certificate: toBase64Url(grant.certificate),
    role: member.role,
    password: registerPassword(secret, pairing),
    ...(desk.place === null ? {} : { place: desk.place }),
  };
}

// ---- the new register's end

export interface PairOptions {
  readonly host: string;
  readonly port: number;
  /** As typed. */
  readonly code: string;
  readonly publicKey: Uint8Array;
  readonly name: string;
  readonly version: string;
  readonly before: PairingRequest['before'];
  /** How long the master may take to answer. */
  readonly timeoutMs: number;
}

/** Refuses pairing.wrong-code, what the master refused, and what connectHub refuses. */
export async function pairWithMaster(options: PairOptions, tools: LinkTools): Promise<Result<PairingAnswer>> {
  const code = readPairingCode(options.code);
  if (!code.ok) return code;
  const connected = await connectHub(
    {
      host: options.host,
      port: options.port,
      database: SHOP_DATABASE,
      user: PAIRING_ROLE,
      password: code.value,
      iterations: PAIRING_SCRAM_ITERATIONS,
      authority: null,
    },
    tools,
  );
  if (!connected.ok) return connected.refusal.code === 'pairing.revoked' ? refuse('pairing.wrong-code') : connected;
  const link = connected.value;
  try {
    return await askAndWait(link, options, tools.clock);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'AU001') return refuse('pairing.wrong-code');
    throw error;
  } finally {
    await link.close();
  }
}

async function askAndWait(link: SqlLink, options: PairOptions, clock: Clock): Promise<Result<PairingAnswer>> {
  const { publicKey, name, version, before } = options;
  const [asked] = await link.query<{ pairing: string }>(
    'select hub.pair_request($1::bytea, $2::text, $3::text, $4::uuid, $5::uuid) as pairing',
    [publicKey, name, version, before?.shop ?? null, before?.register ?? null],
  );
  const pairing = asked?.pairing ?? '';
  const until = clock.monotonicMs() + options.timeoutMs;
  for (;;) {
    const [row] = await link.query<{ answer: unknown }>('select hub.pair_result($1::uuid) as answer', [pairing]);
    const answer = row?.answer ?? null;
    if (answer !== null) {
      // The master may hang up at once when it hears this; all that matters is in hand.
      await link.query('select hub.pair_done($1::uuid)', [pairing]).catch(() => undefined);
      return readAnswer(answer, options.host);
    }
    if (clock.monotonicMs() > until) return refuse('hub.no-answer', { host: options.host });
    await clock.sleep(POLL_MS);
  }
}

const ANSWER_FIELDS = [
  'pairing',
  'shopId',
  'shopName',
  'authority',
  'register',
  'registerCode',
  'series',
  'certificate',
  'role',
  'password',
] as const;

function readAnswer(answer: unknown, host: string): Result<PairingAnswer> {
  if (typeof answer !== 'object' || answer === null) return refuse('hub.not-aurapos', { host, port: 0 });
  if ('refusal' in answer) return { ok: false, refusal: answer.refusal as Refusal };
  const said = answer as Partial<Record<string, unknown>>;
  if (!ANSWER_FIELDS.every((name) => typeof said[name] === 'string')) return refuse('hub.not-aurapos', { host, port: 0 });
  const fields = answer as Record<(typeof ANSWER_FIELDS)[number], string>;
  return {
    ok: true,
    value: {
      ...fields,
      place: typeof said['place'] === 'string' ? said['place'] : null,
      authority: fromBase64Url(fields.authority),
      certificate: fromBase64Url(fields.certificate),
    },
  };
}
