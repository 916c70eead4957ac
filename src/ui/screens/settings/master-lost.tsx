/** Settings > Storage of a slave whose master does not answer: whether it is the one to take over, or who holds more. */
import type { ReactNode } from 'react';
import type { Answer } from '../../../protocol/api/routes.ts';
import { count, dateTime } from '../../format/format.ts';
import { useLocale, useRegister } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';

type Copies = Answer<'getStorage'>['copies'];

/** Where another holds more this one still may take over, in smaller words: that one may be gone as well. */
export function MasterLost({ copies, onTakeOver }: { readonly copies: Copies; readonly onTakeOver: () => void }): ReactNode {
  const { t } = useTranslation();
  const { status } = useRegister();
  const fuller = copies?.fuller ?? null;
  return (
    <section className="panel move" aria-labelledby="master-lost">
      <h2 id="master-lost">{t('storage.lost', { master: status?.masterName ?? t('status.the-master') })}</h2>
      <p className="soft">{t('storage.lost-say')}</p>
      <CopyWords copies={copies} />
      <div className="actions">
        <button type="button" className={fuller === null ? 'btn btn-primary' : 'btn'} onClick={onTakeOver}>
          {t(fuller === null ? 'storage.take-over' : 'storage.all-the-same')}
        </button>
      </div>
    </section>
  );
}

/** How this register's copy stands against the others', as it last heard of them. */
export function CopyWords({ copies }: { readonly copies: Copies }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  if (copies === null) return <p>{t('storage.unheard')}</p>;
  const { fuller, lacks, heardAt } = copies;
  const many = { count: lacks, shown: count(lacks, locale) };
  if (fuller === null)
    return (
      <p>
        {t('storage.fullest', { at: dateTime(heardAt, locale) })} {lacks === 0 ? null : t('storage.fullest-lacks', many)}
      </p>
    );
  const register = `${fuller.code} ${fuller.name}`;
  return (
    <>
      <p className="strong">{t('storage.fuller', { ...many, register, at: dateTime(fuller.lastSeenAt, locale) })}</p>
      <p>{t('storage.fuller-do', { register })}</p>
    </>
  );
}
