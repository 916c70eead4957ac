/** A receipt's own barcode, scanned while selling: opens that sale in the history. */
import { call } from '../../api/call.ts';
import { goTo } from '../../parts/route.ts';

/** Series and number as receipts carry them: R1-000042, R2b-4k7q-000003. */
const RECEIPT_LABEL = /^R\d+[\w-]*-\d{6,12}$/i;

/** Sales that one number may name: that of this shop, and those that had it in stores that were brought in. */
const FEW = 10;

/** True when the code is a receipt of this shop and its sale is on the screen; false leaves it to be an unknown code. */
export async function openReceipt(code: string): Promise<boolean> {
  if (!RECEIPT_LABEL.test(code)) return false;
  try {
    const { rows } = await call('listSales', { query: { search: code, limit: FEW } });
    // A sale that was brought in is found by its old number too: where a receipt of this shop has that number, it comes first.
    const sale = rows.find(({ label }) => label.toUpperCase() === code.toUpperCase()) ?? rows[0];
    if (sale !== undefined) goTo('sales', sale.uuid);
    return sale !== undefined;
  } catch {
    // Whoever may not see the history hears that no product has this code, which is true as well.
    return false;
  }
}
