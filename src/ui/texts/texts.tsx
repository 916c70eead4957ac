/**
 * The texts in the language chosen, handed to every part of the screen once. A part that only reads them costs a context's look-up;
 * react-i18next's own hook subscribes each part by itself, which showed in the time from scan to cart.
 */
import i18next, { getFixedT, t, type i18n, type TFunction } from 'i18next';
import { createContext, use, useEffect, useState, type ReactNode } from 'react';

interface Texts {
  readonly t: TFunction;
  readonly i18n: i18n;
}

const TextsContext = createContext<Texts>({ t, i18n: i18next });

export function TextsProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [texts, setTexts] = useState(readTexts);
  useEffect(() => {
    const change = (): void => setTexts(readTexts());
    i18next.on('languageChanged', change);
    return () => i18next.off('languageChanged', change);
  }, []);
  return <TextsContext value={texts}>{children}</TextsContext>;
}

export function useTranslation(): Texts {
  return use(TextsContext);
}

/** A function of its own for each language: what was drawn with the one before is drawn again. */
function readTexts(): Texts {
  return { t: getFixedT(i18next.language), i18n: i18next };
}
