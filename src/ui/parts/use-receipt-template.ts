/** What the shop's receipts say beside the sale; plain until it is here, and when it cannot be had. */
import { useQuery } from '@tanstack/react-query';
import type { Answer } from '../../protocol/api/routes.ts';
import { call } from '../api/call.ts';

export type ReceiptTemplate = Answer<'getReceiptTemplate'>;

const PLAIN: ReceiptTemplate = { header: '', footer: '', without: [], logo: null };

export function useReceiptTemplate(): ReceiptTemplate {
  const template = useQuery({ queryKey: ['receipt-template'], queryFn: ({ signal }) => call('getReceiptTemplate', { signal }) });
  return template.data ?? PLAIN;
}
