/** Who may log in, as what; what they did. Deactivating keeps what they did. */
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { Desk } from '../../parts/desk.tsx';
import { Problem } from '../../parts/problem.tsx';
import { linkTo } from '../../parts/route.ts';
import { roleName } from './role-name.ts';
import { Roles } from './roles.tsx';
import { UserForm } from './user-form.tsx';
import { UserPage } from './user-page.tsx';
import './users.css';

type User = Answer<'listUsers'>['rows'][number];

const ROLES = 'roles';

/** `chosen`: what follows `users` in the address: the roles, or a user. */
export function Users({ chosen }: { readonly chosen: string | null }): ReactNode {
  const { t } = useTranslation();
  const isRoles = chosen === ROLES;
  const tabs = (
    <nav className="tabs" aria-label={t('users.parts')}>
      <a className="tab" href={linkTo('users')} aria-current={isRoles ? undefined : 'page'}>
        {t('screen.users')}
      </a>
      <a className="tab" href={linkTo('users', ROLES)} aria-current={isRoles ? 'page' : undefined}>
        {t('roles.title')}
      </a>
    </nav>
  );
  return <Desk>{isRoles ? <Roles tabs={tabs} /> : <People tabs={tabs} chosen={chosen} />}</Desk>;
}

function People({ tabs, chosen }: { readonly tabs: ReactNode; readonly chosen: string | null }): ReactNode {
  const { t } = useTranslation();
  const [edited, setEdited] = useState<User | 'new' | null>(null);
  const users = useQuery({ queryKey: ['users'], queryFn: ({ signal }) => call('listUsers', { signal }) });
  const one = users.data?.rows.find(({ id }) => id === chosen);
  return (
    <>
      <div className={one === undefined ? 'list-beside' : 'list-beside list-beside-one'}>
        <main className="list-page">
          <div className="page-head">
            {tabs}
            <div className="page-title">
              <h1>{t('screen.users')}</h1>
              <button type="button" className="btn btn-primary" onClick={() => setEdited('new')}>
                <Plus className="icon" aria-hidden />
                {t('users.add')}
              </button>
            </div>
            <p className="soft">{t('users.hint')}</p>
            <Problem error={users.error} />
          </div>
          <ul className="rows" aria-label={t('screen.users')} tabIndex={0}>
            {users.data?.rows.map((user) => (
              <li key={user.id}>
                <a
                  className={user.id === chosen ? 'row user-row row-chosen' : 'row user-row'}
                  href={linkTo('users', user.id)}
                  aria-current={user.id === chosen ? 'true' : undefined}
                >
                  <span className="strong">
                    <bdi>{user.name}</bdi> {user.isYou ? <span className="badge">{t('users.you')}</span> : null}
                  </span>
                  <span className="soft">{user.role === null ? t('users.no-role') : roleName(user.role, t)}</span>
                  <span className={user.active ? 'good' : 'soft'}>{user.active ? t('users.active') : t('users.inactive')}</span>
                </a>
              </li>
            ))}
          </ul>
        </main>
        {one === undefined ? null : <UserPage user={one} onEdit={() => setEdited(one)} />}
      </div>
      {edited === null ? null : <UserForm user={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </>
  );
}
