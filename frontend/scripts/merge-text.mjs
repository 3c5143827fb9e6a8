// Merges {"key": ["中文", "English"]} files into both catalogues, sorted by key.
import { readFileSync, writeFileSync, existsSync } from 'node:fs'

const languages = ['zh-CN', 'en']
languages.forEach((lang, i) => {
  const path = new URL(`../text/${lang}.json`, import.meta.url)
  const all = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
  for (const file of process.argv.slice(2)) {
    const added = JSON.parse(readFileSync(file, 'utf8'))
    for (const key of Object.keys(added)) all[key] = added[key][i]
  }
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(path, JSON.stringify(sorted, null, 2) + '\n')
})
