/**
 * Checks an archive file by itself, without any store: signatures, hashes, that nothing lies between two changesets, that every sale adds up
 * and no receipt number is missing, and that every Z says what its changesets come to. Names the first thing that is wrong.
 */
import { verify } from 'node:crypto';
import { equalBytes, fromBase64Url, fromHex, sha256, toHex } from '../base/bytes.ts';
import { sumChangesets, turnoverMinor, type TextRow } from '../domain/closing-totals.ts';
import { taxedPartsFault } from '../domain/tax-parts.ts';
import {
  archiveChangeset,
  archiveHead,
  archiveSeal,
  type ArchiveChangeset,
  type ArchiveHead,
  type ArchiveKey,
} from '../protocol/archive-file.ts';
import { readChainCertificate } from '../protocol/certificate.ts';
import { chainIdOf, hashChangeset, openBody, publicKeyFrom } from '../protocol/changeset.ts';
import { closingTotals, readTotals, zTotals, type ZTotals } from '../protocol/closing.ts';

export interface VerifiedArchive {
  readonly ok: boolean;
  readonly period: string;
  readonly zs: number;
  readonly changesets: number;
  readonly sales: number;
  /** To be compared with what the shop says of itself: hex SHA-256 of its CA, or of the first key of its one register. */
  readonly fingerprint: string;
  readonly problem: { readonly where: string; readonly what: string } | null;
}

class Wrong extends Error {
  readonly where: string;
  readonly what: string;
  constructor(where: string, what: string) {
    super(`${where}: ${what}`);
    this.where = where;
    this.what = what;
  }
}

function demand(condition: boolean, where: string, what: string): asserts condition {
  if (!condition) throw new Wrong(where, what);
}

export async function verifyArchive(lines: AsyncIterable<string>): Promise<VerifiedArchive> {
  const checker = new ArchiveChecker();
  try {
    for await (const line of lines) checker.take(line);
    checker.end();
    return { ok: true, ...checker.summary(), problem: null };
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    return { ok: false, ...checker.summary(), problem: { where: error.where, what: error.what } };
  }
}

interface OpenChain {
  readonly said: ArchiveHead['chains'][number];
  readonly publicKey: Uint8Array;
  n: number;
  hash: Uint8Array;
  /** What no Z has summed yet. */
  waiting: { readonly n: number; readonly hash: string; readonly rows: readonly TextRow[] }[];
}

interface FoundZ {
  readonly number: number;
  readonly perpetualMinor: number;
}

class ArchiveChecker {
  #line = 0;
  #headText = '';
  #head: ArchiveHead | null = null;
  #sealed = false;
  #authority: Uint8Array | null = null;
  /** What is trusted: the CA, or the one register's first key. */
  #root: Uint8Array | null = null;
  #dictionaries = new Map<number, Uint8Array>();
  readonly #chains = new Map<string, OpenChain>();
  readonly #lastZ = new Map<string, FoundZ>();
  readonly #receipts = new Map<string, number>();
  #zs = 0;
  #changesets = 0;
  #sales = 0;

  take(line: string): void {
    this.#line++;
    if (this.#line === 1) this.#takeHead(line);
    else if (this.#line === 2) this.#takeSeal(line);
    else if (line !== '') this.#takeChangeset(this.#parse(archiveChangeset, line));
  }

  summary(): Pick<VerifiedArchive, 'period' | 'zs' | 'changesets' | 'sales' | 'fingerprint'> {
    return {
      period: this.#head?.period ?? '',
      zs: this.#zs,
      changesets: this.#changesets,
      sales: this.#sales,
      fingerprint: this.#root === null ? '' : toHex(sha256(this.#root)),
    };
  }

  /** Everything that line 1 names has come. */
  end(): void {
    demand(this.#sealed, `line ${this.#line + 1}`, 'the file ends before the signature of its first line');
    for (const { said, n } of this.#chains.values())
      demand(n === said.toN, chainPlace(said.chain), `it ends at changeset ${n}, and line 1 names ${said.toN}`);
    for (const { register, code, last } of this.#head?.zs ?? [])
      demand(this.#lastZ.get(register)?.number === last, `register ${code}`, `Z ${last} is missing`);
  }

  #parse<T>(schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } }, line: string): T {
    const where = `line ${this.#line}`;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      // Said with the line it is on.
      throw new Wrong(where, 'it is not JSON');
    }
    const parsed = schema.safeParse(value);
    demand(parsed.success, where, 'it is not of the format of an AuraPOS archive');
    return parsed.data;
  }

  #takeHead(line: string): void {
    const head = this.#parse(archiveHead, line);
    this.#headText = line;
    this.#head = head;
    this.#authority = head.authority === null ? null : fromBase64Url(head.authority);
    this.#dictionaries = new Map(head.dictionaries.map(({ number, content }) => [number, fromBase64Url(content)]));
    for (const said of head.chains) {
      const publicKey = this.#trust(said, chainPlace(said.chain));
      this.#chains.set(said.chain, { said, publicKey, n: said.fromN - 1, hash: fromHex(said.previous), waiting: [] });
    }
  }

  /** The key, once it leads to the shop's CA; in a shop of one register, to the first key of that register, which all must share. */
  #trust(said: ArchiveKey, where: string): Uint8Array {
    const publicKey = fromBase64Url(said.publicKey);
    demand(publicKey.length === 32 && toHex(chainIdOf(publicKey)) === said.chain, where, 'its key does not give its name');
    let root = publicKey;
    for (const voucher of said.vouchers) {
      const before = fromBase64Url(voucher.publicKey);
      const isVouched = before.length === 32 && verify(null, root, publicKeyFrom(before), fromBase64Url(voucher.signature));
      demand(isVouched, where, 'the key before its key did not sign it');
      root = before;
    }
    if (this.#authority === null) {
      this.#root ??= root;
      demand(equalBytes(this.#root, root), where, 'its key is not of this register');
    } else {
      const certified = said.certificate === null ? null : readChainCertificate(fromBase64Url(said.certificate), this.#authority);
      demand(certified !== null && equalBytes(certified.publicKey, root), where, 'its certificate is not of this shop');
      this.#root = this.#authority;
    }
    return publicKey;
  }

  #takeSeal(line: string): void {
    const seal = this.#parse(archiveSeal, line);
    const publicKey = this.#trust(seal, 'line 2');
    const digest = sha256(Buffer.from(this.#headText, 'utf8'));
    demand(verify(null, digest, publicKeyFrom(publicKey), fromBase64Url(seal.signature)), 'line 1', 'it is not what was signed');
    this.#sealed = true;
  }

  #takeChangeset(changeset: ArchiveChangeset): void {
    const where = `${chainPlace(changeset.chain)}, changeset ${changeset.n}`;
    const chain = this.#chains.get(changeset.chain);
    demand(chain !== undefined, where, 'line 1 does not name this chain');
    demand(changeset.n === chain.n + 1, where, `changeset ${chain.n + 1} is missing before it`);
    demand(changeset.n <= chain.said.toN, where, 'it is beyond what line 1 names');
    const body = fromBase64Url(changeset.body);
    const hash = hashChangeset(chain.hash, changeset.n, body);
    demand(toHex(hash) === changeset.hash, where, 'its content does not give its hash');
    demand(
      verify(null, hash, publicKeyFrom(chain.publicKey), fromBase64Url(changeset.signature)),
      where,
      'its signature is not its register’s',
    );
    demand(changeset.n !== chain.said.toN || equalBytes(hash, fromHex(chain.said.hash)), where, 'it is not the one that line 1 names');
    const opened = openBody(body, this.#dictionaries);
    demand(opened.state === 'text', where, 'its content cannot be read');
    chain.n = changeset.n;
    chain.hash = hash;
    this.#changesets++;
    chain.waiting.push({ n: changeset.n, hash: changeset.hash, rows: opened.text.rows });
    this.#checkSales(opened.text.rows, where);
    for (const row of opened.text.rows) if (row.table === 'closing' && row.values['kind'] === 'z') this.#checkZ(row, where);
  }

  /** Lines with tax + rounding = tenders less change, a line's taxes are its tax, and the receipt's number follows the last of its series. */
  #checkSales(rows: readonly TextRow[], where: string): void {
    rows.forEach((row, at) => {
      if (row.table !== 'sale') return;
      const { values } = row;
      const series = String(values['series']);
      const number = Number(values['number']);
      const before = this.#receipts.get(series);
      demand(
        before === undefined || number === before + 1,
        where,
        `receipt ${series}-${(before ?? 0) + 1} is missing before ${series}-${number}`,
      );
      this.#receipts.set(series, number);
      const mine = (table: string): readonly TextRow[] => rows.filter((one) => one.table === table && one.values['sale'] === at);
      for (const { values: line } of mine('sale_line')) {
        const parts = line['tax_parts'];
        const figures = { ratePpm: Number(line['tax_rate_ppm']), taxMinor: Number(line['tax_minor']) };
        const fault = taxedPartsFault(typeof parts === 'string' ? parts : null, figures);
        demand(fault === null, where, `a line of sale ${series}-${number}: ${fault}`);
      }
      const lines = mine('sale_line').reduce(
        (sum, line) => sum + whole(line, 'total_minor') + (line.values['includes_tax'] === false ? whole(line, 'tax_minor') : 0),
        0,
      );
      const paid = mine('tender').reduce((sum, tender) => sum + whole(tender, 'amount_minor') - whole(tender, 'change_minor'), 0);
      const total = whole(row, 'total_minor');
      demand(lines === total && paid === total + whole(row, 'rounding_minor'), where, `sale ${series}-${number} does not add up`);
      this.#sales++;
    });
  }

  #checkZ(row: TextRow, place: string): void {
    const claimed = this.#head?.zs.find(({ register }) => register === row.values['register']);
    const number = whole(row, 'number');
    // A Z of a neighbouring period may lie in the same changeset; line 1 says which ones this file proves.
    if (claimed === undefined || number < claimed.first || number > claimed.last) return;
    const where = `${claimed.code} Z ${number} (${place})`;
    const totals = readTotals(zTotals, String(row.values['totals']));
    demand(totals !== null, where, 'its figures cannot be read');
    const before = this.#lastZ.get(claimed.register);
    demand(
      number === (before?.number ?? claimed.first - 1) + 1,
      where,
      `Z ${(before?.number ?? claimed.first - 1) + 1} is missing before it`,
    );
    const sum = this.#sumRange(totals, whole(row, 'from_n'), whole(row, 'to_n'), where);
    demand(JSON.stringify(sum) === JSON.stringify(closingTotals.parse(totals)), where, 'its figures are not what its changesets come to');
    const perpetualMinor = whole(row, 'perpetual_total_minor');
    demand(
      before === undefined || perpetualMinor === before.perpetualMinor + turnoverMinor(totals),
      where,
      'its perpetual total is not the last one and its turnover',
    );
    this.#lastZ.set(claimed.register, { number, perpetualMinor });
    this.#zs++;
  }

  #sumRange(totals: ZTotals, fromN: number, toN: number, where: string) {
    const chain = this.#chains.get(totals.chain);
    const range = chain?.waiting.filter(({ n }) => n >= fromN && n <= toN) ?? [];
    demand(
      chain !== undefined && range.length === toN - fromN + 1,
      where,
      `changesets ${fromN} to ${toN} are not all here, or are in another Z`,
    );
    demand(range.at(-1)?.hash === totals.hash, where, 'its last changeset is another one');
    chain.waiting = chain.waiting.filter(({ n }) => n > toN);
    return closingTotals.parse(sumChangesets(range.map(({ rows }) => rows)));
  }
}

function chainPlace(chain: string): string {
  return `chain ${chain.slice(0, 8)}`;
}

function whole(row: TextRow, column: string): number {
  const value = row.values[column];
  return typeof value === 'number' ? value : 0;
}
