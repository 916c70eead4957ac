/** A register on its own whose shop sells one thing, a lamp at 20.00, for cash or by card. */
import { present } from '../../src/base/assert.ts';
import { cashMethod, setUpTill, startTill, type Till } from './till.ts';

export interface LampTill {
  readonly till: Till;
  /** Ids of the lamp and of the two ways to pay. */
  readonly product: string;
  readonly cash: string;
  readonly card: string;
}

export async function openLampTill(folder: string): Promise<LampTill> {
  const till = await startTill(folder);
  await setUpTill(till, 'single');
  const { id: product } = await till.call('addProduct', { body: { name: 'Lamp', priceMinor: 2000 } });
  const { rows } = await till.call('listPaymentMethods');
  const card = present(
    rows.find(({ kind }) => kind === 'card'),
    'card',
  );
  return { till, product, cash: await cashMethod(till), card: card.id };
}
