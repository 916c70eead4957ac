/** Barcodes and QR codes as drawings: black on white whatever the theme, since machines read them. The text stands beside, for people. */
import { encode } from 'uqr';
import type { ReactNode } from 'react';
import { code128Widths } from '../../domain/code-128.ts';

/** White that a scanner needs at either side, in modules (ISO/IEC 15417, ISO/IEC 18004). */
const QUIET_BARCODE = 10;
const QUIET_QR = 4;
const BARCODE_HEIGHT = 30;

/** Code 128; `text` is printable ASCII. */
export function Barcode({ text }: { readonly text: string }): ReactNode {
  const widths = code128Widths(text);
  let at = QUIET_BARCODE;
  let path = '';
  for (const [place, width] of widths.entries()) {
    if (place % 2 === 0) path += `M${at} 0h${width}v${BARCODE_HEIGHT}h-${width}z`;
    at += width;
  }
  return (
    <svg className="symbol symbol-barcode" viewBox={`0 0 ${at + QUIET_BARCODE} ${BARCODE_HEIGHT}`} preserveAspectRatio="none" aria-hidden>
      <path d={path} />
    </svg>
  );
}

export function QrCode({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_QR });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg className="symbol symbol-qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={path} />
    </svg>
  );
}
