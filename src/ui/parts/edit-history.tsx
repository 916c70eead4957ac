/** Who changed what of a record, from what, and when; newest first. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Answer } from '../../protocol/api/routes.ts';
import { call } from '../api/call.ts';
import { dateTime, quantity } from '../format/format.ts';
import { useTranslation } from '../texts/texts.tsx';
import { Problem } from './problem.tsx';
import { useLocale, useMoney } from './register-context.ts';

type Of = 'product' | 'customer' | 'user';
type Edit = Answer<'productEdits'>['rows'][number];
type Change = Edit['changes'][number];

/** Pictures and hashes mean nothing to a person: that they changed is told. */
const NO_WORD = /^[\w-]{20,}$/;

export function EditHistory({ of, id }: { readonly of: Of; readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const edits = useQuery({
    queryKey: ['edits', of, id],
    queryFn: ({ signal }) => call(`${of}Edits`, { params: { id }, signal }),
  });
  return (
    <section className="edits" aria-labelledby="edits">
      <h3 id="edits">{t('edit.title')}</h3>
      <Problem error={edits.error} />
      {edits.data?.rows.length === 0 ? <p className="soft">{t('edit.none')}</p> : null}
      <ol className="panel">
        {edits.data?.rows.map((edit, at) => (
          // A history only grows at its top, and two edits may share an instant.
          <li key={`${edit.at}:${(edits.data?.rows.length ?? 0) - at}`} className="row edit-row">
            <span className="strong">
              {t(`edit.${wordOf(edit.kind)}`)}, <bdi>{edit.user === '' ? t('edit.nobody') : edit.user}</bdi>
            </span>
            <span className="soft small num">{dateTime(edit.at, locale)}</span>
            <ul className="small">
              {edit.changes.map((change) => (
                <ChangeLine key={change.column} of={of} change={change} />
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </section>
  );
}

function wordOf(kind: string): 'added' | 'imported' | 'changed' {
  if (kind.endsWith('-imported')) return 'imported';
  return kind.endsWith('-added') || kind === 'shop-set-up' ? 'added' : 'changed';
}

function ChangeLine({ of, change }: { readonly of: Of; readonly change: Change }): ReactNode {
  const { t, i18n } = useTranslation();
  const say = useValue(change.column);
  const key = of === 'user' && change.column === 'active' ? 'users.may-log-in' : `column.${change.column}`;
  const name = i18n.exists(key) ? t(key) : change.column.replaceAll('_', ' ');
  const [before, after] = [say(change.before), say(change.after)];
  if (before === null && after === null) return <li>{name}</li>;
  return (
    <li>
      {change.before === null
        ? t('edit.to', { column: name, after: after ?? '–' })
        : t('edit.from-to', { column: name, before: before ?? '–', after: after ?? '–' })}
    </li>
  );
}

function useValue(column: string): (value: Change['after']) => string | null {
  const { t, i18n } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  return (value) => {
    if (value === null || (typeof value === 'string' && NO_WORD.test(value))) return null;
    if (typeof value === 'boolean') return t(value ? 'do.yes' : 'do.no');
    if (typeof value === 'string') return column === 'role' && i18n.exists(`role.${value}`) ? t(`role.${value}`) : value;
    if (column.endsWith('_minor')) return money(value);
    return column.endsWith('_milli') ? quantity(value, locale) : String(value);
  };
}
