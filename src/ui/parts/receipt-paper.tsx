/** A sale as its receipt, on the screen and on paper. The register made the document; nothing is computed here. */
import type { ReactNode } from 'react';
import { useTranslation } from '../texts/texts.tsx';
import type { Answer } from '../../protocol/api/routes.ts';
import { amount, date, dateTimeAt, money, quantity, rate } from '../format/format.ts';
import { useLocale } from './register-context.ts';
import { Barcode } from './symbol.tsx';
import './receipt-paper.css';

export type Receipt = Answer<'getSale'>;

export function ReceiptPaper({ receipt, copy = false }: { readonly receipt: Receipt; readonly copy?: boolean }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const figure = (minor: number): string => amount(minor, receipt.currency, locale);
  return (
    <article className="receipt">
      <header>
        <h2>
          <bdi>{receipt.shop.name}</bdi>
        </h2>
        {[receipt.shop.address, receipt.shop.phone]
          .filter((text) => text !== '')
          .map((text) => (
            <p key={text} className="soft address">
              <bdi>{text}</bdi>
            </p>
          ))}
        {receipt.shop.taxNumber === '' ? null : <p className="soft">{t('receipt.tax-number', { number: receipt.shop.taxNumber })}</p>}
        <p className="soft">
          <span className="num">{dateTimeAt(receipt.completedAt, receipt.utcOffsetMinutes, locale)}</span>,{' '}
          {t('receipt.by', { user: receipt.user, register: receipt.register.code })}
        </p>
        {receipt.customer === null ? null : <p className="soft">{t('receipt.customer', { name: receipt.customer })}</p>}
        {receipt.training ? <p className="strong training-word">{t('receipt.training')}</p> : null}
        {receipt.kind === 'sale' ? null : <p className="strong">{t(`receipt.${receipt.kind}`)}</p>}
        {receipt.note === null ? null : (
          <p className="soft">
            <bdi>{receipt.note}</bdi>
          </p>
        )}
        {copy ? <p className="strong">{t('receipt.copy')}</p> : null}
      </header>
      <table>
        <caption className="unseen">{t('receipt.caption')}</caption>
        <tbody>
          {receipt.lines.map((line, at) => (
            // Lines of a receipt never change: their place is their key.
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={at}>
              <td className="num">{line.unit === 'each' ? quantity(line.quantityMilli, locale) : '1'}</td>
              <td>
                <bdi>{line.name}</bdi>
                {line.unit !== 'each' || line.quantityMilli !== 1000 ? (
                  <>
                    <br />
                    <span className="soft num">
                      {quantity(line.quantityMilli, locale)} {line.unit === 'each' ? '' : line.unit} × {figure(line.unitPriceMinor)}
                    </span>
                  </>
                ) : null}
                {line.discountMinor === 0 ? null : (
                  <>
                    <br />
                    <span className="soft">{t('receipt.off', { amount: figure(line.discountMinor) })}</span>
                  </>
                )}
                {line.note === null ? null : (
                  <>
                    <br />
                    <span className="soft">
                      <bdi>{line.note}</bdi>
                    </span>
                  </>
                )}
              </td>
              <td>
                <span className="num">{figure(line.totalMinor)}</span>
              </td>
            </tr>
          ))}
        </tbody>
        <tbody>
          <tr className="big">
            <td colSpan={2}>{t('sell.total')}</td>
            <td>
              <span className="num">{money(receipt.totalMinor, receipt.currency, locale)}</span>
            </td>
          </tr>
        </tbody>
        <Payments receipt={receipt} figure={figure} />
        <tbody>
          {receipt.taxes.map((tax) => (
            <tr className="soft" key={tax.ratePpm}>
              <td colSpan={2}>{t('receipt.tax', { rate: rate(tax.ratePpm, locale), net: figure(tax.netMinor) })}</td>
              <td>
                <span className="num">{figure(tax.taxMinor)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {receipt.vouchers.map(({ code, amountMinor, expiresAt }) => (
        <section className="voucher" key={code}>
          <p className="strong">{t('receipt.voucher', { amount: money(amountMinor, receipt.currency, locale) })}</p>
          <Barcode text={code} />
          <p className="code">{code}</p>
          {expiresAt === null ? null : <p className="soft">{t('voucher.until', { day: date(expiresAt, locale) })}</p>}
        </section>
      ))}
      {receipt.fiscal === null ? null : (
        <section className="fiscal">
          {receipt.fiscal.state === 'outage' ? <p className="strong">{t('receipt.fiscal-outage')}</p> : null}
          {receipt.fiscal.number === null ? null : <p>{t('receipt.fiscal-number', { number: receipt.fiscal.number })}</p>}
          {receipt.fiscal.device === null ? null : <p className="soft code">{receipt.fiscal.device}</p>}
          {receipt.fiscal.signature === null ? null : <p className="soft code">{receipt.fiscal.signature}</p>}
        </section>
      )}
      <footer>
        <Barcode text={receipt.label} />
        <p className="code">{receipt.label}</p>
        {receipt.shop.footer === '' ? null : <p className="address">{receipt.shop.footer}</p>}
      </footer>
    </article>
  );
}

function Payments({ receipt, figure }: { readonly receipt: Receipt; readonly figure: (minor: number) => string }): ReactNode {
  const { t } = useTranslation();
  return (
    <tbody>
      {receipt.tenders.map((tender, at) => (
        // Payments of a receipt never change: their place is their key.
        // oxlint-disable-next-line react/no-array-index-key
        <tr key={at}>
          <td colSpan={2}>
            <bdi>{tender.method}</bdi>
            {tender.insteadOf === null ? null : <span className="soft"> {t('receipt.instead-of', { method: tender.insteadOf })}</span>}
          </td>
          <td>
            <span className="num">{figure(tender.amountMinor)}</span>
          </td>
        </tr>
      ))}
      {receipt.changeMinor === 0 ? null : (
        <tr>
          <td colSpan={2}>{t('receipt.change')}</td>
          <td>
            <span className="num">{figure(-receipt.changeMinor)}</span>
          </td>
        </tr>
      )}
      {receipt.roundingMinor === 0 ? null : (
        <tr className="soft">
          <td colSpan={2}>{t('receipt.rounding')}</td>
          <td>
            <span className="num">{figure(receipt.roundingMinor)}</span>
          </td>
        </tr>
      )}
    </tbody>
  );
}
