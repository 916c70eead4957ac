/** What wants a person, settled over HTTP at a real register, and gone; mends ask for the right of what they mend. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { present } from '../../src/base/assert.ts';
import { temporaryFolder } from '../support/shop.ts';
import { ApiRefusal, cashMethod, logInAt, OWNER_PIN, setUpTill, startTill, type Till } from '../support/till.ts';

const CODE = '5410000000019';
let till: Till;
const folder = temporaryFolder();
before(async () => {
  till = await startTill(folder.path);
  await setUpTill(till, 'single', { catalogue: 'demo' });
});
after(async () => {
  await till.stop();
  folder.remove();
});

test('a code sold without a product is let be with a note; equal users are renamed by who may', async () => {
  const asOwner = await logInAt(till, OWNER_PIN);
  const department = present((await asOwner('listDepartments')).rows[0], 'a department');
  const { category, taxCategory } = department;
  const cart = await asOwner('addDepartmentLine', { body: { code: CODE, category, taxCategory, priceMinor: 250, quantityMilli: 1000 } });
  const tenders = [{ method: await cashMethod(till), amountMinor: cart.totalMinor + 5 }];
  await asOwner('pay', { body: { cart: cart.id, totalMinor: cart.totalMinor, tenders } });
  const { id: role } = await asOwner('addRole', { body: { name: 'Checker', rights: ['sell', 'to-check'] } });
  await asOwner('addUser', { body: { name: 'Mina', pin: '112233', role } });
  const asChecker = await logInAt(till, '112233');

  const rows = (await asChecker('listToCheck')).rows;
  const unknown = present(
    rows.find(({ kind }) => kind === 'unknown-code'),
    'the unknown code',
  );
  await asChecker('settleException', { body: { id: unknown.id, do: 'let-be', note: 'sold off' } });
  const equal = present(
    rows.find((row) => row.kind === 'equal-name'),
    'the equal names',
  );
  const rename = { id: equal.id, do: 'rename' as const, user: present(equal.users.at(-1), 'the newer').id, name: 'Mina B.' };
  await assert.rejects(
    asChecker('settleException', { body: rename }),
    (error) => error instanceof ApiRefusal && error.code === 'right.missing',
  );
  await asOwner('settleException', { body: rename });
  assert.deepEqual((await asOwner('listToCheck')).rows, []);
});
