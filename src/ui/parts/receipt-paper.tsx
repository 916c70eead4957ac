/**
 * A sale as its receipt, on the screen and on the browser's paper, in the language of whom it is for. The register made the document; nothing
 * is computed here. What a receipt printer prints of the same document is domain/receipt-blocks.ts.
 */
import type { ReactNode } from 'react';
import { hasTaxOnTop } from '../../domain/receipt.ts';
import type { ReceiptPart } from '../../domain/receipt-template.ts';
import { receiptWords, type Say } from '../../domain/receipt-words.ts';
import type { Answer } from '../../protocol/api/routes.ts';
import { amount, date, dateTimeAt, money, quantity, rate } from '../format/format.ts';
import { Barcode } from './symbol.tsx';
import { useReceiptTemplate } from './use-receipt-template.ts';
import './receipt-paper.css';

export type Receipt = Answer<'getSale'>;

interface Words {
  readonly say: Say;
  readonly figure: (minor: number) => string;
  readonly language: string;
}

export function ReceiptPaper({ receipt, copy = false }: { readonly receipt: Receipt; readonly copy?: boolean }): ReactNode {
  const template = useReceiptTemplate();
  const { language, shop } = receipt;
  const say = receiptWords(language, shop.country);
  const figure = (minor: number): string => amount(minor, receipt.currency, language);
  const has = (part: ReceiptPart): boolean => !template.without.includes(part);
  const onTop = hasTaxOnTop(receipt);
  const marks = [
    ...(receipt.training ? [say('training')] : []),
    ...(receipt.kind === 'sale' ? [] : [say(receipt.kind)]),
    ...(copy ? [say('copy')] : []),
  ];
  return (
    <article className="receipt" lang={language}>
      <header>
        {template.logo === null || !has('logo') ? null : <img className="logo" src={`data:image/png;base64,${template.logo}`} alt="" />}
        <h2>
          <bdi>{shop.name}</bdi>
        </h2>
        {[...(has('address') ? [shop.address, shop.phone] : []), template.header]
          .filter((text) => text !== '')
          .map((text) => (
            <p key={text} className="soft address">
              <bdi>{text}</bdi>
            </p>
          ))}
        {shop.taxNumber === '' || !has('taxNumber') ? null : <p className="soft">{say('taxNumber', { number: shop.taxNumber })}</p>}
        <p className="soft">
          <span className="num">{dateTimeAt(receipt.completedAt, receipt.utcOffsetMinutes, language)}</span>
          {has('cashier') ? `, ${say('by', { user: receipt.user, register: receipt.register.code })}` : ''}
        </p>
        {receipt.customer === null || !has('customer') ? null : <p className="soft">{say('customer', { name: receipt.customer })}</p>}
        {receipt.broughtFrom === null ? null : <p>{say('soldAs', { label: receipt.broughtFrom })}</p>}
        {receipt.note === null ? null : (
          <p className="soft">
            <bdi>{receipt.note}</bdi>
          </p>
        )}
        {marks.map((mark) => (
          <p key={mark} className="strong mark">
            {mark}
          </p>
        ))}
      </header>
      <table>
        <caption className="unseen">{say('receiptNumber')}</caption>
        <Lines receipt={receipt} say={say} figure={figure} language={language} />
        {has('taxes') && onTop ? <Taxes receipt={receipt} say={say} figure={figure} language={language} /> : null}
        <tbody>
          <tr className="big">
            <td colSpan={2}>{say('total')}</td>
            <td>
              <span className="num">{money(receipt.totalMinor, receipt.currency, language)}</span>
            </td>
          </tr>
        </tbody>
        <Payments receipt={receipt} say={say} figure={figure} language={language} />
        {has('taxes') && !onTop ? <Taxes receipt={receipt} say={say} figure={figure} language={language} /> : null}
      </table>
      {receipt.vouchers.map(({ code, amountMinor, expiresAt }) => (
        <section className="voucher" key={code}>
          <p className="strong">{say('voucher', { amount: money(amountMinor, receipt.currency, language) })}</p>
          <Barcode text={code} />
          <p className="code">{code}</p>
          {expiresAt === null ? null : <p className="soft">{say('validUntil', { day: date(expiresAt, language) })}</p>}
        </section>
      ))}
      {receipt.fiscal === null ? null : (
        <section className="fiscal">
          {receipt.fiscal.state === 'outage' ? <p className="strong">{say('fiscalOutage')}</p> : null}
          {receipt.fiscal.number === null ? null : <p>{say('fiscalNumber', { number: receipt.fiscal.number })}</p>}
          {receipt.fiscal.device === null ? null : <p className="soft code">{receipt.fiscal.device}</p>}
          {receipt.fiscal.signature === null ? null : <p className="soft code">{receipt.fiscal.signature}</p>}
        </section>
      )}
      <footer>
        {has('barcode') ? <Barcode text={receipt.label} /> : null}
        <p className="code">{receipt.label}</p>
        {[shop.footer, template.footer]
          .filter((text) => text !== '')
          .map((text) => (
            <p key={text} className="address">
              <bdi>{text}</bdi>
            </p>
          ))}
      </footer>
    </article>
  );
}

function Lines({ receipt, say, figure, language }: { readonly receipt: Receipt } & Words): ReactNode {
  return (
    <tbody>
      {receipt.lines.map((line, at) => (
        // Lines of a receipt never change: their place is their key.
        // oxlint-disable-next-line react/no-array-index-key
        <tr key={at}>
          <td className="num">{line.unit === 'each' ? quantity(line.quantityMilli, language) : '1'}</td>
          <td>
            <bdi>{line.name}</bdi>
            {line.unit !== 'each' || line.quantityMilli !== 1000 ? (
              <>
                <br />
                <span className="soft num">
                  {quantity(line.quantityMilli, language)} {line.unit === 'each' ? '' : line.unit} × {figure(line.unitPriceMinor)}
                </span>
              </>
            ) : null}
            {line.discountMinor === 0 ? null : (
              <>
                <br />
                <span className="soft">{say('off', { amount: figure(line.discountMinor) })}</span>
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
  );
}

/** Above the total, where they come on top of it, they lead from the lines to it. */
function Taxes({ receipt, say, figure, language }: { readonly receipt: Receipt } & Words): ReactNode {
  const row = (key: string, words: string, minor: number): ReactNode => (
    <tr className="soft" key={key}>
      <td colSpan={2}>
        <bdi>{words}</bdi>
      </td>
      <td>
        <span className="num">{figure(minor)}</span>
      </td>
    </tr>
  );
  const subtotal = receipt.lines.reduce((sum, { totalMinor }) => sum + totalMinor, 0);
  return (
    <tbody>
      {hasTaxOnTop(receipt) ? row('subtotal', say('subtotal'), subtotal) : null}
      {receipt.taxes.map(({ name, ratePpm, netMinor, taxMinor }) => {
        const values = { name: name ?? '', rate: rate(ratePpm, language), net: figure(netMinor) };
        return row(`${ratePpm} ${name ?? ''}`, say(name === null ? 'taxOf' : 'namedTaxOf', values), taxMinor);
      })}
    </tbody>
  );
}

function Payments({ receipt, say, figure }: { readonly receipt: Receipt } & Words): ReactNode {
  return (
    <tbody>
      {receipt.tenders.map((tender, at) => (
        // Payments of a receipt never change: their place is their key.
        // oxlint-disable-next-line react/no-array-index-key
        <tr key={at}>
          <td colSpan={2}>
            <bdi>{tender.method}</bdi>
            {tender.insteadOf === null ? null : <span className="soft"> {say('insteadOf', { method: tender.insteadOf })}</span>}
          </td>
          <td>
            <span className="num">{figure(tender.amountMinor)}</span>
          </td>
        </tr>
      ))}
      {receipt.changeMinor === 0 ? null : (
        <tr>
          <td colSpan={2}>{say('change')}</td>
          <td>
            <span className="num">{figure(-receipt.changeMinor)}</span>
          </td>
        </tr>
      )}
      {receipt.roundingMinor === 0 ? null : (
        <tr className="soft">
          <td colSpan={2}>{say('rounding')}</td>
          <td>
            <span className="num">{figure(receipt.roundingMinor)}</span>
          </td>
        </tr>
      )}
    </tbody>
  );
}
