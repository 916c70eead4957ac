/** One user: name, role, PIN, active. A PIN can be replaced, never read. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { roleName } from './role-name.ts';

type User = Answer<'listUsers'>['rows'][number];

export function UserForm({ user, onClose }: { readonly user: User | null; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [name, setName] = useState(user?.name ?? '');
  const [role, setRole] = useState(user?.role?.id ?? '');
  const [pin, setPin] = useState('');
  const [active, setActive] = useState(user?.active ?? true);
  const [tried, setTried] = useState(false);
  const roles = useQuery({ queryKey: ['roles'], queryFn: ({ signal }) => call('listRoles', { signal }) });
  const chosen = roles.data?.rows.find((one) => one.id === role);
  const pinWrong = (user === null || pin !== '') && pin.length < (chosen?.pinDigits ?? 4);
  const wrong = { name: name.trim() === '', role: role === '', pin: pinWrong };
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), role };
      if (user === null) return call('addUser', { body: { ...body, pin } });
      return call('editUser', { params: { id: user.id }, body: { ...body, active, ...(pin === '' ? {} : { pin }) } });
    },
    onSuccess: async () => {
      onClose();
      await queryClient.invalidateQueries({ queryKey: ['users'] });
    },
  });
  return (
    <Dialog
      title={user === null ? t('users.new') : user.name}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (!wrong.name && !wrong.role && !wrong.pin && !save.isPending) save.mutate();
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary">{t('do.save')}</button>
        </>
      }
    >
      <Problem error={save.error ?? roles.error} />
      <Field
        label={t('users.name')}
        value={name}
        maxLength={200}
        autoFocus
        onChange={(event) => setName(event.target.value)}
        error={tried && wrong.name ? t('users.needs-name') : null}
      />
      <SelectField
        label={t('users.role')}
        value={role}
        onChange={(event) => setRole(event.target.value)}
        error={tried && wrong.role ? t('users.needs-role') : null}
      >
        <option value="" disabled>
          {t('users.choose-role')}
        </option>
        {roles.data?.rows.map((one) => (
          <option key={one.id} value={one.id}>
            {roleName(one, t)}
          </option>
        ))}
      </SelectField>
      <Field
        label={user === null ? t('users.pin') : t('users.new-pin')}
        type="password"
        inputMode="numeric"
        autoComplete="new-password"
        maxLength={12}
        value={pin}
        onChange={(event) => setPin(event.target.value.replace(/\D/g, ''))}
        hint={user === null ? t('wizard.pin-hint', { digits: chosen?.pinDigits ?? 4 }) : t('users.pin-stays')}
        error={tried && wrong.pin ? t('wizard.pin-short', { digits: chosen?.pinDigits ?? 4 }) : null}
      />
      {user === null || user.isYou ? null : (
        <label className="check">
          <input type="checkbox" checked={active} onChange={(event) => setActive(event.target.checked)} />
          {t('users.may-log-in')}
        </label>
      )}
    </Dialog>
  );
}
