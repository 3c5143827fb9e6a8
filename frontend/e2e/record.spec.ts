// What a firm says of itself and who believes it; signing in with a device; who
// holds an office; two records that are one firm; what is stored about a person.
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test, type Browser, type Page } from '@playwright/test'

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

async function fresh(browser: Browser, width: number): Promise<Page> {
  return (await browser.newContext({ viewport: { width, height: 800 }, locale: 'zh-CN' })).newPage()
}

async function signedIn(browser: Browser, width: number, login: string): Promise<Page> {
  const page = await fresh(browser, width)
  await page.goto('/app/sign-in')
  await page.getByLabel('手机号或邮箱').fill(login)
  await page.getByLabel('密码').fill('lianqiao-demo')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('登录')
  return page
}

async function signedUp(browser: Browser, width: number, firm: string, login: string): Promise<Page> {
  const page = await fresh(browser, width)
  await page.goto('/app/sign-up')
  await page.getByLabel('企业全称').fill(firm)
  await page.getByLabel('地区第 1 级').selectOption('130000')
  await page.getByLabel('地区第 2 级').selectOption('130100')
  await page.getByLabel('地区第 3 级').selectOption('130111')
  await page.getByLabel('产业集群').selectOption('luancheng')
  await page.getByLabel('联系人姓名').fill('示例人')
  await page.getByLabel('手机号或邮箱').fill(login)
  await page.getByLabel('密码').fill('a-long-password')
  await page.getByRole('button', { name: '注册企业' }).click()
  await expect(page.getByRole('heading', { name: '我的撮合' })).toBeVisible()
  return page
}

/** The code of a device (RFC 6238); steps counts from now. */
function code(secret: string, steps = 0): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g)!.map((b) => parseInt(b, 2)))
  const at = Buffer.alloc(8)
  at.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps))
  const mac = createHmac('sha1', key).update(at).digest()
  return String((mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

for (const width of [1366, 390]) {
  test(`an honour is the firm's own word until its association has seen the evidence, ${width} px`, async ({ browser }) => {
    const mark = `${width}`.padStart(4, '0')
    const name = `栾城自述 ${mark} 有限公司`
    const firm = await signedUp(browser, width, name, `1320000${mark}`)
    await firm.goto('/app/enterprise')
    await firm.getByRole('button', { name: '增加一项：荣誉资质' }).click()
    await firm.getByLabel('类别').selectOption('quality')
    await firm.getByLabel('级别').selectOption('municipal')
    await firm.getByLabel('文号或证书号').fill('石质奖〔2025〕3 号')
    await firm.getByLabel('获得年份').fill('2025')
    await firm.getByLabel('凭证').setInputFiles({ name: '奖状.txt', mimeType: 'text/plain', buffer: Buffer.from('不是扫描件') })
    await expect(firm.getByText('只收 PDF、PNG 或 JPEG 文件')).toBeVisible()
    await firm.getByLabel('凭证').setInputFiles({ name: '奖状.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 奖状') })
    await expect(firm.getByRole('link', { name: '查看凭证' })).toBeVisible()
    await firm.getByRole('button', { name: '增加一项：设备、工艺与产能' }).click()
    await firm.getByLabel('设备或工艺名称').fill('1250T 挤压线')
    await firm.getByLabel('月产能').fill('300')
    await firm.getByLabel('富余产能').fill('400')
    await firm.getByLabel('单位').fill('吨')
    await firm.getByLabel('企业简介').fill('还没有保存的简介')
    await firm.getByRole('button', { name: '保存企业档案' }).click()
    await expect(firm.locator('.field-error', { hasText: '富余产能不能大于月产能' })).toBeVisible()
    await firm.getByLabel('富余产能').fill('80')
    await firm.getByRole('button', { name: '保存企业档案' }).click()
    await expect(firm.getByText('待协会审核')).toBeVisible()
    await expect(firm.getByLabel('企业简介')).toHaveValue('还没有保存的简介')
    await firm.getByRole('button', { name: '保存', exact: true }).click()
    await expect(firm.getByText('已保存').first()).toBeVisible()
    await sound(firm, `record-${width}`)

    const desk = await signedIn(browser, width, '13800000003')
    await desk.goto('/app/operator/reviews')
    const item = desk.locator('article', { hasText: name }).filter({ hasText: '石质奖' })
    await expect(item.getByText('石质奖〔2025〕3 号')).toBeVisible()
    const [got] = await Promise.all([desk.waitForEvent('download'), item.getByRole('link', { name: '查看凭证' }).click()])
    expect(readFileSync(await got.path(), 'utf8')).toBe('%PDF-1.4 奖状')
    await sound(desk, `honour-review-${width}`)
    const page = await fresh(browser, width)
    await page.goto(await item.getByRole('link', { name }).getAttribute('href') ?? '')
    await expect(page.getByText('企业自述')).toBeVisible()
    await expect(page.getByText('1250T 挤压线')).toBeVisible()
    await sound(page, `page-own-${width}`)
    await item.getByRole('button', { name: '通过', exact: true }).click()
    await expect(item).toBeHidden()
    await page.reload()
    await expect(page.getByText('已审核')).toBeVisible()
    await expect(page.getByText('企业自述')).toBeHidden()
    await sound(page, `page-confirmed-${width}`)
    await firm.reload()
    await expect(firm.getByText(/查看凭证文件/).first()).toBeVisible()
  })

  test(`a device as the second step, and what is stored about me, ${width} px`, async ({ browser }) => {
    const mark = `${width}`.padStart(4, '0')
    const login = `1330000${mark}`
    const firm = await signedUp(browser, width, `栾城两步 ${mark} 有限公司`, login)
    await firm.goto('/app/account')
    await firm.getByRole('link', { name: '两步验证' }).click()
    await expect(firm.getByRole('button', { name: '开始设置' })).toBeVisible() // until then the account's own fields are there
    await firm.getByLabel('密码').fill('a-long-password')
    await firm.getByRole('button', { name: '开始设置' }).click()
    const secret = (await firm.locator('code.secret').textContent() ?? '').replaceAll(' ', '')
    await sound(firm, `totp-${width}`)
    await firm.getByLabel('6 位验证码').fill(code(secret))
    await firm.getByRole('button', { name: '确认开启' }).click()
    const recovery = firm.locator('.codes li')
    await expect(recovery).toHaveCount(10)
    const spare = await recovery.first().textContent() ?? ''
    await sound(firm, `totp-codes-${width}`)
    await firm.getByRole('button', { name: '已保存好，继续' }).click()
    await expect(firm.getByText('已开启')).toBeVisible()

    const again = await fresh(browser, width)
    await again.goto('/app/sign-in')
    await again.getByLabel('手机号或邮箱').fill(login)
    await again.getByLabel('密码').fill('a-long-password')
    await again.getByRole('button', { name: '登录', exact: true }).click()
    await expect(again.getByLabel('6 位验证码或恢复码')).toBeFocused()
    await sound(again, `second-step-${width}`)
    await again.getByLabel('6 位验证码或恢复码').fill(code(secret, -9))
    await again.getByRole('button', { name: '登录', exact: true }).click()
    await expect(again.getByText('验证码不对')).toBeVisible()
    await again.getByLabel('6 位验证码或恢复码').fill(spare)
    await again.getByRole('button', { name: '登录', exact: true }).click()
    await expect(again.getByRole('heading', { name: '我的撮合' })).toBeVisible()

    await again.goto('/app/account')
    await again.getByRole('link', { name: '关于我的数据' }).click()
    await expect(again.getByRole('heading', { level: 1, name: '关于我的数据' })).toBeVisible()
    await expect(again.getByText(login).first()).toBeVisible()
    await sound(again, `my-data-${width}`)
    const [file] = await Promise.all([again.waitForEvent('download'), again.getByRole('link', { name: '导出我的数据' }).click()])
    const mine = JSON.parse(readFileSync(await file.path(), 'utf8')) as { user: { login: string }; deeds: { deed: string }[] }
    expect(mine.user.login).toBe(login)
    expect(mine.deeds.map((d) => d.deed)).toContain('totp-on')
    expect(JSON.stringify(mine)).not.toContain(secret)
    await again.getByText('注销账号').first().click()
    await again.getByLabel('密码').fill('a-long-password')
    await again.getByRole('button', { name: '注销账号' }).click()
    await expect(again).toHaveURL('/')
    await firm.goto('/app/proposals')
    await expect(firm).toHaveURL(/sign-in/)
  })

  test(`a bureau is appointed by link and reads its area, ${width} px`, async ({ browser }) => {
    const admin = await signedIn(browser, width, '13800000009')
    await admin.goto('/app/operator/officers')
    await admin.getByLabel('角色').selectOption('viewer')
    await admin.getByLabel('地区第 1 级').selectOption('130000')
    await admin.getByLabel('地区第 2 级').selectOption('130100')
    await admin.getByRole('button', { name: '生成任命链接' }).click()
    const link = await admin.getByLabel('链接').inputValue()
    await sound(admin, `officers-${width}`)
    const bureau = await fresh(browser, width)
    await bureau.goto(link)
    await expect(bureau.getByText(/石家庄/)).toBeVisible()
    await bureau.getByRole('button', { name: '注册新账号并接受' }).click()
    await bureau.getByLabel('联系人姓名').fill('市局')
    const login = `1340000${`${width}`.padStart(4, '0')}`
    await bureau.getByLabel('手机号或邮箱').fill(login)
    await bureau.getByLabel('密码').fill('a-long-password')
    await sound(bureau, `office-${width}`)
    await bureau.getByRole('button', { name: '加入', exact: true }).click()
    await expect(bureau.getByRole('heading', { name: '总览' })).toBeVisible()
    await expect(bureau.getByRole('heading', { name: '待办' })).toHaveCount(0)
    await expect(bureau.getByRole('link', { name: /^单方登记/ })).toBeVisible()
    await sound(bureau, `bureau-overview-${width}`)
    await bureau.getByRole('link', { name: '辖区汇总' }).click()
    await expect(bureau.getByRole('heading', { name: '辖区汇总' })).toBeVisible()
    await expect(bureau.getByRole('row', { name: /栾城装备制造/ })).toBeVisible()
    await expect(bureau.getByRole('link', { name: '企业', exact: true })).toHaveCount(0)
    await sound(bureau, `bureau-${width}`)
    const [book] = await Promise.all([bureau.waitForEvent('download'), bureau.getByRole('link', { name: '导出 Excel' }).click()])
    expect(book.suggestedFilename()).toContain('bureau')
    await admin.reload()
    const officer = admin.locator('article', { hasText: login })
    await officer.getByRole('button', { name: '免去' }).click()
    await expect(officer).toHaveCount(0)
    await bureau.reload()
    await expect(bureau.getByRole('heading', { name: '辖区汇总' })).toHaveCount(0)
  })

  test(`two records of one firm become one, ${width} px`, async ({ browser }) => {
    const mark = `${width}`.padStart(4, '0')
    await signedUp(browser, width, `栾城重复 ${mark} 有限公司`, `1370001${mark}`)
    const second = await signedUp(browser, width, `栾城重复（${mark}）有限责任公司`, `1370002${mark}`)
    const desk = await signedIn(browser, width, '13800000003')
    await desk.goto('/app/operator/duplicates')
    const pair = desk.locator('article', { hasText: `栾城重复 ${mark}` })
    await pair.getByRole('button', { name: '对比' }).click()
    await pair.getByRole('radio').first().check()
    await sound(desk, `duplicates-${width}`)
    await pair.getByRole('button', { name: '确认合并' }).click()
    await expect(pair).toHaveCount(0)
    await second.goto('/app/enterprise')
    await expect(second.getByLabel('企业全称')).toHaveValue(`栾城重复 ${mark} 有限公司`)
    await expect(second.getByText(/合并了重复的企业档案/)).toBeVisible()
  })
}
