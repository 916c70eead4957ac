/**
 * Products from a CSV file: what was found in it, which column holds what, what is wrong in which row; nothing is written before that is
 * clear. Then progress with figures. Survives a reload: the work itself runs in the register.
 */
import { useMutation, useQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import type { Answer } from '../../../protocol/api/routes.ts';
import { count, dateTime } from '../../format/format.ts';
import { Desk } from '../../parts/desk.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { JobView } from '../../parts/job-view.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale } from '../../parts/register-context.ts';
import { linkTo } from '../../parts/route.ts';
import { useJob, useJobId } from '../../parts/use-job.ts';
import { takeFile } from '../wizard/pending-file.ts';
import { ImportErrors, type Preview } from './import-errors.tsx';
import { MappingTable } from './mapping-table.tsx';
import './import.css';

export function Import(): ReactNode {
  const { t } = useTranslation();
  const [jobId, setJobId] = useJobId('import');
  const open = useMutation({
    mutationFn: (file: File) => call('openImport', { file, query: { fileName: file.name } }),
  });
  const begin = useEffectEvent(() => {
    const file = takeFile();
    if (file !== null) open.mutate(file);
  });
  useEffect(() => begin(), []);
  return (
    <Desk>
      <main className="page" tabIndex={0}>
        <div className="import">
          <p>
            <a className="btn btn-quiet" href={linkTo('products')}>
              <ArrowLeft className="icon icon-turns" aria-hidden />
              {t('screen.products')}
            </a>
          </p>
          <h1>{t('import.title')}</h1>
          {jobId !== null ? (
            <Running id={jobId} onAgain={() => setJobId(null)} onUndo={setJobId} />
          ) : open.data === undefined ? (
            <>
              <Choose busy={open.isPending} error={open.error} onFile={(file) => open.mutate(file)} />
              <Before onUndo={setJobId} />
            </>
          ) : (
            <Check key={open.data.id} opened={open.data} onStarted={setJobId} onAgain={() => open.reset()} />
          )}
        </div>
      </main>
    </Desk>
  );
}

interface ChooseProps {
  readonly busy: boolean;
  readonly error: unknown;
  readonly onFile: (file: File) => void;
}

function Choose({ busy, error, onFile }: ChooseProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="panel import-part">
      <p className="soft">{t('import.hint')}</p>
      <Field
        label={t('import.file')}
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        disabled={busy}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file !== undefined) onFile(file);
        }}
      />
      {busy ? <p className="soft">{t('import.reading')}</p> : null}
      <Problem error={error} />
    </div>
  );
}

/** What was imported here and can be undone. */
function Before({ onUndo }: { readonly onUndo: (job: string) => void }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const before = useQuery({ queryKey: ['imports'], queryFn: ({ signal }) => call('listImports', { signal }) });
  const undo = useMutation({
    mutationFn: (id: string) => call('undoImport', { params: { id } }),
    onSuccess: ({ job }) => onUndo(job),
  });
  if (before.data === undefined || before.data.rows.length === 0) return null;
  return (
    <section className="panel import-part">
      <h2>{t('import.before')}</h2>
      <Problem error={undo.error} />
      <ul>
        {before.data.rows.map((row) => (
          <li key={row.id} className="page-title">
            <span>
              <bdi className="strong">{row.fileName}</bdi>{' '}
              <span className="soft">
                {dateTime(row.at, locale)}, {t('import.before-rows', { count: row.rows, shown: count(row.rows, locale) })}
              </span>
            </span>
            <button type="button" className="btn" disabled={undo.isPending} onClick={() => undo.mutate(row.id)}>
              {t('import.undo')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface CheckProps {
  readonly opened: Preview;
  readonly onStarted: (job: string) => void;
  readonly onAgain: () => void;
}

function Check({ opened, onStarted, onAgain }: CheckProps): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const [preview, setPreview] = useState(opened);
  const map = useMutation({
    mutationFn: (mapping: (string | null)[]) => call('mapImport', { params: { id: preview.id }, body: { mapping } }),
    onSuccess: setPreview,
  });
  const [known, setKnown] = useState<'leave' | 'update'>('leave');
  const apply = useMutation({
    mutationFn: () => call('applyImport', { params: { id: preview.id }, body: { skipBad: preview.bad > 0, known } }),
    onSuccess: ({ job }) => onStarted(job),
  });
  const shown = (value: number): string => count(value, locale);
  return (
    <>
      <div className="panel import-part">
        <div className="page-title">
          <h2>
            <bdi>{preview.fileName}</bdi>
          </h2>
          <p className="soft">
            {t('import.read-as', { encoding: encodingName(preview.encoding), delimiter: delimiterName(preview.delimiter, t) })}
          </p>
        </div>
        <p>
          <span className="good strong">{t('import.good', { count: preview.good, shown: shown(preview.good) })}</span>
          {preview.bad > 0 ? (
            <>
              {', '}
              <span className="bad strong">{t('import.bad', { count: preview.bad, shown: shown(preview.bad) })}</span>
            </>
          ) : null}
        </p>
        {preview.known === 0 ? null : (
          <>
            <p className="strong">{t('import.known', { count: preview.known, shown: shown(preview.known) })}</p>
            <SelectField
              label={t('import.known-what')}
              value={known}
              onChange={(event) => setKnown(event.target.value === 'update' ? 'update' : 'leave')}
            >
              <option value="leave">{t('import.known-leave')}</option>
              <option value="update">{t('import.known-update')}</option>
            </SelectField>
          </>
        )}
        <MappingTable preview={preview} busy={map.isPending} onMap={(mapping) => map.mutate(mapping)} />
        <Problem error={map.error} />
      </div>
      {preview.errors.length > 0 ? <ImportErrors preview={preview} /> : null}
      <Problem error={apply.error} />
      <div className="actions">
        <button type="button" className="btn" onClick={onAgain}>
          {t('import.other-file')}
        </button>
        <button
          type="button"
          className="btn btn-primary"
          disabled={preview.good === 0 || apply.isPending || map.isPending}
          onClick={() => apply.mutate()}
        >
          {t(preview.bad > 0 ? 'import.start-good' : 'import.start', { count: preview.good, shown: shown(preview.good) })}
        </button>
      </div>
    </>
  );
}

const DELIMITERS: Readonly<Record<string, 'comma' | 'semicolon' | 'tab'>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab' };

function delimiterName(delimiter: string, t: (key: `import.${'comma' | 'semicolon' | 'tab'}`) => string): string {
  const name = DELIMITERS[delimiter];
  return name === undefined ? delimiter : t(`import.${name}`);
}

function encodingName(encoding: string): string {
  return encoding.replace(/^utf-?(\d+)(le|be)?$/i, 'UTF-$1').replace(/^latin/, 'Latin-');
}

interface RunningProps {
  readonly id: string;
  readonly onAgain: () => void;
  readonly onUndo: (job: string) => void;
}

function Running({ id, onAgain, onUndo }: RunningProps): ReactNode {
  const { t } = useTranslation();
  const job = useJob(id);
  const ended = job.data !== undefined && job.data.state !== 'running';
  return (
    <div className="panel import-part">
      <h2>{t(heading(job.data))}</h2>
      {job.data === undefined ? null : <JobView job={job.data} title={t('import.title')} />}
      <Problem error={job.error} />
      <p className="soft">{ended ? null : t('import.goes-on')}</p>
      {ended || job.isError ? (
        <div className="actions">
          <button type="button" className="btn" onClick={onAgain}>
            {t('import.another')}
          </button>
          <a className="btn btn-primary" href={linkTo('products')} onClick={onAgain}>
            {t('import.see-products')}
          </a>
        </div>
      ) : null}
      {job.data?.state === 'done' && job.data.kind === 'import' ? <Before onUndo={onUndo} /> : null}
    </div>
  );
}

function heading(
  job: Answer<'getJob'> | undefined,
): 'import.done' | 'import.stopped' | 'import.running' | 'import.undone' | 'import.undoing' {
  const undoes = job?.kind === 'undo-import';
  if (job?.state === 'done') return undoes ? 'import.undone' : 'import.done';
  if (job !== undefined && job.state !== 'running') return 'import.stopped';
  return undoes ? 'import.undoing' : 'import.running';
}
