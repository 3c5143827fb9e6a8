import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// The target is set by hand: factory offices run browsers some years old.
export default defineConfig({
  base: '/app/',
  plugins: [react()],
  build: { target: ['chrome87', 'safari14', 'firefox86'], outDir: 'dist', emptyOutDir: true },
})
