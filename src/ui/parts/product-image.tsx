/** A product's picture. It never changes under its id, so it is asked for once. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call } from '../api/call.ts';

export function ProductImage({ id, className }: { readonly id: string; readonly className: string }): ReactNode {
  const image = useQuery({
    queryKey: ['image', id],
    queryFn: ({ signal }) => call('getImage', { params: { id }, signal }),
    staleTime: Infinity,
  });
  if (image.data === undefined) return null;
  return <img className={className} src={`data:image/png;base64,${image.data.png}`} alt="" />;
}
