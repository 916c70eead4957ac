/** A slave is told where its master is now, when the network did not tell it by itself. Kept only when the shop's own master answers there. */
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { call } from '../../api/call.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useTranslation } from '../../texts/texts.tsx';

interface Props {
  readonly host: string;
  readonly port: number;
  readonly onClose: () => void;
}

export function AddressDialog({ host, port, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(host);
  const move = useMutation({
    mutationFn: () => call('setMasterAddress', { body: { host: typed.trim(), port } }),
    onSuccess: async () => {
      onClose();
      await queryClient.invalidateQueries({ queryKey: ['storage'] });
    },
  });
  return (
    <Dialog
      title={t('storage.new-address')}
      onClose={onClose}
      onSubmit={() => {
        if (typed.trim() !== '' && !move.isPending) move.mutate();
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={typed.trim() === '' || move.isPending}>
            {t('do.save')}
          </button>
        </>
      }
    >
      <p>{t('storage.new-address-say')}</p>
      <Field
        label={t('storage.master-at')}
        className="num"
        value={typed}
        maxLength={255}
        autoFocus
        onChange={(event) => setTyped(event.target.value)}
      />
      <Problem error={move.error} />
    </Dialog>
  );
}
