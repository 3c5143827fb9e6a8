import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'

// One real server on a fresh folder with the demo world for the whole run.
const data = process.env.LIANQIAO_E2E_DATA ?? (process.env.LIANQIAO_E2E_DATA = mkdtempSync(join(tmpdir(), 'lianqiao-e2e-')))

export default defineConfig({
  testDir: 'e2e',
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 }, // a password hash on a busy machine takes seconds
  reporter: 'list',
  use: {
    baseURL: 'http://127.0.0.1:8127',
    locale: 'zh-CN',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
    },
  },
  webServer: { command: `../lianqiao -addr 127.0.0.1:8127 -data ${data} -demo -log warn`, url: 'http://127.0.0.1:8127/readyz', timeout: 60_000 },
})
