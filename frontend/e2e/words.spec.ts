// An association says that two names are the same goods, and a pair is found
// that was not found before; it takes its word back, and the pair goes.
import { expect, test, type Browser, type Page } from '@playwright/test'
import { fresh, noSidewaysScroll, signedIn } from './screen'

// Nothing that a person does here is waited for longer.
test.use({ actionTimeout: 15_000, navigationTimeout: 15_000 })

async function firm(browser: Browser, width: number, n: number, cluster: string): Promise<Page> {
  const page = await fresh(browser, width)
  await page.goto('/app/sign-in')
  const answer = await page.request.post('/api/sign-up', {
    data: {
      login: `133${String(width).padStart(4, '0')}${n}000`, password: 'a-long-password', name: '示例人',
      enterprise: { name: `词表试${n}厂${width}`, uscc: '', kind: 'maker', region: '130111', cluster_id: cluster, contact: { name: '示例人', phone: '0311-00000000' } },
    },
  })
  expect(answer.status(), await answer.text()).toBeLessThan(300)
  return page
}

async function post(page: Page, side: string, title: string) {
  const until = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10)
  const posted = await page.request.post('/api/listings', {
    data: { side, title, class: '3670', product: '', specs: [], quantity: { amount: '100', unit: '件', per: 'once' }, price: { negotiable: true }, moq: '', lead_days: 0, region: '130111', certificates: [], valid_until: until, text: '', images: [] },
  })
  const listing = await posted.json()
  const live = await page.request.post(`/api/listings/${listing.id}/publish`, { headers: { 'If-Match': `"${listing.rev}"` } })
  expect(live.status(), await live.text()).toBe(200)
}

for (const [width, usual, ours] of [[1366, '刹车片', '来令片'], [390, '皮带轮', '普利盘']] as const) {
  test(`an association's words, ${width} px`, async ({ browser }) => {
    const buyer = await firm(browser, width, 1, 'luancheng')
    const seller = await firm(browser, width, 2, '')
    const supply = `供应${usual} 词表试${width}`
    await post(seller, 'supply', supply)
    await post(buyer, 'need', `求购${ours} 试${width}`)
    await buyer.goto('/app/proposals')
    await expect(buyer.getByRole('heading', { name: '我的撮合' })).toBeVisible()
    const card = buyer.locator('article', { hasText: supply })

    const desk = await signedIn(browser, width, '13800000003')
    await desk.goto('/app/operator')
    await desk.getByRole('link', { name: '词表', exact: true }).click()
    await desk.getByLabel('名称').fill(usual)
    await desk.getByLabel('也叫').fill('求购')
    await desk.getByRole('button', { name: '添加', exact: true }).click()
    await expect(desk.getByText('“求购”不是产品的名称')).toBeVisible()
    await expect(desk.getByLabel('也叫')).toHaveAttribute('aria-invalid', 'true')
    await expect(card).toHaveCount(0)
    await desk.getByLabel('也叫').fill(ours)
    await desk.getByRole('button', { name: '添加', exact: true }).click()
    await expect(desk.getByText('已添加，正在重新撮合')).toBeVisible()
    const line = desk.locator('article', { hasText: `${usual} = ${ours}` })
    await expect(line).toContainText('王干事')
    await expect(card).toBeVisible() // it came by itself

    await desk.getByLabel('要说明什么').selectOption('relation')
    await desk.getByLabel('原料或部件').fill('钢背')
    await desk.getByRole('textbox', { name: /^产品/ }).fill(ours)
    await desk.getByRole('button', { name: '添加', exact: true }).click()
    await expect(desk.locator('article', { hasText: `钢背 → ${ours}` })).toContainText('主要材料')
    await desk.getByLabel('在词表中查找').fill(usual)
    await expect(desk.locator('article', { hasText: '钢背' })).toHaveCount(0)
    await expect(line).toBeVisible()
    await noSidewaysScroll(desk)
    await line.getByRole('button', { name: /移除/ }).click()
    await expect(line).toHaveCount(0)
    await expect(card).toHaveCount(0)
  })
}
