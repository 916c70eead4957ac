/** Starts the screens. */
import '@fontsource-variable/inter';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { present } from '../base/assert.ts';
import { App } from './app.tsx';
import { queryClient } from './live/query-client.ts';
import { reloadWhenRenewed } from './parts/apart.ts';
import { startTexts } from './texts/i18n.ts';
import { TextsProvider } from './texts/texts.tsx';

reloadWhenRenewed();
await startTexts();
createRoot(present(document.getElementById('root'), 'the root of the page')).render(
  <StrictMode>
    <TextsProvider>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </TextsProvider>
  </StrictMode>,
);
