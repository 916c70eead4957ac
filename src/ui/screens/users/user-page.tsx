/** One user beside the list: what they are, what they did lately, and who changed them. */
import { useQuery } from '@tanstack/react-query';
import { Pencil } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { dateTime } from '../../format/format.ts';
import { EditHistory } from '../../parts/edit-history.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';
import { linkTo } from '../../parts/route.ts';
import { useTranslation } from '../../texts/texts.tsx';
import { roleName } from './role-name.ts';

type User = Answer<'listUsers'>['rows'][number];
type Deed = Answer<'listDeeds'>['rows'][number];

export function UserPage({ user, onEdit }: { readonly user: User; readonly onEdit: () => void }): ReactNode {
  const { t } = useTranslation();
  const deeds = useQuery({ queryKey: ['deeds', user.id], queryFn: ({ signal }) => call('listDeeds', { params: { id: user.id }, signal }) });
  return (
    <aside className="beside" aria-label={t('users.chosen')} tabIndex={0}>
      <header className="page-title">
        <h2>
          <bdi>{user.name}</bdi>
        </h2>
        <button type="button" className="btn" onClick={onEdit}>
          <Pencil className="icon" aria-hidden />
          {t('users.edit')}
        </button>
        <a className="btn beside-close" href={linkTo('users')}>
          {t('do.close')}
        </a>
      </header>
      <p className="soft">
        {user.role === null ? t('users.no-role') : roleName(user.role, t)}, {user.active ? t('users.active') : t('users.inactive')}
      </p>
      <section aria-labelledby="deeds">
        <h3 id="deeds">{t('users.deeds', { name: user.name })}</h3>
        <Problem error={deeds.error} />
        {deeds.data?.rows.length === 0 ? <p className="soft">{t('users.no-deeds')}</p> : null}
        <ul className="panel">
          {deeds.data?.rows.map((deed, at) => (
            // Several may share an instant; the list only grows at its top.
            <DeedLine key={`${deed.at}:${(deeds.data?.rows.length ?? 0) - at}`} deed={deed} />
          ))}
        </ul>
      </section>
      <EditHistory of="user" id={user.id} />
    </aside>
  );
}

function DeedLine({ deed }: { readonly deed: Deed }): ReactNode {
  const { t, i18n } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  const word = i18n.exists(`deed.${deed.kind}`) ? t(`deed.${deed.kind}`) : deed.kind;
  const subject = useSubject()(deed);
  const inside = (
    <>
      <span>
        <span className="strong">{word}</span> {subject === '' ? null : <bdi>{subject}</bdi>}
      </span>
      <span className="num">{deed.amountMinor === null ? '' : money(deed.amountMinor)}</span>
      <span className="soft small num">{dateTime(deed.at, locale)}</span>
      <span className="soft small">{deed.reason === null ? null : <bdi>{deed.reason}</bdi>}</span>
    </>
  );
  return (
    <li>
      {deed.sale === null ? (
        <div className="row deed-row">{inside}</div>
      ) : (
        <a className="row deed-row" href={linkTo('sales', deed.sale)}>
          {inside}
        </a>
      )}
    </li>
  );
}

/** What a person calls it: a right and a setting have names, a cart that is gone has none. */
function useSubject(): (deed: Deed) => string {
  const { t, i18n } = useTranslation();
  const named = (key: string, otherwise: string): string => (i18n.exists(key) ? t(key) : otherwise);
  return ({ kind, subject }) => {
    switch (kind) {
      case 'granted':
        return named(`right.${subject.replaceAll('.', '-')}`, subject);
      case 'setting':
        return named(`setting.${subject.split('.')[0] ?? subject}`, subject);
      case 'exception-settled':
      case 'abandoned-cart':
      case 'payment-settled':
        return '';
      default:
        return subject;
    }
  };
}
