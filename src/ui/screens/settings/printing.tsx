/** Settings > Printing: the printers of this register, and what the receipts of the whole shop say. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Plus, Printer as PrinterIcon } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { call } from '../../api/call.ts';
import { Problem } from '../../parts/problem.tsx';
import { useCan, useRegister } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';
import { PrinterDialog, type Printer } from './printer-dialog.tsx';
import { TemplateForm } from './template-form.tsx';

export function Printing(): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  const { register } = useRegister();
  const [edited, setEdited] = useState<Printer | 'new' | null>(null);
  const printers = useQuery({
    queryKey: ['printers'],
    queryFn: ({ signal }) => call('listPrinters', { signal }),
  });
  const mayEdit = can('registers');
  return (
    <div className="page-narrow">
      <div className="page-title">
        <h1>{t('printing.title')}</h1>
        {mayEdit ? (
          <button type="button" className="btn" onClick={() => setEdited('new')}>
            <Plus className="icon" aria-hidden />
            {t('printing.add')}
          </button>
        ) : null}
      </div>
      <p className="soft">{t('printing.hint', { register: register?.name ?? '' })}</p>
      <Problem error={printers.error} />
      {printers.data?.rows.length === 0 ? <p className="panel printer-none soft">{t('printing.none')}</p> : null}
      {printers.data?.rows.map((printer) => (
        <PrinterCard key={printer.id} printer={printer} onEdit={mayEdit ? () => setEdited(printer) : null} />
      ))}
      <TemplateForm />
      {edited === null ? null : <PrinterDialog printer={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </div>
  );
}

function PrinterCard({ printer, onEdit }: { readonly printer: Printer; readonly onEdit: (() => void) | null }): ReactNode {
  const { t } = useTranslation();
  const test = useMutation({ mutationFn: () => call('testPrinter', { params: { id: printer.id } }) });
  const { address } = printer;
  return (
    <section className="panel printer" aria-label={printer.name}>
      <header className="page-title">
        <h2>
          <PrinterIcon className="icon" aria-hidden /> <bdi>{printer.name}</bdi>
        </h2>
        <div className="actions">
          <button type="button" className="btn" disabled={test.isPending} onClick={() => test.mutate()}>
            {t('printing.test')}
          </button>
          {onEdit === null ? null : (
            <button type="button" className="btn" onClick={onEdit}>
              {t('printing.edit')}
            </button>
          )}
        </div>
      </header>
      <p className="soft">
        <span className="num">{address.kind === 'network' ? `${address.host}:${address.port}` : address.path}</span>
        {' · '}
        {t(`printing.paper-${printer.paper}`)}
        {' · '}
        {t(`printing.receipts-${printer.receipts}`)}
        {printer.drawer ? ` · ${t('printing.has-drawer')}` : ''}
      </p>
      {printer.problem === null ? null : (
        <p className="wait" role="status">
          {t(`printing.say-${printer.problem}`)}
        </p>
      )}
      <Problem error={test.error} />
    </section>
  );
}
