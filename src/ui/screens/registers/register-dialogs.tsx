import { useMutation } from '@tanstack/react-query';
import type { Answer } from '../../../protocol/api/routes.ts';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';

export type RegisterRow = Answer<'listRegisters'>['rows'][number];

interface Props {
  readonly row: RegisterRow;
  readonly onClose: () => void;
}

export function RenameDialog({ row, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const [name, setName] = useState(row.name);
  const rename = useMutation({
    mutationFn: () => call('renameRegister', { params: { id: row.id }, body: { name: name.trim() } }),
    onSuccess: async () => {
      onClose();
      await Promise.all(['registers', 'state'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
    },
  });
  return (
    <Dialog
      title={t('registers.rename-one', { name: row.name })}
      onClose={onClose}
      onSubmit={() => {
        if (name.trim() !== '' && !rename.isPending) rename.mutate();
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={name.trim() === ''}>
            {t('do.save')}
          </button>
        </>
      }
    >
      <Field label={t('registers.name')} value={name} maxLength={200} autoFocus onChange={(event) => setName(event.target.value)} />
      <Problem error={rename.error} />
    </Dialog>
  );
}

/** Shuts a register out at once. What it sold and did not send can still be brought in from its data. */
export function RevokeDialog({ row, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const revoke = useMutation({
    mutationFn: () => call('revokeRegister', { params: { id: row.id } }),
    onSuccess: async () => {
      onClose();
      await queryClient.invalidateQueries({ queryKey: ['registers'] });
    },
  });
  return (
    <Dialog
      title={t('registers.revoke-one', { name: row.name })}
      onClose={onClose}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button type="button" className="btn btn-danger" disabled={revoke.isPending} onClick={() => revoke.mutate()}>
            {t('registers.revoke')}
          </button>
        </>
      }
    >
      <p>{t('registers.revoke-say')}</p>
      <Problem error={revoke.error} />
    </Dialog>
  );
}
