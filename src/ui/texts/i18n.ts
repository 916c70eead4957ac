/** The screen's language. Texts are in locales/*.json; refusals of the register are translated by their code (refusal-text.ts). */
import i18next, { init, use, type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';

export const LANGUAGES = [
  { code: 'en', name: 'English', load: () => import('../locales/en.json') },
  { code: 'fr', name: 'Français', load: () => import('../locales/fr.json') },
  { code: 'nl', name: 'Nederlands', load: () => import('../locales/nl.json') },
  { code: 'de', name: 'Deutsch', load: () => import('../locales/de.json') },
] as const;

/** A language is a file of its own, fetched when it is spoken. */
const FILES: BackendModule = {
  type: 'backend',
  // `read` answers a promise; left to guess it by its parameters, i18next would wait for ever.
  callbackApi: false,
  init: () => {},
  read: async (code) => {
    const language = LANGUAGES.find((known) => known.code === code);
    return language === undefined ? {} : (await language.load()).default;
  },
};

const RIGHT_TO_LEFT: readonly string[] = ['ar', 'he', 'fa', 'ur'];

export async function startTexts(): Promise<void> {
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language;
    document.documentElement.dir = RIGHT_TO_LEFT.includes(language.slice(0, 2)) ? 'rtl' : 'ltr';
  });
  use(initReactI18next).use(FILES);
  await init({
    lng: preferred(),
    // Every language has every text (texts.test.ts).
    fallbackLng: false,
    load: 'languageOnly',
    supportedLngs: LANGUAGES.map((language) => language.code),
    nonExplicitSupportedLngs: true,
    // React writes text nodes: nothing to escape.
    interpolation: { escapeValue: false },
  });
}

function preferred(): string {
  const wanted = navigator.language.slice(0, 2);
  return LANGUAGES.some((language) => language.code === wanted) ? wanted : 'en';
}
