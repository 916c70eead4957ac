/** A later program's edits, written into the store of a register that is not running: run with next-version.ts. Argument: its data folder. */
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { idFromBytes, makeId } from '../../src/base/id.ts';
import { systemRandom } from '../../src/base/random.ts';
import { ok, unwrap } from '../../src/base/result.ts';
import { bytesOf } from '../../src/store/database.ts';
import { commit } from '../../src/store/journal.ts';
import { openStore } from '../../src/store/open-store.ts';
import { closeStore } from '../../src/store/store.ts';

const store = unwrap(openStore(join(process.argv[2] ?? '', 'store.db'), { clock: systemClock, random: systemRandom }));
const product = idFromBytes(bytesOf(store.db.get('SELECT id FROM product ORDER BY id LIMIT 1')?.['id']));
const [card, stamp] = [makeId(systemClock, systemRandom), systemClock.nowMs()];
// What an older program knows and what it does not, in one changeset; then one of which it knows nothing.
unwrap(
  commit(store, { kind: 'loyalty-begun', user: null }, (draft) => {
    draft.rows.push({ table: 'loyalty_card', op: 'insert', id: card, stamp, values: { number: 'L-1', points: 10 } });
    draft.patch('product', product, { price_minor: 7_770 });
    draft.rows.push({ table: 'product', op: 'patch', id: product, stamp, over: { colour: '' }, values: { colour: 'red' } });
    draft.rows.push({ table: 'audit_entry', op: 'insert', values: { kind: 'setting', at: stamp, mood: 'calm' } });
    return ok(null);
  }),
);
unwrap(
  commit(store, { kind: 'loyalty-earned', user: null }, (draft) => {
    draft.rows.push({ table: 'loyalty_movement', op: 'insert', values: { card, points: 5 } });
    return ok(null);
  }),
);
closeStore(store);
process.stdout.write(product);
