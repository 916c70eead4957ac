/** What wants a person, in the language of the screen: what it is, what is true, what to do. */
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { count, list, quantity } from '../../format/format.ts';
import { useLocale, useMoney } from '../../parts/register-context.ts';

export type Exception = Answer<'listToCheck'>['rows'][number];

interface Words {
  readonly title: string;
  readonly say: string;
  readonly action: string;
}

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
/** Ids of other rows and hashes of personal values mean nothing to a person. */
const NO_WORD = /^[\w-]{20,}$/;

export function useExceptionWords(): (row: Exception) => Words {
  const { t, i18n } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();

  const overtaken = (row: Exception & { kind: 'lost-edit' }): string =>
    list(
      row.overtaken.map(({ column, value }) => {
        const name = i18n.exists(`column.${column}`) ? t(`column.${column}`) : column.replaceAll('_', ' ');
        if (value === null || (typeof value === 'string' && NO_WORD.test(value))) return name;
        if (typeof value === 'boolean') return `${name} ${t(value ? 'do.yes' : 'do.no')}`;
        return `${name} ${typeof value === 'number' && column.endsWith('_minor') ? money(value) : value}`;
      }),
      locale,
    );

  const valuesOf = (row: Exception): Readonly<Record<string, string | number>> => {
    switch (row.kind) {
      case 'equal-barcode':
        return {
          code: row.code,
          names: list(
            row.products.map(({ name }) => name),
            locale,
          ),
        };
      case 'equal-name':
        return { name: row.name };
      case 'unknown-code':
        return {
          code: row.code,
          count: row.times,
          shown: count(row.times, locale),
          department: row.department,
          price: money(row.priceMinor),
        };
      case 'lost-edit':
        return { name: row.name === '' ? t('to-check.something') : row.name, overtaken: overtaken(row) };
      case 'doubled-number':
        return { label: row.label };
      case 'over-refund':
        return {
          name: row.name,
          label: row.label,
          sold: quantity(row.soldMilli, locale),
          refunded: quantity(row.refundedMilli, locale),
        };
      case 'card-denied':
        return { amount: money(row.amountMinor), reference: row.reference === '' ? '–' : row.reference };
      case 'voucher-overdrawn':
        return { code: row.code, over: money(row.overMinor) };
      case 'stock-below-zero':
        return { name: row.name, left: quantity(row.onHandMilli, locale) };
      case 'held-cart-twice':
      case 'invoiced-twice':
        return { labels: list(row.labels, locale) };
      case 'stamp-ahead':
        return { register: registerName(row.register), ahead: hours(row.aheadMs, locale) };
      case 'set-aside':
      case 'damaged':
      case 'clone':
        return { register: registerName(row.register) };
    }
  };
  const registerName = (name: string): string => (name === '' ? t('to-check.a-register') : name);

  return (row) => {
    const values = valuesOf(row);
    return {
      title: t(`to-check.${row.kind}.title`, values),
      say: t(`to-check.${row.kind}.say`, values),
      action: t(`to-check.${row.kind}.do`, values),
    };
  };
}

function hours(ms: number, locale: string): string {
  const all = Math.round(ms / HOUR_MS);
  const [value, unit] = all >= 2 * DAY_HOURS ? [Math.round(all / DAY_HOURS), 'day'] : [all, 'hour'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}
