// Somebody at a screen: opens a window, signs in, looks; and what every page
// must be for everybody.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type Options = BrowserContextOptions & { height?: number }

/** A window of somebody whom the server does not know yet. */
export async function fresh(browser: Browser, width: number, { height = 800, ...options }: Options = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'zh-CN', ...options })
  return context.newPage()
}

/** Fills in the sign-in form that the page shows, and sends it. */
export async function signIn(page: Page, login: string, password = 'lianqiao-demo') {
  await page.getByLabel('手机号或邮箱').fill(login)
  await page.getByLabel('密码').fill(password)
  await page.getByRole('button', { name: '登录', exact: true }).click()
}

/** A window of somebody of the demo world, past the door. */
export async function signedIn(browser: Browser, width: number, login: string, options?: Options): Promise<Page> {
  const page = await fresh(browser, width, options)
  await page.goto('/app/sign-in')
  await signIn(page, login)
  await expect(page.getByRole('banner').getByRole('link', { name: '对接会', exact: true })).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('登录')
  return page
}

/** A window of somebody of the demo world, at the list of fairs. */
export async function atFairs(browser: Browser, width: number, login: string): Promise<Page> {
  const page = await signedIn(browser, width, login)
  await page.getByRole('banner').getByRole('link', { name: '对接会', exact: true }).click()
  return page
}

/** Fails on any accessibility violation of the page as it stands. */
export async function accessible(page: Page) {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const result = await (window as unknown as { axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }).axe.run()
    return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ').slice(0, 300)}`)
  })
  expect(found).toEqual([])
}

export async function noSidewaysScroll(page: Page) {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
}

/** Keeps a picture of the page in the folder SHOTS, if there is one. */
export async function shot(page: Page, name: string, fullPage = true) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage })
}

/** Accessible and no wider than its window; a name keeps a picture. */
export async function sound(page: Page, name?: string) {
  await accessible(page)
  await noSidewaysScroll(page)
  if (name) await shot(page, name)
}
