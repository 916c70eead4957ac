/** The invoice and credit notes of a sale, each as a PDF; or the way to its first. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Download, FileText } from 'lucide-react';
import { Fragment, useState, type ReactNode } from 'react';
import type { Answer } from '../../protocol/api/routes.ts';
import { call } from '../api/call.ts';
import { queryClient } from '../live/query-client.ts';
import { useTranslation } from '../texts/texts.tsx';
import { Dialog } from './dialog.tsx';
import { Field, TextField } from './field.tsx';
import { PrintButton } from './print-button.tsx';
import { Problem } from './problem.tsx';
import { saveFile } from './save-file.ts';

type Papers = Answer<'listInvoices'>;

interface Props {
  readonly uuid: string;
  /** The receipt's number. */
  readonly label: string;
}

export function Invoices({ uuid, label }: Props): ReactNode {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const papers = useQuery({
    queryKey: ['invoices', uuid],
    queryFn: ({ signal }) => call('listInvoices', { params: { uuid }, signal }),
  });
  const credit = useMutation({
    mutationFn: () => call('makeCreditNotes', { params: { uuid } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['invoices'] }),
  });
  const open = useMutation({ mutationFn: openPdf });
  return (
    <>
      {papers.data?.rows.map((paper) => (
        <Fragment key={paper.label}>
          <button
            type="button"
            className="btn"
            disabled={open.isPending}
            onClick={() => open.mutate(paper.label)}
            aria-label={`${t(`invoice.${paper.kind}`)} ${t('invoice.open', { label: paper.label })}`}
          >
            <Download className="icon" aria-hidden />
            {paper.label}
          </button>
          <PrintButton what={paper.label} print={() => call('printInvoice', { params: { label: paper.label } })} />
        </Fragment>
      ))}
      {papers.data?.mayMake === true ? (
        <button type="button" className="btn" onClick={() => setAsking(true)}>
          <FileText className="icon" aria-hidden />
          {t('invoice.invoice')}
        </button>
      ) : null}
      {(papers.data?.toCredit ?? 0) > 0 ? (
        <button type="button" className="btn" disabled={credit.isPending} onClick={() => credit.mutate()}>
          <FileText className="icon" aria-hidden />
          {t('invoice.credit')}
        </button>
      ) : null}
      <Problem error={credit.error ?? open.error ?? papers.error} />
      {asking && papers.data !== undefined ? (
        <InvoiceDialog uuid={uuid} label={label} customer={papers.data.customer} onClose={() => setAsking(false)} />
      ) : null}
    </>
  );
}

async function openPdf(label: string): Promise<void> {
  const { fileName, pdf } = await call('getInvoicePdf', { params: { label } });
  saveFile(fileName, new Blob([Uint8Array.from(atob(pdf), (byte) => byte.charCodeAt(0))], { type: 'application/pdf' }));
}

interface DialogProps extends Props {
  readonly customer: Papers['customer'];
  readonly onClose: () => void;
}

function InvoiceDialog({ uuid, label, customer, onClose }: DialogProps): ReactNode {
  const { t } = useTranslation();
  const [fields, setFields] = useState({
    name: customer?.name ?? '',
    address: customer?.address ?? '',
    taxNumber: customer?.taxNumber ?? '',
  });
  const [tried, setTried] = useState(false);
  const nameless = fields.name.trim() === '';
  const make = useMutation({
    mutationFn: async () => {
      const made = await call('makeInvoice', { params: { uuid }, body: { ...fields, customer: customer?.id ?? null } });
      await queryClient.invalidateQueries({ queryKey: ['invoices'] });
      onClose();
      await openPdf(made.label);
    },
  });
  return (
    <Dialog
      title={t('invoice.title', { label })}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (!nameless && !make.isPending) make.mutate();
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={make.isPending}>
            {t('invoice.make')}
          </button>
        </>
      }
    >
      <p>{t('invoice.say')}</p>
      <Field
        label={t('invoice.name')}
        autoFocus
        maxLength={200}
        value={fields.name}
        onChange={(event) => setFields({ ...fields, name: event.target.value })}
        error={tried && nameless ? t('invoice.needs-name') : null}
      />
      <TextField
        label={t('invoice.address')}
        maxLength={1000}
        value={fields.address}
        onChange={(event) => setFields({ ...fields, address: event.target.value })}
      />
      <Field
        label={t('invoice.tax-number')}
        maxLength={60}
        value={fields.taxNumber}
        onChange={(event) => setFields({ ...fields, taxNumber: event.target.value })}
      />
      <Problem error={make.error} />
    </Dialog>
  );
}
