// The desk's first page: an officer sees what his clusters have and what waits,
// and each figure leads to a list of just so many.
import { expect, test, type Page } from '@playwright/test'
import { fresh, signedIn, sound } from './screen'

/** The figure that a text ends in. */
const figure = async (page: Page, name: RegExp): Promise<number> => Number((await page.getByRole('link', { name }).innerText()).replace(/\D/g, ''))

for (const width of [1280, 390]) {
  test(`an officer's overview, and the lists behind its figures, ${width} px`, async ({ browser }) => {
    const firm = await fresh(browser, width)
    await firm.goto('/app/sign-up')
    await firm.getByLabel('企业全称').fill(`总览试${width}机械厂`)
    await firm.getByLabel('地区第 1 级').selectOption('130000')
    await firm.getByLabel('产业集群').selectOption('luancheng')
    await firm.getByLabel('联系人姓名').fill('示例人')
    await firm.getByLabel('手机号或邮箱').fill(`1360000${`${width}`.padStart(4, '0')}`)
    await firm.getByLabel('密码').fill('a-long-password')
    await firm.getByRole('button', { name: '注册企业' }).click()
    await expect(firm.getByRole('heading', { name: '我的撮合' })).toBeVisible()

    const desk = await signedIn(browser, width, '13800000003')
    await desk.getByRole('link', { name: '协会工作台' }).click()
    await expect(desk.getByRole('heading', { name: '总览' })).toBeVisible()
    await sound(desk, `overview-${width}`)

    // What waits, and the queue of that kind.
    const waiting = await figure(desk, /^企业待审核/)
    expect(waiting).toBeGreaterThan(0)
    await desk.getByRole('link', { name: /^企业待审核/ }).click()
    await expect(desk.getByRole('heading', { level: 1 })).toHaveText(`企业待审核 共 ${waiting} 条`)
    await expect(desk.locator('article')).toHaveCount(waiting)
    await sound(desk, `overview-reviews-${width}`)
    await desk.getByRole('link', { name: '总览', exact: true }).click()

    // Firms of one kind.
    const unclaimed = await figure(desk, /^未认领/)
    await desk.getByRole('link', { name: /^未认领/ }).click()
    await expect(desk.getByRole('heading', { level: 1 })).toHaveText(`企业 共 ${unclaimed} 条`)
    await expect(desk.getByLabel('显示')).toHaveValue('unclaimed')
    await sound(desk, `overview-firms-${width}`)
    await desk.getByLabel('显示').selectOption('')
    await expect(desk.getByRole('heading', { level: 1 })).not.toHaveText(`企业 共 ${unclaimed} 条`)
    await desk.getByRole('link', { name: '总览', exact: true }).click()

    // A class in the public hall, with the cluster as a filter that can be taken away.
    const supplies = desk.getByRole('link', { name: /有效供应 [1-9]\d* 条/ }).first()
    const name = await supplies.getAttribute('aria-label') ?? ''
    await supplies.click()
    await expect(desk.locator('.total')).toHaveText(`共 ${/(\d+) 条/.exec(name)?.[1]} 条`)
    await expect(desk.locator('.chosen')).toContainText('栾城')
    await sound(desk, `overview-hall-${width}`)
    await desk.goBack()
    const needs = await figure(desk, /^需 \d+$/)
    await desk.getByRole('link', { name: /^需 \d+$/ }).click()
    await expect(desk.locator('.total')).toHaveText(`共 ${needs} 条`)
    await desk.goBack()

    // Months by the eye and by the table; results of this year; the workbook.
    await desk.getByText('按表格查看').click()
    await expect(desk.getByRole('row', { name: /^20\d\d-\d\d \d+ \d+$/ })).toHaveCount(12)
    const [book] = await Promise.all([desk.waitForEvent('download'), desk.getByRole('link', { name: '导出 Excel' }).click()])
    expect(book.suggestedFilename()).toMatch(/^overview-\d{4}-\d\d-\d\d\.xlsx$/)
    const cases = Number(/(\d+) 项/.exec(await desk.getByRole('link', { name: /^单方登记/ }).innerText())?.[1])
    await desk.getByRole('link', { name: /^单方登记/ }).click()
    await expect(desk.getByRole('heading', { level: 1 })).toHaveText(`成果 共 ${cases} 条`)
    await expect(desk.getByLabel('可靠程度', { exact: true })).toHaveValue('claimed')
    await sound(desk, `overview-ledger-${width}`)
    await desk.getByRole('link', { name: '总览', exact: true }).click()
    await desk.getByRole('link', { name: '打开对接会' }).click()
    await expect(desk.getByRole('heading', { level: 1 })).toContainText('对接会')
  })

  test(`an administrator chooses a cluster, ${width} px`, async ({ browser }) => {
    const admin = await signedIn(browser, width, '13800000009')
    await expect(admin.getByRole('link', { name: '协会工作台' })).toBeVisible()
    await admin.goto('/app/operator')
    const firms = admin.locator('.figure').first().locator('.big')
    const all = Number(await firms.innerText())
    await sound(admin, `overview-admin-${width}`)
    await admin.getByLabel('集群').selectOption('luquan')
    await expect(firms).not.toHaveText(String(all))
    const some = Number(await firms.innerText())
    await firms.getByRole('link').click()
    await expect(admin.getByRole('heading', { level: 1 })).toHaveText(`企业 共 ${some} 条`)
    await expect(admin.getByLabel('集群')).toHaveValue('luquan')
    await sound(admin, `overview-admin-firms-${width}`)
  })
}
