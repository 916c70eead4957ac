/** Who did what: what one user sold, took back, was let do and set, newest first. For the reading thread: it looks through whole ledgers. */
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import { bytesOf, numberOf, numberOrNull, textOf, textOrNull, type Database } from '../database.ts';
import { authorOf, madeBy } from './edits.ts';
import { readDictionaries } from '../store.ts';
import { saleLabel } from './sales.ts';

export interface Deed {
  readonly at: number;
  /** Of a sale its kind, of the journal its entry's kind. */
  readonly kind: string;
  /** A receipt's number, an article, a right, a setting's key. */
  readonly subject: string;
  readonly amountMinor: number | null;
  readonly reason: string | null;
  /** The sale to look at. */
  readonly sale: Id | null;
}

/** Edits of one setting that are looked through for their author: each is a changeset to open. */
const MAX_SETTING_EDITS = 50;

export function listDeeds(db: Database, user: Id, limit: number): Deed[] {
  return [...sales(db, user, limit), ...journalled(db, user, limit), ...settings(db, user)].sort((a, b) => b.at - a.at).slice(0, limit);
}

function sales(db: Database, user: Id, limit: number): Deed[] {
  return db
    .all(
      `SELECT uuid, kind, completed_at, series, number, total_minor + ifnull(rounding_minor, 0) AS total FROM sale
       WHERE user = ? AND mode IS NOT 'training' ORDER BY completed_at DESC LIMIT ?`,
      idToBytes(user),
      limit,
    )
    .map((row) => ({
      at: numberOf(row['completed_at']),
      kind: textOrNull(row['kind']) ?? 'sale',
      subject: saleLabel(textOrNull(row['series']) ?? '', numberOrNull(row['number']) ?? 0),
      amountMinor: numberOrNull(row['total']),
      reason: null,
      sale: idFromBytes(bytesOf(row['uuid'])),
    }));
}

function journalled(db: Database, user: Id, limit: number): Deed[] {
  return db
    .all('SELECT kind, at, subject, detail FROM audit_entry WHERE user = ? ORDER BY at DESC, id DESC LIMIT ?', idToBytes(user), limit)
    .map((row) => {
      const kind = textOrNull(row['kind']) ?? '';
      const detail = kind === 'granted' ? {} : readDetail(textOrNull(row['detail']));
      const amount = detail['totalMinor'] ?? detail['amountMinor'];
      const reason = detail['reason'] ?? detail['note'];
      return {
        at: numberOrNull(row['at']) ?? 0,
        kind,
        subject: textOrNull(row['subject']) ?? '',
        amountMinor: typeof amount === 'number' ? amount : null,
        reason: typeof reason === 'string' && reason !== '' ? reason : null,
        sale: null,
      };
    });
}

function readDetail(text: string | null): Readonly<Record<string, unknown>> {
  const detail: unknown = text === null || !text.startsWith('{') ? {} : JSON.parse(text);
  return typeof detail === 'object' && detail !== null ? { ...detail } : {};
}

function settings(db: Database, user: Id): Deed[] {
  const dictionaries = readDictionaries(db);
  return db.all('SELECT id, key FROM setting WHERE key IS NOT NULL').flatMap(({ id, key }) => {
    const row = bytesOf(id);
    const edits = db.all(
      "SELECT changeset FROM edit WHERE row_id = ? AND group_name = 'value' ORDER BY stamp DESC LIMIT ?",
      row,
      MAX_SETTING_EDITS,
    );
    const changesets = [
      ...edits.map(({ changeset }) => numberOf(changeset)),
      ...madeBy(db, 'setting', row, dictionaries).map(({ changeset }) => changeset),
    ];
    return changesets.flatMap((changeset) => {
      const author = authorOf(db, changeset, dictionaries);
      if (author?.user !== user || author.kind === 'shop-set-up') return [];
      return [{ at: author.at, kind: 'setting', subject: textOf(key), amountMinor: null, reason: null, sale: null }];
    });
  });
}
