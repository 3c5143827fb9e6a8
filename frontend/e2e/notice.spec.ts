// What concerns a firm reaches its people while they look, and is read once.
import { expect, test, type Browser, type Page } from '@playwright/test'
import { fresh, noSidewaysScroll } from './screen'

// Nothing that a person does here is waited for longer.
test.use({ actionTimeout: 15_000, navigationTimeout: 15_000 })

async function signedUp(browser: Browser, width: number, n: number): Promise<Page> {
  const page = await fresh(browser, width)
  await page.goto('/app/sign-in')
  const answer = await page.request.post('/api/sign-up', {
    data: {
      login: `134${String(width).padStart(4, '0')}${n}000`, password: 'a-long-password', name: '示例人',
      enterprise: { name: `消息试${n}厂${width}`, uscc: '', kind: 'maker', region: '130111', cluster_id: '', about: '', main_products: '', certificates: [], contact: { name: '示例人', phone: '0311-00000000' } },
    },
  })
  expect(answer.status(), await answer.text()).toBeLessThan(300)
  await page.goto('/app/listings')
  return page
}

for (const width of [1366, 390]) {
  test(`the bell tells, ${width} px`, async ({ browser }) => {
    const asker = await signedUp(browser, width, 1)
    const asked = await signedUp(browser, width, 2)
    await expect(asked.getByRole('link', { name: '消息', exact: true })).toBeVisible()
    const until = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10)
    const posted = await asked.request.post('/api/listings', {
      data: { side: 'supply', title: `6063 铝棒 消息试 ${width}`, class: '3252', product: '铝棒', specs: [], quantity: { amount: '1', unit: '吨', per: 'once' }, price: { negotiable: true }, moq: '', lead_days: 0, region: '130111', certificates: [], valid_until: until, text: '', images: [] },
    })
    const listing = await posted.json()
    await asked.request.post(`/api/listings/${listing.id}/publish`, { headers: { 'If-Match': `"${listing.rev}"` } })
    const answer = await asker.request.post(`/api/listings/${listing.id}/introductions`, { data: { note: '' } })
    expect(answer.status(), await answer.text()).toBe(200)

    await asked.getByRole('link', { name: '1 条未读' }).click() // it came by itself
    await expect(asked.getByText('希望与您对接')).toBeVisible()
    await asked.getByRole('button', { name: '全部标为已读' }).click()
    await expect(asked.getByRole('link', { name: '消息', exact: true })).toBeVisible()
    await expect(asked.getByText('未读', { exact: true })).toHaveCount(0)
    await asked.getByText('希望与您对接').click()
    await expect(asked.getByRole('heading', { name: '对接', exact: true })).toBeVisible()

    await asked.goto('/app/account')
    await asked.getByLabel('接收邮箱').fill('nothing')
    await asked.getByRole('button', { name: '保存提醒设置' }).click()
    await expect(asked.getByText('请填写正确的邮箱')).toBeVisible()
    await asked.getByLabel('接收邮箱').fill('')
    await asked.getByLabel('有人请求对接').selectOption('digest')
    await asked.getByRole('button', { name: '保存提醒设置' }).click()
    await expect(asked.getByText('已保存。')).toBeVisible()
    await noSidewaysScroll(asked)
  })
}
