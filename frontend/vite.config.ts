import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

// What only the server says: pages, mails, and errors, which it words itself.
export const serverOnly = /^(page|error|mail|link|finding|import)\./

/** Leaves out of the app's catalogues what the app never shows. */
const appTexts: Plugin = {
  name: 'app-texts',
  enforce: 'pre',
  transform: (code, id) =>
    /\/text\/[\w-]+\.json$/.test(id) ? JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(code)).filter(([key]) => !serverOnly.test(key)))) : null,
}

// The target is set by hand: factory offices run browsers some years old.
export default defineConfig({
  base: '/app/',
  plugins: [react(), appTexts],
  build: { target: ['chrome87', 'safari14', 'firefox86'], outDir: 'dist', emptyOutDir: true, manifest: true },
})
