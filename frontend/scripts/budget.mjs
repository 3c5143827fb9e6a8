// Fails the build when the app outgrows what an old office PC loads quickly. A
// screen costs the shell, which is what index.html names, and its own part with
// what that imports. A language comes on top.
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs'

const most = { shell: 100, screen: 115, language: 20, all: 200 } // kB, compressed

const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))
const size = (file) => statSync(`dist/${file}.br`).size / 1024

/** The files of an entry and of what it imports at once. */
function files(key, found = new Set()) {
  const part = manifest[key]
  if (found.has(part.file)) return found
  found.add(part.file)
  for (const css of part.css ?? []) found.add(css)
  for (const next of part.imports ?? []) files(next, found)
  return found
}
const sum = (set) => [...set].reduce((n, f) => n + size(f), 0)

const entries = Object.keys(manifest)
const languages = entries.filter((k) => /(^|\/)text\//.test(k))
const screens = entries.filter((k) => manifest[k].isDynamicEntry && !languages.includes(k))
const shell = files('index.html')

const rows = [['shell', sum(shell), most.shell]]
for (const k of screens) rows.push([k.replace(/^src\//, ''), sum(new Set([...shell, ...files(k)])), most.screen])
for (const k of languages) rows.push([k, size(manifest[k].file), most.language])
rows.push(['all screens, both languages', readdirSync('dist/assets').filter((f) => f.endsWith('.br')).reduce((n, f) => n + statSync(`dist/assets/${f}`).size / 1024, 0), most.all])
for (const [name, kB, limit] of rows) {
  const over = !(kB <= limit)
  if (over) process.exitCode = 1
  console.log(`${over ? 'OVER ' : ''}${name}: ${kB.toFixed(1)} of ${limit} kB`)
}
if (languages.length !== 2 || screens.length < 10) {
  console.log('the build is not split as this script knows it')
  process.exitCode = 1
}
rmSync('dist/.vite', { recursive: true }) // nobody asks the server for it
