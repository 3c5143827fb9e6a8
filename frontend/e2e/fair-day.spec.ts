// The day of a fair in a browser: a desk without a network, edits that can be
// undone later, a result that is taken back, a full hall on the wall; and the
// public notice, from which a firm registers.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, test, type BrowserContext } from '@playwright/test'
import { accessible, fresh, shot, signedIn, sound } from './screen'

const operator = '13800000003'
type Party = { enterprise_id: string; name: string; absent: boolean; late_until: number; arrived: { rep: number }[] }

async function ask<T>(of: BrowserContext, method: string, path: string, data?: object, headers?: Record<string, string>): Promise<T> {
  const answer = await of.request.fetch(path, { method, data, headers })
  expect(answer.status(), `${method} ${path}: ${await answer.text()}`).toBeLessThan(300)
  return (answer.status() === 204 ? null : await answer.json()) as T
}

/** A fair of today with some of the demo's firms, two people each. */
async function makeFair(of: BrowserContext, name: string, more: object, firms: number, clusters = ['luancheng', 'luquan']) {
  const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
  const body = { name, place: '会展中心', clusters, entry: 'invited', phase: 'setup', slot_minutes: 20, sessions: [{ day, from: '00:00', to: '23:59' }], tables: Array.from({ length: 3 }, (_, i) => ({ number: i + 1 })), ...more }
  const fair = await ask<{ id: string }>(of, 'POST', '/api/fairs', body)
  const list = (await ask<{ items: { id: string; name: string }[] }>(of, 'GET', `/api/fairs/${fair.id}/firms?q=`)).items.slice(0, firms)
  for (const e of list) await ask(of, 'PUT', `/api/fairs/${fair.id}/parties/${e.id}`, { role: 'both', reps: [{ name: '张三' }, { name: '李四' }] })
  return { id: fair.id, firms: list }
}

/** An empty draft. */
async function draft(of: BrowserContext, fair: string): Promise<string> {
  const { id } = await ask<{ id: string }>(of, 'POST', `/api/fairs/${fair}/plans`, { seconds: 1 })
  await expect.poll(async () => (await ask<{ state: string }>(of, 'GET', `/api/plans/${id}`)).state).toBe('done')
  return id
}

/**
 * A cable between a browser and the server that can be pulled. A browser that is
 * told to work offline is not enough: a page loaded anew by a service worker may
 * reach the server for a moment.
 */
async function cable(server: string) {
  const open = new Set<Socket>()
  let whole = true
  const line = createServer((near) => {
    if (!whole) return near.destroy()
    const far = connect(Number(new URL(server).port), new URL(server).hostname)
    for (const [end, other] of [[near, far], [far, near]] as const) {
      open.add(end)
      end.on('error', () => other.destroy()).on('close', () => { open.delete(end); other.destroy() })
    }
    near.pipe(far).pipe(near)
  }).listen(0, '127.0.0.1')
  await once(line, 'listening')
  return {
    url: `http://127.0.0.1:${(line.address() as AddressInfo).port}`,
    pull: () => { whole = false; for (const end of open) end.destroy() },
    mend: () => { whole = true },
    remove: () => { for (const end of open) end.destroy(); line.close() },
  }
}

test('a desk without a network', async ({ browser, baseURL }) => {
  test.setTimeout(120_000)
  const line = await cable(baseURL!)
  const page = await signedIn(browser, 1280, operator, { baseURL: line.url })
  const context = page.context()
  const network = async (there: boolean) => {
    if (there) line.mend()
    else line.pull()
    await context.setOffline(!there) // what the browser says of it
  }
  const fair = await makeFair(context, '断网对接会', { phase: 'day' }, 3)
  const [a, b, c] = fair.firms as [{ id: string; name: string }, { id: string; name: string }, { id: string; name: string }]
  const parties = async () => Object.fromEntries((await ask<{ items: Party[] }>(context, 'GET', `${baseURL}/api/fairs/${fair.id}/parties`)).items.map((p) => [p.enterprise_id, p]))
  await page.goto(`/app/fairs/${fair.id}?tab=desk`)
  await expect(page.getByText('断网时可以刷新本页')).toBeVisible()
  await expect(page.getByRole('button', { name: `签到 张三 ${a.name}` })).toBeVisible()

  await network(false)
  const row = (name: string) => page.locator('article').filter({ hasText: name })
  await page.getByRole('button', { name: `签到 张三 ${a.name}` }).click()
  await page.getByRole('button', { name: `签到 李四 ${a.name}` }).click()
  await page.getByRole('button', { name: new RegExp(`李四.*${a.name} 撤销签到`) }).click()
  await page.getByLabel(`${b.name} 迟到`).selectOption({ index: 3 })
  await page.getByRole('button', { name: `未到场 ${c.name}` }).click()
  await expect(page.getByText('已在本机记下 5 条')).toBeVisible()
  await shot(page, 'day-offline-1280')

  // The window is closed, the page loaded anew: nothing is lost, and the desk works on.
  await page.reload()
  await expect(page.getByText('已在本机记下 5 条')).toBeVisible()
  await expect(row(a.name).getByRole('button', { name: /✓ 张三/ })).toBeVisible()
  await expect(row(a.name).getByRole('button', { name: /签到 李四/ })).toBeVisible()
  await expect(page.getByLabel(`${b.name} 迟到`)).toHaveValue('4')
  await expect(page.getByRole('button', { name: `未到场 ${c.name}` })).toHaveAttribute('aria-pressed', 'true')
  await page.getByRole('button', { name: `签到 张三 ${b.name}` }).click()
  await page.setViewportSize({ width: 390, height: 844 })
  await sound(page, 'day-offline-390')
  expect((await parties())[a.id]!.arrived).toEqual([])

  await network(true)
  await expect(page.getByText('现场记录已全部上传')).toBeVisible()
  const now = await parties()
  expect(now[a.id]!.arrived.map((x) => x.rep)).toEqual([0])
  expect([now[b.id]!.late_until, now[b.id]!.arrived.length]).toEqual([4, 1])
  expect(now[c.id]!.absent).toBe(true)
  // The network that answers late, or twice: the same deeds once more change nothing.
  await page.getByRole('button', { name: new RegExp(`张三.*${b.name} 撤销签到`) }).click()
  await expect.poll(async () => (await parties())[b.id]!.arrived.length).toBe(0)

  // Another day's names are not shown.
  await page.evaluate(() => {
    for (const name of Object.keys(localStorage).filter((x) => x.startsWith('lianqiao.desk.'))) localStorage.setItem(name, localStorage.getItem(name)!.replace(/"day":"[^"]+"/, '"day":"2026-01-01"'))
  })
  await network(false)
  await page.reload()
  await expect(page.getByText(/网络不通/)).toBeVisible()
  await expect(page.getByText(a.name)).toHaveCount(0)
  expect(await page.evaluate(() => Object.keys(localStorage).filter((x) => x.startsWith('lianqiao.desk.')))).toEqual([])
  await network(true)
  await page.reload()
  await expect(page.getByText('断网时可以刷新本页')).toBeVisible()

  // Signed out, nothing is left at this PC.
  expect(await page.evaluate(async () => [Object.keys(localStorage).filter((x) => x.startsWith('lianqiao.desk.')).length, (await caches.keys()).length])).toEqual([1, 1])
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.getByRole('button', { name: '退出' }).click()
  await expect(page).toHaveURL('/')
  expect(await page.evaluate(async () => [Object.keys(localStorage).filter((x) => x.startsWith('lianqiao.')), await caches.keys(), (await navigator.serviceWorker.getRegistrations()).length])).toEqual([[], [], 0])
  await page.close()
  line.remove()
})

test('edits are undone later, an added talk goes, the keyboard is enough', async ({ browser }) => {
  const page = await signedIn(browser, 1280, operator)
  const fair = await makeFair(page.context(), '键盘对接会', { slot_minutes: 30 }, 4)
  await draft(page.context(), fair.id)
  const [a, b] = fair.firms as [{ id: string; name: string }, { id: string; name: string }]
  await page.goto(`/app/fairs/${fair.id}?tab=plans`)
  await page.getByText('加一场洽谈').first().click()
  await page.getByLabel('企业 1', { exact: true }).selectOption(a.id)
  await page.getByLabel('企业 2', { exact: true }).selectOption(b.id)
  await page.getByRole('button', { name: '加一场洽谈' }).click()
  const waiting = page.locator('.waiting .talk')
  await expect(waiting).toHaveCount(1)
  await expect(waiting.getByText('手工')).toBeVisible()
  await accessible(page)

  // Lift it with Enter, walk with arrows, put it down: on the second slot, second table.
  const cell = (slot: number, table: number) => page.locator(`[data-cell="${slot}-${table}"]`)
  await waiting.getByRole('button').first().focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await expect(cell(2, 2)).toHaveClass('aim')
  await shot(page, 'day-keyboard-1280')
  await page.keyboard.press('Enter')
  await expect(cell(2, 2).locator('.talk')).toHaveCount(1)
  await expect(cell(2, 2).getByRole('button').first()).toBeFocused()
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Escape')
  await expect(cell(2, 2).locator('.talk')).toHaveCount(1)
  await page.keyboard.press('Delete')
  await expect(waiting).toHaveCount(1)

  // Away and back, also by another window: the edits can still be undone, one by one.
  await page.getByRole('button', { name: '参会企业', exact: true }).click()
  await page.getByRole('button', { name: '排期', exact: true }).click()
  await page.reload()
  await page.getByRole('button', { name: '撤销 (3)' }).click()
  await expect(cell(2, 2).locator('.talk')).toHaveCount(1)
  await page.getByRole('button', { name: '撤销 (2)' }).click()
  await expect(waiting).toHaveCount(1)
  await page.getByRole('button', { name: /^删除/ }).click()
  await expect(waiting).toHaveCount(0)
  await page.getByRole('button', { name: '撤销 (2)' }).click()
  await expect(waiting).toHaveCount(1)
  await page.getByRole('button', { name: '撤销 (1)' }).click()
  await expect(waiting).toHaveCount(0)
  await expect(page.getByRole('button', { name: '撤销', exact: true })).toBeDisabled()
  await page.close()
})

test('a result is taken back at the table and by the operator', async ({ browser }) => {
  const page = await signedIn(browser, 1280, operator)
  const fair = await makeFair(page.context(), '撤回对接会', { phase: 'day' }, 2)
  const plan = await draft(page.context(), fair.id)
  const [a, b] = fair.firms as [{ id: string; name: string }, { id: string; name: string }]
  await ask(page.context(), 'PUT', `/api/plans/${plan}/meetings`, { a: a.id, b: b.id, add: true, slot: 1, table: 1 })
  await ask(page.context(), 'POST', `/api/plans/${plan}/release`)
  const links = await ask<{ tables: { url: string }[] }>(page.context(), 'GET', `/api/fairs/${fair.id}/links`)
  const phone = await fresh(browser, 390, { height: 844, javaScriptEnabled: false })
  const tap = async () => {
    await phone.goto(links.tables[0]!.url)
    await phone.getByRole('link', { name: a.name }).click()
    await phone.getByLabel(/意向金额/).fill('800')
    await phone.getByRole('button', { name: '下单' }).click()
    await expect(phone.getByText('已记下，谢谢。')).toBeVisible()
  }
  await tap()
  await shot(phone, 'day-said-390')
  await page.goto(`/app/fairs/${fair.id}?tab=report`)
  const ledger = page.getByRole('region', { name: '台账' })
  await expect(ledger).toContainText('800')
  await phone.getByRole('button', { name: '撤回' }).click()
  await expect(phone.getByText('已撤回')).toBeVisible()
  await expect(ledger).toHaveCount(0)
  await expect(page.getByRole('button', { name: '0 下单' })).toBeVisible()
  await tap()
  await expect(ledger).toContainText('800')
  await page.getByText(`撤回 ${a.name} × ${b.name}`).or(page.getByText(`撤回 ${b.name} × ${a.name}`)).click()
  await accessible(page)
  await shot(page, 'day-takeback-1280')
  await page.getByRole('button', { name: `撤回 ${a.name} 的反馈` }).click()
  await expect(ledger).toHaveCount(0)
  await page.close()
})

test('a full hall is read from afar', async ({ browser }) => {
  test.setTimeout(120_000)
  const page = await signedIn(browser, 1280, operator)
  const clusters = (await ask<{ items: { id: string }[] }>(page.context(), 'GET', '/api/clusters')).items.map((x) => x.id)
  const tables = Array.from({ length: 40 }, (_, i) => ({ number: i + 1, hall: i < 24 ? 'A 厅' : 'B 厅' }))
  const fair = await makeFair(page.context(), '满厅对接会', { tables }, 60, ['luancheng', ...clusters.filter((x) => x !== 'luancheng')])
  expect(fair.firms).toHaveLength(60)
  const plan = await draft(page.context(), fair.id)
  // The round under way and the next, 40 talks each; at the very end of a day there is only one.
  const slots = (await ask<{ slots: { number: number; end: string }[] }>(page.context(), 'GET', `/api/fairs/${fair.id}`)).slots.filter((s) => Date.parse(s.end) > Date.now()).slice(0, 2)
  for (const [n, s] of slots.entries()) for (const { number } of tables)
    await ask(page.context(), 'PUT', `/api/plans/${plan}/meetings`, { a: fair.firms[number]!.id, b: fair.firms[(number + 13 + 7 * n) % 60]!.id, add: true, slot: s.number, table: number })
  await ask(page.context(), 'POST', `/api/plans/${plan}/release`)
  const { wall } = await ask<{ wall: string }>(page.context(), 'GET', `/api/fairs/${fair.id}/links`)
  const screen = await fresh(browser, 1920, { height: 1080 })
  await screen.route(wall, async (route) => { // a page that stays is looked at in peace
    const answer = await route.fetch()
    const headers = { ...answer.headers() }
    delete headers['refresh']
    await route.fulfill({ response: answer, headers })
  })
  // Every part takes its turn and fits the screen in letters that are read from the back.
  const parts = new Set<string>()
  await expect.poll(async () => {
    await screen.goto(wall)
    const seen = await screen.evaluate(() => {
      const on = [...document.querySelectorAll<HTMLElement>('.walls section')].filter((x) => x.offsetParent !== null)
      const li = on[0]!.querySelector('li')!
      return { parts: on.map((x) => x.querySelector('h2')!.innerText.replace(/\d\d:\d\d/, '')), letters: parseFloat(getComputedStyle(li).fontSize), bottom: document.documentElement.scrollHeight - window.innerHeight, of: document.querySelectorAll('.walls section').length }
    })
    expect(seen.parts).toHaveLength(1)
    expect(seen.letters).toBeGreaterThanOrEqual(28)
    expect(seen.bottom).toBeLessThanOrEqual(0)
    if (!parts.has(seen.parts[0]!)) await shot(screen, `day-wall-1920-${parts.size}`, false)
    parts.add(seen.parts[0]!)
    return parts.size / seen.of
  }, { timeout: 60_000, intervals: [2000] }).toBe(1)
  await screen.setViewportSize({ width: 390, height: 844 })
  await screen.goto(wall)
  await sound(screen)
  expect(await screen.locator('.walls li').evaluateAll((list) => list.filter((x) => (x as HTMLElement).offsetParent !== null).length)).toBe(40 * slots.length)
  await shot(screen, 'day-wall-390', false)
  await page.close()
})

test('a firm reads the notice without script and registers in two clicks', async ({ browser }) => {
  const desk = await signedIn(browser, 1280, operator)
  const day = new Date(Date.now() + (9 * 24 + 8) * 3_600_000).toISOString().slice(0, 10)
  const open = await makeFair(desk.context(), '公开对接会', { entry: 'open', phase: 'register', sessions: [{ day, from: '09:00', to: '12:00' }] }, 2)
  await makeFair(desk.context(), '只请对接会', { phase: 'register', sessions: [{ day, from: '09:00', to: '12:00' }] }, 2)
  const visitor = await fresh(browser, 390, { height: 844, javaScriptEnabled: false })
  await visitor.goto('/')
  await visitor.getByRole('link', { name: '对接会', exact: true }).click()
  await expect(visitor.getByRole('link', { name: '公开对接会' })).toBeVisible()
  await expect(visitor.getByText('只请对接会')).toHaveCount(0)
  await visitor.getByRole('link', { name: '公开对接会' }).click()
  await expect(visitor.getByText('已报名 2 家企业')).toBeVisible()
  for (const e of open.firms) await expect(visitor.getByText(e.name)).toHaveCount(0)
  await shot(visitor, 'day-notice-390')

  const firm = await signedIn(browser, 390, '13800000001')
  await firm.goto(`/fairs/${open.id}`)
  await sound(firm)
  await firm.getByRole('link', { name: '我要报名' }).click()
  await firm.getByRole('button', { name: /采购方/ }).first().click()
  await expect(firm.getByRole('heading', { name: /想和谁谈/ })).toBeVisible()
  await visitor.reload()
  await expect(visitor.getByText('已报名 3 家企业')).toBeVisible()

  // The list of fairs on a phone: a card's name has the card's width.
  const list = await signedIn(browser, 390, operator)
  await list.goto('/app/fairs')
  const card = list.locator('article').filter({ hasText: '公开对接会' })
  const [whole, name] = [await card.boundingBox(), await card.locator('div').first().boundingBox()]
  expect(name!.width).toBeGreaterThan(whole!.width - 40)
  await sound(list, 'day-list-390')
})
