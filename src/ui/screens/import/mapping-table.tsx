/** The first rows of the file, and over each column the field it fills. */
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Preview } from './import-errors.tsx';

const FIELDS = ['name', 'price', 'barcode', 'taxRate', 'category', 'cost', 'unit'] as const;
const ROWS_SHOWN = 8;

interface Props {
  readonly preview: Preview;
  readonly busy: boolean;
  readonly onMap: (mapping: (string | null)[]) => void;
}

export function MappingTable({ preview, busy, onMap }: Props): ReactNode {
  const { t } = useTranslation();
  const choose = (column: number, field: string): void => {
    // A field is filled by one column: chosen here, it is given up elsewhere.
    onMap(preview.mapping.map((before, at) => (at === column ? (field === '' ? null : field) : before === field ? null : before)));
  };
  return (
    <div className="import-scroll" tabIndex={0} role="region" aria-label={t('import.preview')}>
      <table className="import-table">
        <caption className="unseen">{t('import.preview')}</caption>
        <thead>
          <tr>
            {preview.columns.map((column, at) => (
              // Columns of a file are told apart by their place; two may have one heading.
              // oxlint-disable-next-line react/no-array-index-key
              <th key={at} scope="col">
                <span className="clip">
                  <bdi>{column}</bdi>
                </span>
                <select
                  className="input"
                  aria-label={t('import.column-is', { column })}
                  disabled={busy}
                  value={preview.mapping[at] ?? ''}
                  onChange={(event) => choose(at, event.target.value)}
                >
                  <option value="">{t('import.leave-out')}</option>
                  {FIELDS.map((field) => (
                    <option key={field} value={field}>
                      {t(`import.field-${field}`)}
                    </option>
                  ))}
                </select>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.preview.slice(0, ROWS_SHOWN).map((cells, row) => (
            // Rows of a file are told apart by their place.
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={row}>
              {preview.columns.map((_, at) => (
                // oxlint-disable-next-line react/no-array-index-key
                <td key={at} className={(preview.mapping[at] ?? null) === null ? 'soft' : ''}>
                  <span className="clip">
                    <bdi>{cells[at] ?? ''}</bdi>
                  </span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
