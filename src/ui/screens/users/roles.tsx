/** Roles: those that come with the program, to look at, and the shop's own. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { RIGHTS, type Right } from '../../../domain/rights.ts';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { count } from '../../format/format.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';
import { roleName } from './role-name.ts';

type Role = Answer<'listRoles'>['rows'][number];

export function Roles({ tabs }: { readonly tabs: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const [edited, setEdited] = useState<Role | 'new' | null>(null);
  const roles = useQuery({ queryKey: ['roles'], queryFn: ({ signal }) => call('listRoles', { signal }) });
  return (
    <main className="list-page">
      <div className="page-head">
        {tabs}
        <div className="page-title">
          <h1>{t('roles.title')}</h1>
          <button type="button" className="btn btn-primary" onClick={() => setEdited('new')}>
            <Plus className="icon" aria-hidden />
            {t('roles.add')}
          </button>
        </div>
        <p className="soft">{t('roles.hint')}</p>
        <Problem error={roles.error} />
      </div>
      <ul className="rows" aria-label={t('roles.title')} tabIndex={0}>
        {roles.data?.rows.map((role) => (
          <li key={role.id}>
            <button type="button" className="row user-row row-button" onClick={() => setEdited(role)}>
              <span className="strong">
                <bdi>{roleName(role, t)}</bdi>{' '}
                {role.builtIn === null ? null : <span className="badge role-built-in">{t('roles.built-in')}</span>}
              </span>
              <span className="soft">{t('roles.rights', { count: role.rights.length, shown: count(role.rights.length, locale) })}</span>
              <span className="soft">{t('roles.users', { count: role.users, shown: count(role.users, locale) })}</span>
            </button>
          </li>
        ))}
      </ul>
      {edited === null ? null : <RoleForm role={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </main>
  );
}

function RoleForm({ role, onClose }: { readonly role: Role | null; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const fixed = role !== null && role.builtIn !== null;
  const [name, setName] = useState(role === null ? '' : roleName(role, t));
  const [rights, setRights] = useState<readonly Right[]>(role?.rights ?? ['sell']);
  const [tried, setTried] = useState(false);
  const isNameless = name.trim() === '';
  const onSuccess = async (): Promise<void> => {
    onClose();
    await Promise.all(['roles', 'users', 'state'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
  };
  const save = useMutation({
    mutationFn: (): Promise<unknown> => {
      const body = { name: name.trim(), rights: [...rights] };
      return role === null ? call('addRole', { body }) : call('editRole', { params: { id: role.id }, body });
    },
    onSuccess,
  });
  const remove = useMutation({ mutationFn: (id: string) => call('removeRole', { params: { id } }), onSuccess });
  return (
    <Dialog
      wide
      title={role === null ? t('roles.new') : roleName(role, t)}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (!fixed && !isNameless && !save.isPending) save.mutate();
      }}
      actions={
        fixed ? (
          <button type="button" className="btn" onClick={onClose}>
            {t('do.close')}
          </button>
        ) : (
          <>
            {role === null ? null : (
              <button type="button" className="btn btn-danger" disabled={remove.isPending} onClick={() => remove.mutate(role.id)}>
                {t('roles.remove')}
              </button>
            )}
            <button type="button" className="btn" onClick={onClose}>
              {t('do.cancel')}
            </button>
            <button className="btn btn-primary">{t('do.save')}</button>
          </>
        )
      }
    >
      <Problem error={save.error ?? remove.error} />
      {fixed ? (
        <p className="soft">{t('roles.built-in-say')}</p>
      ) : (
        <Field
          label={t('roles.name')}
          value={name}
          maxLength={200}
          autoFocus
          onChange={(event) => setName(event.target.value)}
          error={tried && isNameless ? t('users.needs-name') : null}
        />
      )}
      <fieldset className="role-rights">
        <legend>{t('roles.may')}</legend>
        {RIGHTS.map((right) => (
          <label key={right} className="check">
            <input
              type="checkbox"
              disabled={fixed}
              checked={rights.includes(right)}
              onChange={(event) => setRights(event.target.checked ? [...rights, right] : rights.filter((one) => one !== right))}
            />
            {t(`right.${right.replaceAll('.', '-')}`)}
          </label>
        ))}
      </fieldset>
    </Dialog>
  );
}
