/** Other tabs of this register show the same cart. */
import type { Result } from '../../base/result.ts';
import type { CartView } from '../../register/view-cart.ts';
import type { Runtime } from '../runtime.ts';

export function tellCart(runtime: Pick<Runtime, 'events'>, result: Result<CartView>): Result<CartView> {
  if (result.ok) runtime.events.publish({ type: 'cart', version: result.value.version });
  return result;
}
