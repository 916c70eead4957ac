/** What receipts say beside the sale: logo, words above and below, which parts. For every register of the shop. */
import { useQuery } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { RECEIPT_PARTS, type ReceiptPart } from '../../../domain/receipt-template.ts';
import { call } from '../../api/call.ts';
import { queryClient } from '../../live/query-client.ts';
import { TextField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan } from '../../parts/register-context.ts';
import type { ReceiptTemplate } from '../../parts/use-receipt-template.ts';
import { useTranslation } from '../../texts/texts.tsx';
import { shrinkToPng } from '../../parts/shrink-to-png.ts';

/** As wide as paper has dots for. */
const LOGO_DOTS = { width: 480, height: 320 };

export function TemplateForm(): ReactNode {
  const template = useQuery({ queryKey: ['receipt-template'], queryFn: ({ signal }) => call('getReceiptTemplate', { signal }) });
  if (template.data === undefined) return <Problem error={template.error} />;
  return <Form key={JSON.stringify(template.data)} template={template.data} />;
}

function Form({ template }: { readonly template: ReceiptTemplate }): ReactNode {
  const { t } = useTranslation();
  const mayEdit = useCan()('settings');
  const [fields, setFields] = useState(template);
  const [problem, setProblem] = useState<unknown>(null);
  const logoId = useId();
  const isChanged = JSON.stringify(fields) !== JSON.stringify(template);
  const set = (change: Partial<ReceiptTemplate>): void => setFields({ ...fields, ...change });
  const toggle = (part: ReceiptPart): void =>
    set({ without: fields.without.includes(part) ? fields.without.filter((one) => one !== part) : [...fields.without, part] });
  const save = (): void => {
    const { logo, ...rest } = fields;
    call('editReceiptTemplate', { body: { ...rest, ...(logo === template.logo ? {} : { logo }) } }).then(
      () => queryClient.invalidateQueries({ queryKey: ['receipt-template'] }),
      setProblem,
    );
  };
  const takeLogo = (file: File | undefined): void => {
    if (file !== undefined) shrinkToPng(file, LOGO_DOTS).then((logo) => set({ logo }), setProblem);
  };
  return (
    <section className="panel template" aria-labelledby="template">
      <h2 id="template">{t('printing.template')}</h2>
      <p className="soft">{t('printing.template-hint')}</p>
      <div className="template-logo">
        {fields.logo === null ? null : <img src={`data:image/png;base64,${fields.logo}`} alt={t('printing.logo')} />}
        <label className="btn" htmlFor={logoId} aria-disabled={!mayEdit}>
          {t('printing.choose-logo')}
        </label>
        <input
          id={logoId}
          className="unseen"
          type="file"
          accept="image/*"
          disabled={!mayEdit}
          onChange={(event) => takeLogo(event.target.files?.[0])}
        />
        {fields.logo === null ? null : (
          <button type="button" className="btn" disabled={!mayEdit} onClick={() => set({ logo: null })}>
            {t('printing.no-logo')}
          </button>
        )}
      </div>
      {(['header', 'footer'] as const).map((place) => (
        <TextField
          key={place}
          label={t(`printing.${place}`)}
          maxLength={1000}
          disabled={!mayEdit}
          value={fields[place]}
          onChange={(event) => set({ [place]: event.target.value })}
        />
      ))}
      <fieldset className="template-parts" disabled={!mayEdit}>
        <legend>{t('printing.parts')}</legend>
        {RECEIPT_PARTS.map((part) => (
          <label key={part} className="check">
            <input type="checkbox" checked={!fields.without.includes(part)} onChange={() => toggle(part)} />
            {t(`printing.part-${part}`)}
          </label>
        ))}
      </fieldset>
      <Problem error={problem} />
      <div className="actions">
        <button type="button" className="btn btn-primary" disabled={!mayEdit || !isChanged} onClick={save}>
          {t('do.save')}
        </button>
      </div>
    </section>
  );
}
