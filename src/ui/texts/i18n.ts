/** The screen's language. Texts are in locales/*.json; refusals of the register are translated by their code (refusal-text.ts). */
import i18next, { init, use } from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from '../locales/en.json';
import fr from '../locales/fr.json';

export const LANGUAGES = [
  { code: 'en', name: 'English' },
  { code: 'fr', name: 'Français' },
] as const;

const RIGHT_TO_LEFT: readonly string[] = ['ar', 'he', 'fa', 'ur'];

export async function startTexts(): Promise<void> {
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language;
    document.documentElement.dir = RIGHT_TO_LEFT.includes(language.slice(0, 2)) ? 'rtl' : 'ltr';
  });
  use(initReactI18next);
  await init({
    lng: preferred(),
    fallbackLng: 'en',
    supportedLngs: LANGUAGES.map((language) => language.code),
    nonExplicitSupportedLngs: true,
    resources: { en: { translation: en }, fr: { translation: fr } },
    // React writes text nodes: nothing to escape.
    interpolation: { escapeValue: false },
  });
}

function preferred(): string {
  const wanted = navigator.language.slice(0, 2);
  return LANGUAGES.some((language) => language.code === wanted) ? wanted : 'en';
}
