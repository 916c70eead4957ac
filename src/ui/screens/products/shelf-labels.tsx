/** Labels for the shelf, printed by the browser: name, price, the price of a kilogram or litre, an offer with what it must name, the barcode. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import type { Answer } from '../../../protocol/api/routes.ts';
import { unitPrice } from '../../../domain/unit-price.ts';
import { call } from '../../api/call.ts';
import { useMoney } from '../../parts/register-context.ts';
import { Barcode } from '../../parts/symbol.tsx';
import { useTranslation } from '../../texts/texts.tsx';

type ProductRow = Answer<'listProducts'>['rows'][number];

interface Props {
  readonly rows: readonly ProductRow[];
  readonly onDone: () => void;
}

export function ShelfLabels({ rows, onDone }: Props): ReactNode {
  const reduced = rows.filter(({ priceMinor, regularPriceMinor }) => priceMinor < regularPriceMinor);
  const lowest = useQuery({
    queryKey: ['prices', 'lowest', reduced.map(({ id }) => id)],
    queryFn: async ({ signal }) =>
      Object.fromEntries(
        await Promise.all(reduced.map(async ({ id }) => [id, (await call('listPrices', { params: { id }, signal })).lowestMinor] as const)),
      ),
  });
  const print = useEffectEvent(() => {
    window.print();
    onDone();
  });
  const ready = lowest.data !== undefined;
  useEffect(() => {
    if (!ready) return;
    // After the labels are in the page.
    const timer = window.setTimeout(print, 50);
    return () => window.clearTimeout(timer);
  }, [ready]);
  return createPortal(
    <div className="print-only">
      <ul className="labels">
        {rows.map((row) => (
          <Label key={row.id} row={row} lowestMinor={lowest.data?.[row.id] ?? null} />
        ))}
      </ul>
    </div>,
    document.body,
  );
}

function Label({ row, lowestMinor }: { readonly row: ProductRow; readonly lowestMinor: number | null }): ReactNode {
  const { t } = useTranslation();
  const { money } = useMoney();
  const per = unitPrice(row.priceMinor, row.netContentMilli, row.contentUnit);
  const [code] = row.codes;
  return (
    <li className="label">
      <strong className="label-name">
        <bdi>{row.name}</bdi>
      </strong>
      <span className="label-price num">
        {row.priceMinor < row.regularPriceMinor ? <s>{money(row.regularPriceMinor)}</s> : null}
        <strong>{money(row.priceMinor)}</strong>
        {row.unit === 'each' ? null : <span> / {row.unit}</span>}
      </span>
      <span className="label-small num">
        {per === null ? null : `${money(per.minor)} / ${per.of}`}
        {lowestMinor === null ? null : <span> {t('products.lowest-30', { amount: money(lowestMinor) })}</span>}
      </span>
      {code === undefined ? null : (
        <span className="label-code">
          <Barcode text={code} />
          <span className="num">{code}</span>
        </span>
      )}
    </li>
  );
}
