// A fair in a browser: organise, wishes of two firms, solve, move by keyboard
// and by drag, lock, release, check in on a phone and without a network, a
// no-show, repair, three taps at a table, report.
import { expect, test, type Page } from '@playwright/test'
import { accessible, atFairs, fresh, shot, sound } from './screen'

const demoFair = /^鹿泉—栾城/

async function wish(page: Page, first: string) {
  await page.getByRole('link', { name: demoFair }).click()
  await expect(page.getByRole('heading', { name: /想和谁谈/ })).toBeVisible()
  const firm = page.getByRole('group', { name: new RegExp(first) })
  await firm.getByRole('button', { name: '必谈' }).click()
  await expect(firm.getByRole('button', { name: '必谈' })).toHaveAttribute('aria-pressed', 'true')
  const others = page.locator('.counterpart').filter({ hasNot: page.locator('[aria-pressed=true]') })
  await others.nth(0).getByRole('button', { name: '想谈' }).click()
  await expect(page.getByRole('heading', { name: '已选 2 家' })).toBeVisible()
  await sound(page)
}

test('organise a fair', async ({ browser }) => {
  const page = await atFairs(browser, 1366, '13800000003')
  await accessible(page)
  await page.getByRole('link', { name: '组织对接会' }).click()
  await page.getByLabel('名称').first().fill('栾城冬季对接会')
  await page.getByLabel('时段 2 结束').fill('13:00')
  await page.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('结束时间应晚于开始时间').first()).toBeVisible()
  await page.getByLabel('时段 2 结束').fill('16:00')
  await accessible(page)
  await shot(page, 'fair-setup-1366')
  await page.getByRole('button', { name: '保存' }).click()
  // Registration from the records: one press on the role, for each firm.
  await page.getByRole('button', { name: /航砺.*采购方/ }).click()
  await page.getByRole('button', { name: /轴捷.*供应方/ }).click()
  await expect(page.getByRole('heading', { name: '参会企业 2 家' })).toBeVisible()
  await accessible(page)
  await shot(page, 'fair-parties-1366')
})

test('a fair from the wishes to the report', async ({ browser }) => {
  test.setTimeout(180_000)
  const buyer = await atFairs(browser, 1366, '13800000001')
  await wish(buyer, '冀川金属')
  await shot(buyer, 'fair-wishes-1366')
  const seller = await atFairs(browser, 390, '13800000002')
  await wish(seller, '恒砺机械')
  await shot(seller, 'fair-wishes-390')

  // Solve.
  const desk = await atFairs(browser, 1366, '13800000003')
  await desk.getByRole('link', { name: demoFair }).click()
  await desk.getByLabel('求解秒数').selectOption('2')
  await desk.getByRole('button', { name: '自动排期' }).click()
  await expect(desk.getByText('没有冲突')).toBeVisible({ timeout: 20_000 })
  await accessible(desk)
  await shot(desk, 'fair-grid-1366')
  await desk.getByRole('button', { name: '按企业' }).click()
  await accessible(desk)
  await shot(desk, 'fair-firms-1366')
  await desk.getByRole('button', { name: '按桌' }).click()

  // Move by keyboard: onto a taken place, which warns and is not refused; undo.
  const cell = (slot: number, table: number) => desk.locator(`[data-cell="${slot}-${table}"]`)
  const name = await cell(1, 1).locator('.names span').first().innerText()
  await cell(1, 1).getByRole('button').first().focus()
  await desk.keyboard.press('Enter')
  await desk.keyboard.press('ArrowRight')
  await expect(cell(1, 2)).toHaveClass('aim')
  await desk.keyboard.press('Enter')
  await expect(cell(1, 2).locator('.talk')).toHaveCount(2)
  await expect(desk.getByText(/2 号桌重复/).first()).toBeVisible()
  await accessible(desk)
  await shot(desk, 'fair-warned-1366')
  await desk.getByRole('button', { name: '撤销' }).click()
  await expect(desk.getByText('没有冲突')).toBeVisible()
  await expect(cell(1, 1)).toContainText(name)
  // Lock by keyboard, then drag one to a free place: a lock binds the solver, not the person.
  await cell(1, 1).getByRole('button').first().focus()
  await desk.keyboard.press('l')
  await expect(cell(1, 1).getByRole('button', { name: /^已锁/ })).toHaveAttribute('aria-pressed', 'true')
  const free = await desk.evaluate(() => [...document.querySelectorAll<HTMLElement>('[data-cell]')].filter((x) => !x.querySelector('.talk')).map((x) => x.dataset.cell!)[0]!)
  await cell(2, 1).locator('.talk').dragTo(desk.locator(`[data-cell="${free}"]`))
  await expect(desk.locator(`[data-cell="${free}"] .talk`)).toHaveCount(1)
  await desk.getByRole('button', { name: '撤销' }).click()
  await expect(cell(2, 1).locator('.talk')).toHaveCount(1)
  await desk.getByRole('button', { name: '自动排期' }).click()
  await expect(desk.getByRole('button', { name: '方案 2', exact: true })).toHaveAttribute('aria-pressed', 'true')
  await expect(desk.getByText('没有冲突')).toBeVisible({ timeout: 20_000 })
  await expect(cell(1, 1)).toContainText(name, { timeout: 20_000 })

  // Release: frozen, and the next draft is open.
  await desk.getByRole('row', { name: /方案 2/ }).getByRole('button', { name: '发布', exact: true }).click()
  await desk.getByRole('button', { name: '确认发布' }).click()
  await expect(desk.getByRole('button', { name: '方案 3', exact: true })).toHaveAttribute('aria-pressed', 'true')
  await desk.getByRole('button', { name: '方案 2', exact: true }).click()
  await expect(desk.getByText('已发布的排期不再改动，请在新草稿上调整')).toBeVisible()
  await expect(desk.locator('.lock')).toHaveCount(0)

  // The day: check in on a phone, as often as one likes.
  await desk.getByRole('button', { name: '现场', exact: true }).click()
  await desk.getByRole('button', { name: '进入现场' }).click()
  await expect(desk.getByRole('button', { name: '进入现场' })).toHaveCount(0)
  const id = /fairs\/([^?]+)/.exec(desk.url())![1]!
  const links = (await (await desk.request.get(`/api/fairs/${id}/links`)).json()) as { badges: { name: string; url: string }[]; tables: { table: number; url: string }[]; wall: string; print: string }
  const badge = links.badges.find((b) => b.name.includes('恒砺'))!
  const phone = await fresh(browser, 390)
  await phone.goto(badge.url)
  await sound(phone, 'fair-checkin-390')
  await phone.getByRole('button', { name: '确认签到' }).click()
  await expect(phone.getByText(/已签到 \d\d:\d\d/)).toBeVisible()
  await phone.goto(badge.url)
  await expect(phone.getByText(/已签到/)).toBeVisible()
  await shot(phone, 'fair-checkedin-390')
  const people = desk.locator('.stats p').first()
  await expect(people).toContainText(/^1 \//)

  // The desk goes on without a network and sends later.
  await desk.context().setOffline(true)
  await desk.getByRole('button', { name: /签到 业务部.*芯衡/ }).click()
  await expect(desk.getByText(/网络不通，已在本机记下 1 条/)).toBeVisible()
  await shot(desk, 'fair-desk-offline-1366')
  await desk.context().setOffline(false)
  await expect(desk.getByText('现场记录已全部上传')).toBeVisible({ timeout: 15_000 })
  await expect(people).toContainText(/^2 \//)
  await accessible(desk)

  // A no-show, the repair and whose slips changed.
  await desk.getByRole('button', { name: /未到场.*轨联/ }).click()
  await expect(desk.getByRole('button', { name: /未到场.*轨联/ })).toHaveAttribute('aria-pressed', 'true')
  await desk.getByRole('button', { name: '修补排期' }).click()
  await expect(desk.getByText(/\d+ 张洽谈单有变动/)).toBeVisible({ timeout: 20_000 })
  const slips = desk.getByRole('region', { name: '修补排期' }).getByRole('listitem')
  await expect(slips.filter({ hasText: '轨联' }).first()).toContainText('取消')
  await accessible(desk)
  await shot(desk, 'fair-desk-1366')
  await desk.getByRole('region', { name: '修补排期' }).getByRole('button', { name: '发布' }).click()

  // Three taps at a table: the talk and side, the result.
  const lines = (await (await desk.request.get(`/api/fairs/${id}/report`)).json()) as { lines: { table: number; time: string; name_a: string }[] }
  const first = lines.lines.find((x) => x.time !== '')!
  await phone.goto(links.tables.find((x) => x.table === first.table)!.url)
  await accessible(phone)
  await shot(phone, 'fair-table-390')
  await phone.locator('.talk a').first().click()
  await phone.getByLabel(/意向金额/).fill('12,000.50')
  await phone.getByLabel(/留言/).fill('样品尺寸要小一号')
  await accessible(phone)
  await shot(phone, 'fair-result-390')
  await phone.getByRole('button', { name: '送样' }).click()
  await expect(phone.getByText('已记下，谢谢。')).toBeVisible()

  // The report has it, and each number opens its talks.
  await desk.getByRole('button', { name: '成果', exact: true }).click()
  await expect(desk.getByRole('button', { name: '1 送样' })).toBeVisible()
  await desk.getByRole('button', { name: '1 送样' }).click()
  await expect(desk.getByRole('table').first()).toContainText('12,000.50')
  await expect(desk.getByRole('table').first()).toContainText('样品尺寸要小一号')
  await expect(desk.getByRole('region', { name: '台账' })).toContainText('单方登记')
  await accessible(desk)
  await shot(desk, 'fair-report-1366')
  const book = await desk.request.get(`/api/fairs/${id}/report.xlsx`)
  expect(book.status()).toBe(200)
  expect((await book.body()).subarray(0, 2).toString()).toBe('PK')

  // The wall and the papers; the seller on a phone sees its own talks only.
  await phone.goto(links.wall)
  await accessible(phone)
  const wall = await fresh(browser, 1366, { height: 768 })
  await wall.goto(links.wall)
  await shot(wall, 'fair-wall-1366')
  await desk.goto(links.print)
  await expect(desk.getByRole('heading', { name: '1 号桌' })).toBeVisible()
  await shot(desk, 'fair-print-1366')
  await seller.reload()
  await expect(seller.getByText(/已安排 \d+ 场/)).toBeVisible()
  await sound(seller, 'fair-mine-390')
})
