/**
 * All stores of a shop and the hub's tables, looked at by a later program: run with next-version.ts. Arguments: the hub's port, what was
 * acknowledged, the data folders, the master's first. Prints what it found as JSON.
 */
import { join } from 'node:path';
import { Database } from '../../src/store/database.ts';
import { checkShop, connectSuperuser } from '../support/shop-of-tills.ts';

export interface LaterView {
  readonly wrong: readonly string[];
  /** Of each store, and of the hub last: what only a later program knows. */
  readonly later: readonly unknown[];
}

const WHAT = `(SELECT count(*) FROM SCHEMA.loyalty_card WHERE number = 'L-1' AND points = 10) AS cards,
  (SELECT count(*) FROM SCHEMA.loyalty_movement WHERE points = 5) AS movements,
  (SELECT count(*) FROM SCHEMA.product WHERE colour = 'red') AS colours,
  (SELECT count(*) FROM SCHEMA.audit_entry WHERE mood = 'calm') AS moods`;

const [port = '', acknowledged = '', ...folders] = process.argv.slice(2);
const shop = { hubPort: Number(port), folders };
const wrong = await checkShop(shop, new Map(JSON.parse(acknowledged) as [string, string][]));
const stores = folders.map((folder) => {
  const db = new Database(join(folder, 'store.db'), { readOnly: true });
  const found = db.get(
    `SELECT ${WHAT.replaceAll('SCHEMA', 'main')}, (SELECT count(*) FROM changeset WHERE state <> 0 AND state = 6) AS unread`,
  );
  db.close();
  return found;
});
const hub = await connectSuperuser(shop);
const [projected] = await hub.link.query(`select ${WHAT.replaceAll('SCHEMA', 'shop')}`);
await hub.close();
const view: LaterView = { wrong, later: [...stores, projected] };
process.stdout.write(JSON.stringify(view));
