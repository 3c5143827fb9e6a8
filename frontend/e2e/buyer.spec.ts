// What a buyer or a salesperson meets on the way: nothing typed is lost, nothing
// is asked twice, a phone shows whole lines, a listing can be passed on.
import { expect, test, type Browser, type Page } from '@playwright/test'
import { noSidewaysScroll, signedIn, signIn } from './screen'

const wechat = 'Mozilla/5.0 (Linux; Android 12; M2102J2SC) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/107.0 Mobile Safari/537.36 MicroMessenger/8.0.42'

// Nothing that a person does here is waited for longer.
test.use({ actionTimeout: 15_000, navigationTimeout: 15_000 })

/** A buyer, on a phone in WeChat. */
async function buying(browser: Browser, width: number): Promise<Page> {
  const page = await signedIn(browser, width, '13800000001', { permissions: ['clipboard-read', 'clipboard-write'], ...(width < 600 ? { userAgent: wechat } : {}) })
  await expect(page.getByRole('heading', { name: '我的撮合' })).toBeVisible()
  return page
}

const draftSaved = (page: Page) => expect(page.getByText(/已存草稿/)).toBeVisible()
const drafts = async (page: Page) => {
  await page.goto('/app/listings?status=draft')
  await expect(page.getByRole('heading', { name: '我的供需' })).toBeVisible()
  return page.locator('article')
}

for (const width of [1366, 390]) {
  test(`a form outlives its window and its session, ${width} px`, async ({ browser }) => {
    const page = await buying(browser, width)
    const title = `求购 45# 圆钢 Φ80 试${width}`
    await page.goto('/app/listings/new?side=need')
    await expect(page.getByLabel('地区第 3 级')).toHaveValue('130111') // the firm's own place
    await page.getByLabel('标题').fill(title)
    await expect(page.getByLabel('单位').first()).toHaveValue('吨') // as others count it
    await draftSaved(page)

    // A window closed by mistake: all is there, and it is still the same draft.
    await page.reload()
    await expect(page.getByLabel('标题')).toHaveValue(title)
    await expect(page.getByText('已恢复上次没有发布的内容')).toBeVisible()
    await page.getByLabel('需求数量').fill('8')
    await draftSaved(page)

    // Too long away: through the door and back, with what was typed.
    await page.context().clearCookies()
    await page.getByLabel('最高单价').fill('4,200 元')
    await expect(page.getByText('登录已过期')).toBeVisible()
    await signIn(page, '13800000001')
    await expect(page.getByLabel('最高单价')).toHaveValue('4,200 元')
    await draftSaved(page)
    await expect((await drafts(page)).filter({ hasText: title })).toHaveCount(1)

    // Faults: counted, the first one has the focus, and each goes when it is mended.
    await page.locator('article', { hasText: title }).getByRole('link', { name: '继续填写' }).click()
    await page.getByLabel('有效期至').fill('2020-01-01')
    await page.getByRole('button', { name: '发布', exact: true }).click()
    await expect(page.getByText('还有 1 处需要修改')).toBeVisible()
    await expect(page.getByLabel('有效期至')).toBeFocused()
    await page.getByLabel('有效期至').fill(new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10))
    await expect(page.locator('.field-error')).toHaveCount(0)
    await page.getByRole('button', { name: '发布', exact: true }).click()
    await expect(page.getByText(`已发布：${title}`)).toBeVisible()
    await page.goto('/app/listings/new?side=need')
    await expect(page.getByLabel('标题')).toHaveValue('')

    // Taken down, after asking.
    await page.goto('/app/listings')
    const line = page.locator('article', { hasText: title })
    await line.getByRole('button', { name: '下架' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: '下架' }).click()
    await expect(line.getByText('已下架', { exact: true })).toBeVisible()
    // A phone gives the title its whole line.
    const box = await line.getByRole('link', { name: title }).boundingBox()
    expect(box!.height).toBeLessThan(64)
  })
}

test('another person at the same PC sees nothing of a form', async ({ browser }) => {
  const page = await buying(browser, 1366)
  await page.goto('/app/listings/new?side=supply')
  await page.getByLabel('标题').fill('自用机床转让')
  await page.getByRole('button', { name: '退出' }).click()
  await page.waitForURL('/')
  await page.goto('/app/sign-in')
  await signIn(page, '13800000002')
  await expect(page.getByRole('heading', { name: '我的撮合' })).toBeVisible()
  await page.goto('/app/listings/new?side=supply')
  await expect(page.getByLabel('标题')).toHaveValue('')
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([])
})

test('a whole message is taken apart, and contact details in it are named', async ({ browser }) => {
  const page = await buying(browser, 390)
  await page.goto('/app/listings/new?side=need')
  await page.getByRole('button', { name: '粘贴整段文字，自动填写' }).click()
  await page.getByLabel('粘贴整段文字，自动填写').fill('采购 6061-T6 铝棒 Φ60 12吨\n要求附材质单，12月20日前到货\n联系人王工 138 1234 5678')
  await page.getByRole('button', { name: '读取并填写' }).click()
  await expect(page.getByLabel('产品名称')).toHaveValue('铝棒')
  await expect(page.getByLabel('需求数量')).toHaveValue('12')
  await expect(page.getByLabel('值', { exact: true }).first()).toHaveValue('6061')
  await expect(page.getByText(/像是写了联系方式：.*138 1234 5678/)).toBeVisible()
  await page.getByLabel('说明').fill('要求附材质单')
  await expect(page.getByText(/像是写了联系方式/)).toBeHidden()
  await draftSaved(page)
  const line = (await drafts(page)).filter({ hasText: '采购 6061-T6 铝棒 Φ60 12吨' })
  await line.getByRole('button', { name: '删除草稿' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: '删除草稿' }).click()
  await expect(line).toHaveCount(0)
})

for (const width of [1366, 390]) {
  test(`a listing is passed on, and begins one's own, ${width} px`, async ({ browser }) => {
    const page = await buying(browser, width)
    await page.goto(`/?q=${encodeURIComponent('6061-T6 铝棒 Φ20–150')}&side=supply`)
    await page.getByRole('link', { name: '6061-T6 铝棒 Φ20–150 可零切' }).first().click()
    await expect(page.getByText('已实地核验')).toBeVisible()
    await page.getByText('分享给同事或客户').click()
    await expect(page.getByLabel('链接')).toHaveValue(page.url())
    await page.getByRole('button', { name: '复制链接' }).click()
    await expect(page.getByRole('button', { name: '已复制' })).toBeVisible()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url())
    await expect.poll(() => page.getByRole('img', { name: '这条供需信息的二维码' }).evaluate((i: HTMLImageElement) => i.naturalWidth)).toBeGreaterThan(0)
    await noSidewaysScroll(page)
    const like = await page.locator('a[href*="like="]').first().getAttribute('href')
    await page.goto(like!)
    await expect(page.getByLabel('标题')).toHaveValue('求购 6061-T6 铝棒 Φ20–150 可零切')
    await expect(page.getByLabel('产品名称')).toHaveValue('铝棒')
    await expect(page.getByLabel('需求数量')).toHaveValue('')
  })
}

test('a pasted message fills the form with goods and terms', async ({ browser }) => {
  const page = await buying(browser, 1366)
  await page.goto('/app/listings/new?side=need')
  await page.getByRole('button', { name: '粘贴整段文字，自动填写' }).click()
  await page.getByLabel('粘贴整段文字').fill('求购 45#圆钢 Φ50 热轧\n每月20吨，价格4200-4350元/吨，10天内到货，送到元氏县\n需要ISO9001，2099年12月20日前报价')
  await page.getByRole('button', { name: '读取并填写' }).click()
  await expect(page.getByLabel('标题')).toHaveValue('求购 45#圆钢 Φ50 热轧')
  for (const [label, value] of [['产品名称', '圆钢'], ['需求数量', '20'], ['最高单价', '4350'], ['可等天数', '10'], ['有效期至', '2099-12-20'], ['要求的证书', 'ISO 9001'], ['地区第 3 级', '130132']]) {
    await expect(page.getByLabel(label!)).toHaveValue(value!)
  }
})
