// A fair at which firms pick: organised so, one asks, the other accepts on a
// phone by picking a slot, both see it, one moves it, the organiser releases.
import { expect, test } from '@playwright/test'
import { atFairs, noSidewaysScroll, shot } from './screen'

const name = '自选时段对接会'

test('firms pick when they meet', async ({ browser }) => {
  test.setTimeout(90_000)
  const desk = await atFairs(browser, 1366, '13800000003')
  await desk.getByRole('link', { name: '组织对接会' }).click()
  await desk.getByLabel('名称').first().fill(name)
  await desk.getByLabel('鹿泉电子信息产业集群').check()
  await desk.getByLabel('时间由谁定').selectOption('pick')
  await desk.getByLabel('当前阶段').selectOption('wish')
  await desk.getByRole('button', { name: '保存' }).click()
  for (const firm of ['恒砺', '冀川']) {
    await desk.getByLabel('查找企业').fill(firm)
    await desk.getByRole('button', { name: new RegExp(`${firm}.*双方`) }).click()
  }
  await expect(desk.getByRole('heading', { name: '参会企业 2 家' })).toBeVisible()

  const buyer = await atFairs(browser, 1366, '13800000001')
  await buyer.getByRole('link', { name }).click()
  const asked = buyer.getByRole('group', { name: /冀川金属/ }).getByRole('button', { name: '想谈' })
  await asked.click()
  await expect(asked).toHaveAttribute('aria-pressed', 'true')

  const seller = await atFairs(browser, 390, '13800000002')
  await seller.getByRole('link', { name }).click()
  await expect(seller.getByText('邀请您洽谈')).toBeVisible()
  await seller.getByRole('button', { name: /选时段.*恒砺/ }).click()
  await seller.getByLabel('09:20').check()
  await seller.getByLabel('桌号').selectOption('3')
  await noSidewaysScroll(seller)
  await shot(seller, 'fair-pick-390')
  await seller.getByRole('button', { name: '选定', exact: true }).click()
  await expect(seller.getByText(/已定 .*09:20 · 3 号桌/)).toBeVisible()

  // The other side sees it and moves it.
  await buyer.reload()
  await expect(buyer.getByText(/已定 .*09:20 · 3 号桌/)).toBeVisible()
  await buyer.getByRole('button', { name: /改时段.*冀川/ }).click()
  await buyer.getByLabel('09:40').check()
  await buyer.getByRole('button', { name: '选定', exact: true }).click()
  await expect(buyer.getByText(/已定 .*09:40/)).toBeVisible()

  // It is a plan like any other.
  await desk.getByRole('button', { name: '排期', exact: true }).click()
  await expect(desk.getByText('企业自选', { exact: true })).toBeVisible()
  await desk.getByRole('button', { name: '求与得' }).click()
  await expect(desk.getByRole('region', { name: '求与得' })).toContainText('1 / 1')
  await shot(desk, 'fair-results-1366')
  await desk.getByRole('button', { name: '发布', exact: true }).click()
  await desk.getByRole('button', { name: '确认发布' }).click()
  await expect(desk.getByRole('button', { name: '方案 2', exact: true })).toHaveAttribute('aria-pressed', 'true')
})
