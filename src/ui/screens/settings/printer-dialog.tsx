/** One printer of this register: where it is, what paper it has, when receipts go to it. */
import { useState, type ReactNode } from 'react';
import { PAPER_NAMES, PRINTER_PORT, RECEIPTS_WHEN } from '../../../domain/printer.ts';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useTranslation } from '../../texts/texts.tsx';

export type Printer = Answer<'listPrinters'>['rows'][number];

const KINDS = ['network', 'device'] as const;

interface Props {
  readonly printer: Printer | null;
  readonly onClose: () => void;
}

interface Fields {
  readonly name: string;
  readonly kind: (typeof KINDS)[number];
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly paper: Printer['paper'];
  readonly drawer: boolean;
  readonly receipts: Printer['receipts'];
}

function fieldsOf(printer: Printer | null): Fields {
  const address = printer?.address;
  return {
    name: printer?.name ?? '',
    kind: address?.kind ?? 'network',
    host: address?.kind === 'network' ? address.host : '',
    port: String(address?.kind === 'network' ? address.port : PRINTER_PORT),
    path: address?.kind === 'device' ? address.path : '/dev/usb/lp0',
    paper: printer?.paper ?? '80mm',
    drawer: printer?.drawer ?? false,
    receipts: printer?.receipts ?? 'always',
  };
}

export function PrinterDialog({ printer, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const [fields, setFields] = useState(() => fieldsOf(printer));
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const set = (change: Partial<Fields>): void => setFields({ ...fields, ...change });
  const port = Number(fields.port);
  const isNetwork = fields.kind === 'network';
  const wrong = {
    name: fields.name.trim() === '',
    host: isNetwork && fields.host.trim() === '',
    port: isNetwork && !(/^\d+$/.test(fields.port) && port >= 1 && port <= 65_535),
    path: !isNetwork && fields.path.trim() === '',
  };
  const finish = async (): Promise<void> => {
    await Promise.all(['printers', 'state'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })));
    onClose();
  };
  const save = (): void => {
    setTried(true);
    if (Object.values(wrong).includes(true)) return;
    const { name, paper, drawer, receipts } = fields;
    const address = isNetwork
      ? ({ kind: 'network', host: fields.host.trim(), port } as const)
      : ({ kind: 'device', path: fields.path.trim() } as const);
    const body = { name: name.trim(), address, paper, drawer, receipts };
    const saved = printer === null ? call('addPrinter', { body }) : call('editPrinter', { params: { id: printer.id }, body });
    saved.then(finish, setProblem);
  };
  return (
    <Dialog
      title={printer === null ? t('printing.add') : printer.name}
      onClose={onClose}
      onSubmit={save}
      actions={
        <>
          {printer === null ? null : (
            <button
              type="button"
              className="btn btn-danger first"
              onClick={() => call('removePrinter', { params: { id: printer.id } }).then(finish, setProblem)}
            >
              {t('printing.remove')}
            </button>
          )}
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary">{t('do.save')}</button>
        </>
      }
    >
      <Field
        label={t('printing.name')}
        autoFocus
        maxLength={200}
        value={fields.name}
        onChange={(event) => set({ name: event.target.value })}
        error={tried && wrong.name ? t('printing.needs-name') : null}
      />
      <SelectField
        label={t('printing.connected')}
        value={fields.kind}
        onChange={(event) => set({ kind: KINDS.find((one) => one === event.target.value) ?? 'network' })}
      >
        {KINDS.map((one) => (
          <option key={one} value={one}>
            {t(`printing.by-${one}`)}
          </option>
        ))}
      </SelectField>
      {isNetwork ? (
        <>
          <Field
            label={t('printing.host')}
            className="num"
            placeholder="192.168.1.50"
            maxLength={255}
            value={fields.host}
            onChange={(event) => set({ host: event.target.value })}
            error={tried && wrong.host ? t('printing.needs-host') : null}
          />
          <Field
            label={t('printing.port')}
            className="num"
            inputMode="numeric"
            value={fields.port}
            onChange={(event) => set({ port: event.target.value })}
            error={tried && wrong.port ? t('storage.not-a-port', { text: fields.port }) : null}
          />
        </>
      ) : (
        <Field
          label={t('printing.path')}
          hint={t('printing.path-hint')}
          className="num"
          maxLength={255}
          value={fields.path}
          onChange={(event) => set({ path: event.target.value })}
          error={tried && wrong.path ? t('printing.needs-path') : null}
        />
      )}
      <SelectField
        label={t('printing.paper')}
        value={fields.paper}
        onChange={(event) => set({ paper: PAPER_NAMES.find((one) => one === event.target.value) ?? '80mm' })}
      >
        {PAPER_NAMES.map((one) => (
          <option key={one} value={one}>
            {t(`printing.paper-${one}`)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t('printing.receipts')}
        value={fields.receipts}
        onChange={(event) => set({ receipts: RECEIPTS_WHEN.find((one) => one === event.target.value) ?? 'always' })}
      >
        {RECEIPTS_WHEN.map((one) => (
          <option key={one} value={one}>
            {t(`printing.receipts-${one}`)}
          </option>
        ))}
      </SelectField>
      <label className="check">
        <input type="checkbox" checked={fields.drawer} onChange={(event) => set({ drawer: event.target.checked })} />
        {t('printing.drawer')}
      </label>
      <Problem error={problem} />
    </Dialog>
  );
}
