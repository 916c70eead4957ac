/** The drawer as the register says it stands. */
import type { Answer } from '../../../protocol/api/routes.ts';
import { queryClient } from '../../live/query-client.ts';

export type ShiftView = Answer<'getShift'>;
export type OpenShift = NonNullable<ShiftView['open']>;

/** What a change of the drawer answers is the drawer as it stands. */
export function keepShift(shift: ShiftView): void {
  queryClient.setQueryData(['shift'], shift);
}
