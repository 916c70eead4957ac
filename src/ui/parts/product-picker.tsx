/** A product chosen by typing a part of its name or its code. */
import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../texts/texts.tsx';
import { call } from '../api/call.ts';
import type { Tile } from '../cart/preview.ts';
import { Field } from './field.tsx';
import { Problem } from './problem.tsx';
import { useMoney } from './register-context.ts';

interface PickerProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
}

/** One product, or none. */
export function ProductPicker({ label, hint, value, onChange }: PickerProps): ReactNode {
  const { t } = useTranslation();
  const chosen = useQuery({
    queryKey: ['products', 'one', value],
    enabled: value !== null,
    queryFn: ({ signal }) => call('getProduct', { params: { id: value ?? '' }, signal }),
  });
  if (value === null) return <ProductSearch label={label} {...(hint === undefined ? {} : { hint })} onChoose={({ id }) => onChange(id)} />;
  return (
    <div className="field">
      <span className="label">{label}</span>
      <span className="picked">
        <bdi className="strong">{chosen.data?.name ?? ''}</bdi>
        <button
          type="button"
          className="btn btn-quiet btn-icon"
          aria-label={t('products.pick-none', { label })}
          onClick={() => onChange(null)}
        >
          <X className="icon" aria-hidden />
        </button>
      </span>
      <Problem error={chosen.error} />
    </div>
  );
}

interface SearchProps {
  readonly label: string;
  readonly hint?: string;
  readonly first?: boolean;
  readonly onChoose: (tile: Tile) => void;
}

const FOUND_AT_MOST = 8;

/** A field and what it finds; Enter takes the first. */
export function ProductSearch({ label, hint, first = false, onChoose }: SearchProps): ReactNode {
  const { money } = useMoney();
  const [search, setSearch] = useState('');
  const found = useQuery({
    queryKey: ['search', search, FOUND_AT_MOST],
    enabled: search.trim() !== '',
    queryFn: ({ signal }) => call('quickSearch', { query: { q: search, limit: FOUND_AT_MOST }, signal }),
  });
  const rows = found.data?.rows ?? [];
  const choose = (tile: Tile): void => {
    setSearch('');
    onChoose(tile);
  };
  return (
    <div>
      <Field
        label={label}
        hint={hint}
        {...(first ? { 'data-first': '' } : {})}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || search.trim() === '') return;
          event.preventDefault();
          if (rows[0] !== undefined) choose(rows[0]);
        }}
      />
      <ul className="found-products">
        {rows.map((tile) => (
          <li key={tile.id}>
            <button type="button" className="row row-button" onClick={() => choose(tile)}>
              <bdi className="strong">{tile.name}</bdi>
              <span className="amount num">{money(tile.priceMinor)}</span>
            </button>
          </li>
        ))}
      </ul>
      <Problem error={found.error} />
    </div>
  );
}
