// The main job in a browser: two firms sign up, one posts a supply, the other a
// need, and the proposal with its reasons appears in both windows by itself.
import { expect, test, type Browser, type Page } from '@playwright/test'
import { accessible, fresh, shot, sound } from './screen'

async function signUp(browser: Browser, width: number, firm: string, login: string): Promise<Page> {
  const page = await fresh(browser, width)
  await page.goto('/app/sign-up')
  await page.getByLabel('企业全称').fill(firm)
  await page.getByLabel('地区第 1 级').selectOption('130000')
  await page.getByLabel('地区第 2 级').selectOption('130100')
  await page.getByLabel('地区第 3 级').selectOption('130110')
  await page.getByLabel('联系人姓名').fill('示例人')
  await page.getByLabel('手机号或邮箱').fill(login)
  await page.getByLabel('密码').fill('a-long-password')
  await accessible(page)
  await shot(page, `sign-up-${width}`)
  await page.getByRole('button', { name: '注册企业' }).click()
  await expect(page.getByRole('heading', { name: '我的撮合' })).toBeVisible()
  await accessible(page)
  return page
}

async function post(page: Page, side: 'need' | 'supply', title: string, amount: string) {
  await page.goto(`/app/listings/new?side=${side}`)
  await page.getByLabel('标题').fill(title)
  await page.getByRole('button', { name: '填入' }).click()
  await expect(page.getByLabel('产品名称')).toHaveValue(/铝棒/)
  await page.getByLabel(side === 'need' ? '需求数量' : '可供数量').fill(amount)
  await page.getByLabel('面议').check()
  await page.getByLabel('地区第 1 级').selectOption('130000')
  await page.getByLabel('地区第 2 级').selectOption('130100')
  await page.getByLabel('地区第 3 级').selectOption('130110')
  await expect(page.getByText(/已存草稿/)).toBeVisible()
  await sound(page, `form-${side}`)
  await page.getByRole('button', { name: '发布', exact: true }).click()
  await expect(page.getByRole('heading', { name: '我的撮合' })).toBeVisible()
}

for (const width of [1366, 390]) {
  test(`a supply and a need become a proposal in both windows, ${width} px`, async ({ browser }) => {
    const mark = `${width}`.padStart(4, '0')
    const seller = await signUp(browser, width, `测试铝材 ${mark} 有限公司`, `1390000${mark}`)
    const buyer = await signUp(browser, width, `测试汽配 ${mark} 有限公司`, `1380000${mark}`)
    await post(seller, 'supply', `6082-T6 铝棒 Φ20–120 试${mark}`, '300')
    await post(buyer, 'need', `求购 6082-T6 铝棒 Φ40–60 试${mark}`, '20')
    for (const [page, other] of [[buyer, `测试铝材 ${mark} 有限公司`], [seller, `测试汽配 ${mark} 有限公司`]] as const) {
      const card = page.locator('article', { hasText: other })
      await expect(card).toBeVisible({ timeout: 15_000 })
      await expect(card.getByText('牌号', { exact: true }).first()).toBeVisible()
      await expect(card.locator('.terms')).not.toContainText('term.')
      await sound(page)
    }
    await shot(buyer, `proposals-${width}`)
    const card = buyer.locator('article', { hasText: `测试铝材 ${mark}` })
    await card.getByRole('button', { name: '感兴趣' }).click()
    await expect(card).toBeHidden()
    await expect(seller.locator('article', { hasText: `测试汽配 ${mark}` }).getByText('对方愿意对接')).toBeVisible({ timeout: 15_000 })
    await seller.goto('/app/listings')
    await expect(seller.getByText(`6082-T6 铝棒 Φ20–120 试${mark}`)).toBeVisible()
    await accessible(seller)
    await shot(seller, `listings-${width}`)
  })
}

test('a form with faults names each field and loses nothing', async ({ browser }) => {
  const page = await signUp(browser, 1366, '测试纠错有限公司', '13700001366')
  await page.goto('/app/listings/new?side=need')
  await page.getByLabel('标题').fill('求购铝棒')
  await page.getByLabel('需求数量').fill('很多')
  await page.getByRole('button', { name: '发布', exact: true }).click()
  await expect(page.locator('.field-error').first()).toBeVisible()
  await expect(page.getByLabel('需求数量')).toHaveAttribute('aria-invalid', 'true')
  await page.reload()
  await expect(page.getByLabel('标题')).toHaveValue('求购铝棒')
  await expect(page.getByLabel('需求数量')).toHaveValue('很多')
})

test('sign-in by keyboard alone', async ({ page }) => {
  await page.goto('/app/sign-in')
  await page.getByLabel('手机号或邮箱').focus()
  await page.keyboard.type('13800000001')
  await page.keyboard.press('Tab')
  await page.keyboard.type('lianqiao-demo')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: '我的撮合' })).toBeVisible()
  await expect(page.locator('article').first()).toBeVisible()
  await shot(page, 'demo-proposals')
})

/** What a narrow window has folded away. */
async function unfold(page: Page, name: string) {
  const box = page.getByRole('checkbox', { name })
  if (page.viewportSize()!.width < 821) await box.press('Space')
  else await expect(box).toBeHidden()
}

for (const width of [1366, 390]) {
  test(`public pages work without JavaScript, ${width} px`, async ({ browser }) => {
    const page = await fresh(browser, width, { javaScriptEnabled: false })
    await page.goto('/')
    await shot(page, `home-${width}`)
    await unfold(page, '筛选')
    await page.getByRole('link', { name: /^专精特新/ }).click()
    await page.getByRole('link', { name: '去掉条件 专精特新' }).click()
    await page.getByRole('searchbox').or(page.locator('input[name=q]')).first().fill('铝棒')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('link', { name: /铝棒/ }).first()).toBeVisible()
    await page.locator('a[href^="/listings/"]').first().click()
    await expect(page.locator('h1')).toBeVisible()
    await shot(page, `listing-${width}`)
    await page.locator('a[href^="/enterprises/"]').first().click()
    await expect(page.locator('h1')).toBeVisible()
    await shot(page, `enterprise-${width}`)
  })

  test(`public pages are accessible, ${width} px`, async ({ browser }) => {
    // The pages' policy forbids foreign script; the checker comes in past it.
    const page = await fresh(browser, width, { bypassCSP: true })
    await page.goto('/')
    await sound(page)
    await page.locator('a[href^="/listings/"]').first().click()
    await sound(page)
    await page.getByRole('link', { name: '企业', exact: true }).click()
    await unfold(page, '产业集群')
    await sound(page)
    await page.getByRole('link', { name: '深泽布艺产业集群' }).click()
    await expect(page.getByRole('heading', { name: '深泽布艺产业集群 企业' })).toBeVisible()
    await sound(page)
  })
}
