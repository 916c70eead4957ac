/** Which device stands beside this register, and at what address it answers. */
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { queryClient } from '../../live/query-client.ts';
import { Field, SelectField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';

interface Address {
  readonly host: string;
  readonly port: number;
}

interface Props<Kind extends string> {
  /** Its texts, and the query that shows it. */
  readonly device: 'terminal' | 'fiscal';
  /** The first has no address: there is none, or no cable joins it. */
  readonly kinds: readonly [Kind, ...Kind[]];
  readonly held: { readonly kind: Kind } & Partial<Address>;
  /** Where one listens unless told otherwise. */
  readonly usual: Address;
  readonly save: (kind: Kind, at: Address) => Promise<unknown>;
}

export function DeviceForm<Kind extends string>({ device, kinds, held, usual, save }: Props<Kind>): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  const [kind, setKind] = useState(held.kind);
  const [host, setHost] = useState(held.host ?? usual.host);
  const [port, setPort] = useState(String(held.port ?? usual.port));
  const saving = useMutation({
    mutationFn: () => save(kind, { host, port: Number(port) }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [device] }),
  });
  return (
    <form
      className="panel selling-part"
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <SelectField
        label={t(`${device}.kind`)}
        hint={t(`${device}.${kind}-say`)}
        value={kind}
        onChange={(event) => setKind(kinds.find((one) => one === event.target.value) ?? kinds[0])}
      >
        {kinds.map((one) => (
          <option key={one} value={one}>
            {t(`${device}.${one}`)}
          </option>
        ))}
      </SelectField>
      {kind === kinds[0] ? null : (
        <>
          <Field label={t('terminal.host')} value={host} onChange={(event) => setHost(event.target.value)} />
          <Field label={t('terminal.port')} inputMode="numeric" value={port} onChange={(event) => setPort(event.target.value)} />
        </>
      )}
      <Problem error={saving.error} />
      <button className="btn btn-primary" disabled={!can('settings') || saving.isPending}>
        {t('do.save')}
      </button>
      {saving.isSuccess ? (
        <p className="good" role="status">
          {t(`${device}.saved`)}
        </p>
      ) : null}
    </form>
  );
}
