// The whole way of one need: a firm claims its record, is read by its
// association, posts, is matched, is introduced, compares two answers, signs,
// and is counted once in the association's figures.
import { expect, test, type Browser, type Page } from '@playwright/test'
import { fresh, shot, signedIn } from './screen'

// Nothing that a person does here is waited for longer.
test.use({ actionTimeout: 15_000, navigationTimeout: 15_000 })

/** The firm takes over the record that the association keeps of it. */
async function claim(browser: Browser, width: number, desk: Page, firm: string, code: string, login: string): Promise<Page> {
  await desk.goto('/app/operator/firms')
  await desk.getByLabel('按名称找企业').fill(firm)
  const record = desk.locator('article', { hasText: firm })
  await record.getByRole('button', { name: '生成认领链接' }).click()
  const link = await record.getByLabel('链接').inputValue()
  const page = await fresh(browser, width)
  await page.goto(link)
  await page.getByLabel('统一社会信用代码').fill('91130100MA0D00000X')
  await page.getByLabel('联系人姓名').fill('示例人')
  await page.getByLabel('手机号或邮箱').fill(login)
  await page.getByLabel('密码').fill('a-long-password')
  await page.getByRole('button', { name: '认领并进入' }).click()
  await expect(page.getByLabel('统一社会信用代码')).toHaveAttribute('aria-invalid', 'true')
  await page.getByLabel('统一社会信用代码').fill(code)
  await page.getByRole('button', { name: '认领并进入' }).click()
  await expect(page.getByRole('heading', { name: '我的撮合' })).toBeVisible()
  return page
}

async function postNeed(page: Page, title: string) {
  await page.goto('/app/listings/new?side=need')
  await page.getByLabel('标题').fill(title)
  await page.getByRole('button', { name: '填入' }).click()
  await expect(page.getByLabel('产品名称')).toHaveValue(/铝棒/)
  await page.getByLabel('需求数量').fill('12')
  await page.getByLabel('面议').check()
  await page.getByLabel('地区第 1 级').selectOption('130000')
  await page.getByLabel('地区第 2 级').selectOption('130100')
  await page.getByLabel('地区第 3 级').selectOption('130111')
  await page.getByRole('button', { name: '发布', exact: true }).click()
  await expect(page.getByRole('heading', { name: '我的撮合' })).toBeVisible()
}

for (const [width, firm, code] of [[1366, '铭液液压', '91130111MA0D006669'], [390, '轴捷轴承', '91130111MA0D008149']] as const) {
  test(`from the claim to the figures, ${width} px`, async ({ browser }) => {
    test.setTimeout(120_000)
    const title = `求购 7075-T6 铝棒 Φ60 试${width}`
    const desk = await signedIn(browser, width, '13800000003')
    const buyer = await claim(browser, width, desk, firm, code, `1310000${`${width}`.padStart(4, '0')}`)

    // Verified on the spot by the association, and the firm sees by whom.
    const record = desk.locator('article', { hasText: firm })
    await record.getByRole('button', { name: /通过…|重新核实…/ }).click()
    await record.getByLabel('核实情况').selectOption('visited')
    await record.getByLabel('依据').fill('到厂查看')
    await record.getByRole('button', { name: '通过', exact: true }).click()
    await buyer.goto('/app/enterprise')
    await expect(buyer.locator('.trust').getByText('已实地核验')).toBeVisible({ timeout: 15_000 })

    // Posted, and matched with what a firm of the demo world has.
    await postNeed(buyer, title)
    const card = buyer.locator('article', { hasText: '7075-T6 超硬铝棒' }).first()
    await expect(card).toBeVisible({ timeout: 15_000 })
    await card.getByRole('button', { name: '感兴趣' }).click()
    await expect(card).toBeHidden()

    // The supplier agrees and quotes; another one says that it will not.
    const seller = await signedIn(browser, width, '13800000002')
    await seller.goto('/app/introductions?view=waiting')
    const asked = seller.locator('article', { hasText: title })
    await expect(asked).toBeVisible({ timeout: 15_000 })
    await expect(asked.locator('.contact')).toHaveCount(0)
    await asked.getByRole('button', { name: '同意对接' }).click()
    await seller.goto('/app/introductions?view=agreed')
    await expect(seller.locator('article', { hasText: title }).locator('.contact')).toBeVisible()
    await seller.locator('article', { hasText: title }).getByRole('link', { name: '报价' }).click()
    await seller.getByLabel('单价（元）').fill('41800')
    await seller.getByLabel('每', { exact: false }).first().fill('吨')
    await seller.getByRole('button', { name: '未答的都能做到' }).click()
    await seller.getByRole('button', { name: '提交报价' }).click()
    await expect(seller.getByRole('button', { name: '更新报价' })).toBeVisible()

    const other = await signedIn(browser, width, '13800000001')
    await other.goto(`/?q=${encodeURIComponent(title)}&side=need`)
    await other.getByRole('link', { name: title }).first().click()
    await other.getByRole('link', { name: '我要对接' }).locator('visible=true').first().click()
    await other.getByRole('button', { name: '发出对接' }).click()
    await other.locator('article', { hasText: title }).first().getByRole('link', { name: '报价' }).click()
    await other.getByLabel('是否报价').selectOption('capacity')
    await other.getByRole('button', { name: '提交报价' }).click()
    await expect(other.getByRole('button', { name: '更新报价' })).toBeVisible()

    await buyer.goto('/app/introductions?view=agreed')
    const agreed = buyer.locator('article', { hasText: title })
    await agreed.getByRole('link', { name: '比较报价' }).click()
    await expect(buyer.getByText('¥41,800/吨')).toBeVisible()
    await expect(buyer.getByText(/恒砺/)).toBeVisible()
    await shot(buyer, `path-compare-${width}`)

    // Both tell of the contract; the association counts it once.
    const amount = `50${width}`
    for (const [page, says] of [[buyer, amount], [seller, '']] as const) {
      await page.goto('/app/introductions?view=agreed')
      const talk = page.locator('article', { hasText: title })
      await talk.getByRole('button', { name: '登记进展' }).click()
      await talk.getByLabel('进展到').selectOption('contract')
      if (says) await talk.getByLabel('合同金额').fill(says)
      await talk.getByRole('button', { name: '保存' }).click()
      await expect(talk.getByText(says ? '单方登记' : '双方确认', { exact: true })).toBeVisible({ timeout: 15_000 })
    }
    await desk.goto('/app/operator/outcomes')
    await expect(desk.locator('article', { hasText: Number(amount).toLocaleString('zh-CN') })).toHaveCount(1)
    await shot(desk, `path-ledger-${width}`)
  })
}
