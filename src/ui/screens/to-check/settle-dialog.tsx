/** Settling one thing that wants a person: its own mend where the program has one, or letting it be, with a note for whoever looks later. */
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { BodyInput } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';
import { roleName } from '../users/role-name.ts';
import { useExceptionWords, type Exception } from './exception-words.ts';

interface Props {
  readonly row: Exception;
  readonly onClose: () => void;
}

export function SettleDialog({ row, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  const { title, say } = useExceptionWords()(row);
  const [note, setNote] = useState('');
  const settle = useMutation({
    mutationFn: (body: BodyInput<'settleException'>) => call('settleException', { body }),
    onSuccess: async () => {
      onClose();
      await queryClient.invalidateQueries({ queryKey: ['to-check'] });
    },
  });
  const isEmpty = note.trim() === '';
  return (
    <Dialog
      wide
      title={title}
      onClose={onClose}
      onSubmit={() => {
        if (!isEmpty && !settle.isPending) settle.mutate({ id: row.id, do: 'let-be', note: note.trim() });
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={isEmpty || settle.isPending}>
            {t('to-check.let-be')}
          </button>
        </>
      }
    >
      <p>{say}</p>
      <Problem error={settle.error} />
      {row.kind === 'equal-barcode' && can('products') ? (
        <div className="check-mend" role="group" aria-label={t('to-check.keeps-code', { code: row.code })}>
          <p className="strong">{t('to-check.keeps-code', { code: row.code })}</p>
          {row.products.map((product) => (
            <button
              key={product.id}
              type="button"
              className="btn"
              disabled={settle.isPending}
              onClick={() => settle.mutate({ id: row.id, do: 'keep-code', product: product.id })}
            >
              <bdi>{product.name}</bdi>
            </button>
          ))}
        </div>
      ) : null}
      {row.kind === 'lost-edit' && row.takeable && can('products') ? (
        <div className="check-mend">
          <button
            type="button"
            className="btn"
            disabled={settle.isPending}
            onClick={() => settle.mutate({ id: row.id, do: 'take-overtaken' })}
          >
            {t('to-check.take-overtaken')}
          </button>
        </div>
      ) : null}
      {row.kind === 'equal-name' && can('users') ? (
        <Rename
          users={row.users}
          busy={settle.isPending}
          onRename={(user, name) => settle.mutate({ id: row.id, do: 'rename', user, name })}
        />
      ) : null}
      <Field
        label={t('to-check.note')}
        hint={t('to-check.note-hint')}
        maxLength={500}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
    </Dialog>
  );
}

interface RenameProps {
  readonly users: (Exception & { kind: 'equal-name' })['users'];
  readonly busy: boolean;
  readonly onRename: (user: string, name: string) => void;
}

function Rename({ users, busy, onRename }: RenameProps): ReactNode {
  const { t } = useTranslation();
  const [user, setUser] = useState(users.at(-1)?.id ?? '');
  const [name, setName] = useState('');
  return (
    <div className="check-mend">
      <SelectField label={t('to-check.rename')} value={user} onChange={(event) => setUser(event.target.value)}>
        {users.map(({ id, role, builtIn }, at) => (
          <option key={id} value={id}>
            {at + 1}: {roleName({ name: role, builtIn }, t)}
          </option>
        ))}
      </SelectField>
      <Field label={t('users.name')} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
      <button type="button" className="btn" disabled={busy || name.trim() === ''} onClick={() => onRename(user, name.trim())}>
        {t('to-check.do-rename')}
      </button>
    </div>
  );
}
