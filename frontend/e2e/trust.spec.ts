// From "fits" to a phone number and a contract: two firms of the demo world, in
// two windows, on a PC and on a phone.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test, type Browser, type Page } from '@playwright/test'

const drawing = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=', 'base64')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

async function sound(page: Page, name: string) {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const result = await (window as unknown as { axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }).axe.run()
    return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ').slice(0, 300)}`)
  })
  expect(found).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true })
}

async function signedIn(browser: Browser, width: number, login: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, locale: 'zh-CN' })
  const page = await context.newPage()
  await page.goto('/app/sign-in')
  await page.getByLabel('手机号或邮箱').fill(login)
  await page.getByLabel('密码').fill('lianqiao-demo')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('登录')
  return page
}

for (const width of [1366, 390]) {
  test(`asked, agreed, withdrawn: the contact comes and goes in both windows, ${width} px`, async ({ browser }) => {
    const buyer = await signedIn(browser, width, '13800000001')
    const seller = await signedIn(browser, width, '13800000002')
    await seller.goto('/app/introductions?view=waiting')
    const text = `请报 6061 铝棒价格 ${width}`
    await buyer.goto('/?q=6061-T6 铝棒 可零切&side=supply')
    await buyer.getByRole('link', { name: '6061-T6 铝棒 Φ20–150 可零切' }).first().click()
    await buyer.getByRole('link', { name: '我要对接' }).locator('visible=true').first().click()
    await buyer.getByLabel('给对方留言').fill(text)
    await sound(buyer, `ask-${width}`)
    await buyer.getByRole('button', { name: '发出对接' }).click()
    await expect(buyer.locator('article', { hasText: text })).toBeVisible()
    await sound(buyer, `talk-sent-${width}`)

    // The other window was open all the time.
    const asked = seller.locator('article', { hasText: text })
    await expect(asked).toBeVisible({ timeout: 15_000 })
    await expect(asked).not.toContainText('0311-')
    await sound(seller, `talk-waiting-${width}`)
    await buyer.goto('/app/introductions?view=agreed')
    await asked.getByRole('button', { name: '同意对接' }).click()
    const agreed = buyer.locator('article', { hasText: text })
    await expect(agreed.locator('.contact')).toContainText('0311-', { timeout: 15_000 })
    await sound(buyer, `talk-agreed-${width}`)

    await seller.goto('/app/introductions?view=agreed')
    await expect(seller.locator('article', { hasText: text }).locator('.contact')).toContainText('0311-')

    // They write to each other, in both windows without reloading.
    const theirs = seller.locator('article', { hasText: text })
    for (const side of [agreed, theirs]) await side.getByRole('button', { name: '往来消息' }).click()
    await agreed.getByLabel('写给对方').fill('周三可以来看货')
    await agreed.getByRole('button', { name: '发送', exact: true }).click()
    await expect(theirs.getByText('周三可以来看货')).toBeVisible()
    await theirs.getByLabel('写给对方').fill('好，周三上午')
    await theirs.getByRole('button', { name: '发送', exact: true }).click()
    await expect(agreed.getByText('好，周三上午')).toBeVisible()
    await sound(buyer, `thread-${width}`)

    // One tells of a contract, the other confirms it, the association counts it once.
    const mine = seller.locator('article', { hasText: text })
    await agreed.getByRole('button', { name: '登记进展' }).click()
    await agreed.getByLabel('进展到').selectOption('contract')
    await agreed.getByLabel('合同金额').fill(`${width}00`)
    await sound(buyer, `claim-${width}`)
    await agreed.getByRole('button', { name: '保存' }).click()
    await expect(agreed.getByText('单方登记', { exact: true })).toBeVisible()
    await expect(mine.getByText(/对方登记：合同/)).toBeVisible({ timeout: 15_000 })
    await mine.getByRole('button', { name: '与对方登记一致，确认' }).click()
    await expect(agreed.getByText('双方确认', { exact: true })).toBeVisible({ timeout: 15_000 })
    await sound(seller, `confirmed-${width}`)
    const desk = await signedIn(browser, width, '13800000003')
    await desk.goto('/app/operator/outcomes')
    const line = desk.locator('article', { hasText: Number(`${width}00`).toLocaleString('zh-CN') })
    await expect(line).toHaveCount(1)
    await line.getByRole('button', { name: '已看凭证' }).click()
    await expect(line.getByRole('button')).toHaveCount(0)
    await sound(desk, `ledger-${width}`)

    await buyer.goto('/app/introductions?view=agreed')
    // It asks once more before the contacts go.
    await buyer.locator('article', { hasText: text }).getByRole('button', { name: '撤回' }).click()
    await buyer.getByRole('alertdialog').getByRole('button', { name: '撤回' }).click()
    await expect(seller.locator('article', { hasText: text })).toBeHidden({ timeout: 15_000 })
    await seller.goto('/app/introductions?view=closed')
    await expect(seller.locator('article', { hasText: text }).first()).not.toContainText('0311-')
    await sound(seller, `talk-closed-${width}`)
  })
}

test('the account page: browsers, colleagues by link, password', async ({ browser }) => {
  const owner = await signedIn(browser, 1366, '13800000002')
  await owner.goto('/app/account')
  await owner.getByRole('button', { name: '生成邀请链接' }).click()
  const link = await owner.getByLabel('链接').inputValue()
  await sound(owner, 'account-1366')
  const guest = await (await browser.newContext({ viewport: { width: 390, height: 800 }, locale: 'zh-CN' })).newPage()
  await guest.goto(link)
  await guest.getByLabel('联系人姓名').fill('小李')
  await guest.getByLabel('手机号或邮箱').fill('13600000777')
  await guest.getByLabel('密码').fill('a-long-password')
  await sound(guest, 'join-390')
  await guest.getByRole('button', { name: '加入', exact: true }).click()
  await expect(guest.getByRole('heading', { name: '我的撮合' })).toBeVisible()
  await guest.goto('/app/account')
  await expect(guest.getByText('企业成员').first()).toBeVisible()
  await sound(guest, 'account-390')
})

for (const width of [1366, 390]) {
  test(`a new firm is read, returned, mended and verified, ${width} px`, async ({ browser }) => {
    const mark = `${width}`.padStart(4, '0')
    const firm = await (await browser.newContext({ viewport: { width, height: 800 }, locale: 'zh-CN' })).newPage()
    await firm.goto('/app/sign-up')
    await firm.getByLabel('企业全称').fill(`栾城新来 ${mark} 有限公司`)
    await firm.getByLabel('地区第 1 级').selectOption('130000')
    await firm.getByLabel('地区第 2 级').selectOption('130100')
    await firm.getByLabel('地区第 3 级').selectOption('130111')
    await firm.getByLabel('产业集群').selectOption('luancheng')
    await firm.getByLabel('联系人姓名').fill('示例人')
    await firm.getByLabel('手机号或邮箱').fill(`1350000${mark}`)
    await firm.getByLabel('密码').fill('a-long-password')
    await firm.getByRole('button', { name: '注册企业' }).click()
    await expect(firm.getByRole('heading', { name: '我的撮合' })).toBeVisible()
    await firm.goto('/app/enterprise')
    await expect(firm.getByText('未核实')).toBeVisible()

    const desk = await signedIn(browser, width, '13800000003')
    await desk.goto('/app/operator/reviews')
    const item = desk.locator('article', { hasText: `栾城新来 ${mark}` })
    await expect(item.getByText('没有填写统一社会信用代码')).toBeVisible()
    await sound(desk, `reviews-${width}`)
    await item.getByRole('button', { name: '退回…' }).click()
    await item.getByLabel('原因').fill('请补统一社会信用代码')
    await item.getByRole('button', { name: '退回', exact: true }).click()
    await expect(item).toBeHidden()
    await expect(firm.getByText('请补统一社会信用代码')).toBeVisible({ timeout: 15_000 })
    await sound(firm, `returned-${width}`)
    await firm.getByRole('button', { name: '改好了，重新提交' }).click()
    await expect(firm.getByText('已提交')).toBeVisible()
    await desk.reload()
    await item.getByRole('button', { name: '通过…' }).click()
    await item.getByLabel('依据').fill('营业执照')
    await item.getByRole('button', { name: '通过', exact: true }).click()
    await expect(item).toBeHidden()
    await expect(firm.locator('.trust').getByText('已审核')).toBeVisible({ timeout: 15_000 })
    await sound(firm, `verified-${width}`)
    await desk.getByRole('link', { name: '企业', exact: true }).click()
    await desk.getByLabel('按名称找企业').fill(`新来 ${mark}`)
    await expect(desk.locator('article')).toHaveCount(1)
    await sound(desk, `firms-${width}`)
    await desk.getByRole('link', { name: '审核设置' }).click()
    await expect(desk.getByRole('heading', { level: 1, name: '审核设置' })).toBeVisible()
    await sound(desk, `rules-${width}`)
    await desk.getByRole('link', { name: '操作记录' }).click()
    await desk.getByLabel('对象', { exact: true }).selectOption('enterprise')
    await desk.getByRole('button', { name: '查看' }).click()
    await expect(desk.getByRole('row', { name: new RegExp(`新来 ${mark}.*通过`) }).first()).toBeVisible()
    await expect(desk.getByRole('row', { name: new RegExp(`新来 ${mark}.*退回`) }).first()).toBeVisible()
    await sound(desk, `audit-${width}`)
  })
}

for (const width of [1366, 390]) {
  test(`a supplier quotes line by line, the buyer compares, ${width} px`, async ({ browser }) => {
    const seller = await signedIn(browser, width, '13800000002')
    const buyer = await signedIn(browser, width, '13800000001')
    await seller.goto('/?q=求购 6061 铝棒 Φ60 月用 5 吨&side=need')
    await seller.getByRole('link', { name: '求购 6061 铝棒 Φ60 月用 5 吨' }).first().click()
    await seller.getByRole('link', { name: '我要对接' }).locator('visible=true').first().click()
    await seller.getByRole('button', { name: '发出对接' }).click()
    const sent = seller.locator('article', { hasText: '求购 6061 铝棒 Φ60' }).first()
    await sent.getByRole('link', { name: '报价' }).click()
    await seller.getByLabel('单价（元）').fill(`2${width}`)
    await seller.getByLabel('每', { exact: false }).first().fill('吨')
    await seller.getByLabel('交货期（天）').fill('7')
    // Nothing is promised that was not read: no line is answered beforehand.
    const diameter = seller.getByRole('group', { name: /直径/ })
    if (await seller.getByRole('button', { name: '提交报价' }).count()) {
      await expect(seller.locator('.answers :checked')).toHaveCount(0)
      await seller.getByRole('button', { name: '提交报价' }).click()
      await expect(diameter.getByText('请回答必须满足的参数：直径')).toBeVisible()
      await expect(seller.locator('.answers input').first()).toBeFocused()
      await sound(seller, `quote-open-${width}`)
    }
    await diameter.getByLabel('有偏差').check()
    await seller.getByLabel('偏差说明').fill('')
    const rest = seller.getByRole('button', { name: '未答的都能做到' })
    if (await rest.count()) await rest.click()
    await seller.getByRole('button', { name: /提交报价|更新报价/ }).click()
    await expect(seller.getByLabel('偏差说明')).toHaveAttribute('aria-invalid', 'true')
    await seller.getByLabel('偏差说明').fill('Φ60 正公差 0.5 mm')
    // A drawing, and what is no drawing.
    await seller.getByLabel('加文件').setInputFiles([{ name: `图纸 ${width}.png`, mimeType: 'image/png', buffer: drawing }, { name: '程序.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ..') }])
    await expect(seller.getByText(/程序\.exe：只接受 PDF/)).toBeVisible()
    await expect(seller.getByRole('link', { name: `图纸 ${width}.png` })).toBeVisible()
    await sound(seller, `quote-${width}`)
    await seller.getByRole('button', { name: /提交报价|更新报价/ }).click()
    await expect(seller.getByRole('button', { name: '更新报价' })).toBeVisible()
    await buyer.goto('/app/introductions?view=waiting')
    await buyer.locator('article', { hasText: '求购 6061 铝棒 Φ60' }).first().getByRole('link', { name: '比较报价' }).click()
    await expect(buyer.getByText(`¥${Number(`2${width}`).toLocaleString('zh-CN')}/吨`)).toBeVisible()
    await expect(buyer.getByText('Φ60 正公差 0.5 mm')).toBeVisible()
    const fetching = buyer.waitForEvent('download')
    await buyer.getByRole('link', { name: `图纸 ${width}.png` }).click()
    expect(readFileSync(await (await fetching).path()).equals(drawing)).toBe(false) // it carries the buyer's name
    await seller.locator('.quote-files li', { hasText: `图纸 ${width}.png` }).getByRole('button', { name: '下载记录' }).click()
    await expect(seller.locator('.quote-files li li')).toHaveCount(1)
    await sound(buyer, `compare-${width}`)
  })
}
