/** Products to tap. Each carries how many of it are in the cart. */
import { memo, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Cart, Tile } from '../../cart/preview.ts';
import { quantity } from '../../format/format.ts';
import { ProductImage } from '../../parts/product-image.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';

interface Props {
  readonly label: string;
  readonly tiles: readonly Tile[];
  readonly cart: Cart | null;
  /** While searching: the one that Enter adds. */
  readonly chosen: number | null;
  readonly onAdd: (tile: Tile) => void;
  readonly empty: ReactNode;
}

export function TileGrid({ label, tiles, cart, chosen, onAdd, empty }: Props): ReactNode {
  const inCart = new Map<string, number>();
  for (const line of cart?.lines ?? []) {
    if (line.product !== null) {
      inCart.set(line.product, (inCart.get(line.product) ?? 0) + (line.unit === 'each' ? line.quantityMilli : 1000));
    }
  }
  return (
    <section className="products" aria-label={label} tabIndex={0}>
      {tiles.length === 0 ? empty : null}
      {tiles.map((tile, at) => (
        <ProductTile key={tile.id} tile={tile} countMilli={inCart.get(tile.id) ?? 0} chosen={at === chosen} onAdd={onAdd} />
      ))}
    </section>
  );
}

interface TileProps {
  readonly tile: Tile;
  readonly countMilli: number;
  readonly chosen: boolean;
  readonly onAdd: (tile: Tile) => void;
}

function classOf(tile: Tile, chosen: boolean): string {
  return ['product', ...(chosen ? ['product-chosen'] : []), ...(tile.image === null ? [] : ['product-pictured'])].join(' ');
}

const ProductTile = memo(function ProductTile({ tile, countMilli, chosen, onAdd }: TileProps): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { amount } = useMoney();
  return (
    <button type="button" className={classOf(tile, chosen)} onClick={() => onAdd(tile)}>
      <span className="name">
        <bdi>{tile.name}</bdi>
      </span>
      <span className="unit">
        <bdi>
          {tile.variants > 0
            ? t('sell.from-price')
            : tile.unit === 'each' && tile.content !== ''
              ? tile.content
              : t(`unit.per-${tile.unit}`)}
        </bdi>
      </span>
      <span className="price num">{amount(tile.priceMinor)}</span>
      {tile.image === null ? null : <ProductImage id={tile.image} className="picture" />}
      {countMilli > 0 ? (
        <span className="in-cart">
          <span className="unseen">{t('sell.in-cart')} </span>
          <span className="num">{quantity(countMilli, locale)}</span>
        </span>
      ) : null}
    </button>
  );
});
