// Which file may import which: a folder is a feature, features do not import
// each other, src/ui and what all share know none of them. Only the shell, which
// gives each feature its place, imports features.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { expect, test } from 'vitest'
import { serverOnly } from '../vite.config'

const root = import.meta.dirname
const frame = ['Shell.tsx', 'main.tsx']
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((f) => f.split(sep).join('/')).filter((f) => /\.tsx?$/.test(f) && !f.endsWith('.d.ts') && !/\.test\.tsx?$/.test(f))

/** The folder that a file lies in; '' for what lies beside the shell. */
const folder = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '')

/** What a file imports, statically, lazily or for its types; packages as they are, ours from src. */
const importsOf = (file: string) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g)].map(([, to]) =>
    to!.startsWith('.') ? relative(root, join(root, dirname(file), to!)).split(sep).join('/') : to!)

test('the app asks for no text that the build leaves out of its catalogues', () => {
  const keys = Object.keys(JSON.parse(readFileSync(join(root, '../text/zh-CN.json'), 'utf8'))).filter((k) => serverOnly.test(k))
  expect(keys).toContain('page.total')
  expect(files.flatMap((f) => [...readFileSync(join(root, f), 'utf8').matchAll(/'([\w.]+)'/g)].filter(([, k]) => keys.includes(k!)).map(([, k]) => `${f}: ${k}`))).toEqual([])
})

const ours = (to: string) => files.some((f) => f === to || f.replace(/\.tsx?$/, '') === to)

test('features do not import each other, and ui and what all share know no feature', () => {
  const wrong: string[] = []
  for (const file of files.filter((f) => !frame.includes(f)))
    for (const to of importsOf(file).filter(ours)) {
      const [here, there] = [folder(file), folder(to)]
      if (![here, 'ui', ''].includes(there) || frame.includes(`${to}.tsx`)) wrong.push(`${file} imports ${to}`)
    }
  expect(wrong).toEqual([])
})

test('the arrows are looked at', () => {
  const found = files.flatMap((f) => importsOf(f).filter(ours).map((to) => `${f} ${to}`))
  expect(found).toContain('main.tsx Shell')
  expect(found).toContain('Shell.tsx quote/QuotePage') // a lazy one
  expect(found).toContain('listing/ListingForm.tsx ui/ui')
  expect(new Set(files.map(folder)).size).toBeGreaterThan(8)
})
