// Fails the build when the app outgrows what an old office PC loads quickly.
import { readFileSync, readdirSync, statSync } from 'node:fs'

const size = (f) => statSync('dist/assets/' + f).size
const files = readdirSync('dist/assets').filter((f) => f.endsWith('.br'))
// What stands between a click and the first screen: what index.html names, and
// one language. Other screens are loaded when they are opened.
const named = [...readFileSync('dist/index.html', 'utf8').matchAll(/assets\/([\w.-]+\.(?:js|css))/g)].map((m) => m[1] + '.br')
const language = Math.max(...files.filter((f) => /^(zh-CN|en)-/.test(f)).map(size))
const sums = { 'first screen': [named.map(size).reduce((a, b) => a + b, 0) + language, 120], 'all screens, both languages': [files.map(size).reduce((a, b) => a + b, 0), 200] }
for (const [name, [bytes, most]] of Object.entries(sums)) {
  console.log(`${name}: ${(bytes / 1024).toFixed(1)} kB of ${most} kB, compressed`)
  if (named.length === 0 || bytes > most * 1024) process.exitCode = 1
}
