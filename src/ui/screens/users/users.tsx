/** Who may log in, as what. Deactivating keeps what they did. */
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { Desk } from '../../parts/desk.tsx';
import { Problem } from '../../parts/problem.tsx';
import { roleName } from './role-name.ts';
import { UserForm } from './user-form.tsx';
import './users.css';

type User = Answer<'listUsers'>['rows'][number];

export function Users(): ReactNode {
  const { t } = useTranslation();
  const [edited, setEdited] = useState<User | 'new' | null>(null);
  const users = useQuery({ queryKey: ['users'], queryFn: ({ signal }) => call('listUsers', { signal }) });
  return (
    <Desk>
      <main className="list-page">
        <div className="page-head">
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
              <button type="button" className="row user-row row-button" onClick={() => setEdited(user)}>
                <span className="strong">
                  <bdi>{user.name}</bdi> {user.isYou ? <span className="badge">{t('users.you')}</span> : null}
                </span>
                <span className="soft">{user.role === null ? '' : roleName(user.role, t)}</span>
                <span className={user.active ? 'good' : 'soft'}>{user.active ? t('users.active') : t('users.inactive')}</span>
              </button>
            </li>
          ))}
        </ul>
      </main>
      {edited === null ? null : <UserForm user={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </Desk>
  );
}
