/**
 * Builds the screens: src/ui into dist/ui, which a register serves as plain files. Nothing is inlined, so that the page
 * runs under a Content-Security-Policy without exceptions. `vite` alone serves the sources against a running register.
 */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const register = process.env['AURAPOS_URL'] ?? 'http://127.0.0.1:7312';

export default defineConfig({
  root: 'src/ui',
  plugins: [react()],
  build: {
    outDir: '../../dist/ui',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { host: '127.0.0.1', proxy: { '/api': { target: register, changeOrigin: true } } },
});
