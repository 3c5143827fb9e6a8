// An officer who lives in Excel: his own lists come in by the browser, bad rows
// are shown and the good ones go in, firms are registered for a fair from his
// list, somebody who did not register is let in at the desk.
import { expect, test, type Browser, type Page } from '@playwright/test'
import { signedIn, sound } from './screen'

async function officer(browser: Browser, width: number): Promise<Page> {
  const page = await signedIn(browser, width, '13800000003')
  await expect(page.getByRole('link', { name: '协会工作台' })).toBeVisible()
  return page
}

const table = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })

for (const width of [1366, 390]) {
  test(`a table of supplies and needs, ${width} px`, async ({ browser }) => {
    const page = await officer(browser, width)
    await page.goto('/app/operator')
    await page.getByRole('link', { name: '表格导入', exact: true }).click()
    const firm = `表格试${width}机械厂`
    const rows = `2026 年企业供需汇总表,,,,,\n序号,企业名称,供需,产品名称,规格型号,数量（吨）\n1,${firm},需,圆钢,45# Φ50,60\n2,${firm},供,减速机,,30台\n3,${firm},买,铝棒,,很多\n`
    await page.getByLabel(/选择表格/).setInputFiles(table('汇总表.csv', rows))
    await expect(page.getByText('检查完毕：新增 2，更新 0，没有变化 0；新建企业档案 1；有问题 1 行')).toBeVisible()
    const bad = page.getByRole('region', { name: '有问题的行' })
    await expect(bad.getByRole('row', { name: /供需 买 应写成 供 或 需/ })).toBeVisible()
    await expect(bad.getByRole('row', { name: /数量（吨） 很多/ })).toBeVisible()
    await sound(page, `officer-intake-${width}`)
    await page.getByRole('button', { name: '确认导入 2 行' }).click()
    await expect(page.getByText('已导入：新增 2，更新 0，没有变化 0；新建企业档案 1；未导入 1 行')).toBeVisible()
    await sound(page)
    // The same table under another name brings nothing new.
    await page.getByRole('button', { name: '换一个表格' }).click()
    await page.getByLabel(/选择表格/).setInputFiles(table('汇总表（终版）.csv', rows))
    await expect(page.getByText(/检查完毕：新增 0，更新 0，没有变化 2/)).toBeVisible()
    await expect(page.getByRole('button', { name: '没有可以导入的行' })).toBeDisabled()
    // What is no table is said to be none.
    await page.getByLabel(/选择表格/).setInputFiles({ name: '照片.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('x') })
    await expect(page.getByRole('alert')).toBeVisible()
    // The listing is public, and found.
    await page.goto(`/?q=${encodeURIComponent('圆钢 45#')}`)
    await expect(page.getByText(firm).first()).toBeVisible()
    // What goes out comes in again.
    const template = await page.request.get('/api/operator/sheets/listings')
    await page.goto('/app/operator/intake')
    await page.getByLabel(/选择表格/).setInputFiles({ name: '模板.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: await template.body() })
    await expect(page.getByText(/检查完毕：新增 1，.*有问题 0 行/)).toBeVisible()
  })
}

test('a fair from a list, and a walk-in', async ({ browser }) => {
  const page = await officer(browser, 1366)
  await page.goto('/app/fairs')
  // Set up as the one before, at another time.
  await page.locator('article', { hasText: '鹿泉—栾城' }).getByRole('link', { name: /照此新建/ }).click()
  await expect(page.getByLabel('名称').first()).toHaveValue('')
  await page.getByLabel('名称').first().fill('表格报名对接会')
  await page.getByRole('button', { name: '保存' }).click()
  await expect(page.getByRole('heading', { name: '参会企业 0 家' })).toBeVisible()
  await page.getByText('表格导入').click()
  const rows = '企业名称,参会身份,参会人,参会人电话\n石家庄恒砺机械制造有限公司（示例）,采购方,张三,13900000001\n石家庄恒砺机械制造有限公司（示例）,采购方,李四,13900000002\n石家庄铸衡铸造有限公司（示例）,看客,王五,1\n报名表试新厂,供应方,赵六,0311-22223333\n'
  await page.getByLabel(/选择表格/).setInputFiles(table('报名表.csv', rows))
  await expect(page.getByText('检查完毕：新增 2，更新 0，没有变化 0；新建企业档案 1；有问题 1 行')).toBeVisible()
  await sound(page)
  await page.getByRole('button', { name: '确认导入 2 行' }).click()
  await expect(page.getByRole('heading', { name: '参会企业 2 家' })).toBeVisible()
  await expect(page.getByText(/张三、李四/)).toBeVisible()
  // Somebody comes who is on record and did not register.
  await page.getByRole('button', { name: '现场', exact: true }).click()
  await page.getByLabel('查找企业').fill('铸衡')
  await page.getByRole('button', { name: /铸衡.*供应方 签到/ }).click()
  await expect(page.getByRole('button', { name: /✓.*铸衡/ })).toBeVisible()
  await sound(page, 'officer-walkin-1366')
  await expect(page.locator('.stats p').nth(1)).toContainText('1 / 3')
})
