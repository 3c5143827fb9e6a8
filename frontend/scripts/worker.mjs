// Writes the desk's worker with the names of the files that its page needs: the
// shell's, the fair console's and the texts. A changed file makes another worker,
// which the browser then fetches.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))

function files(key, found = new Set()) {
  const part = manifest[key]
  if (!part) throw new Error(`the build has no ${key}`)
  if (found.has(part.file)) return found
  found.add(part.file)
  for (const css of part.css ?? []) found.add(css)
  for (const next of part.imports ?? []) files(next, found)
  return found
}

const needed = new Set(['index.html', 'src/fair/FairPage.tsx', 'text/zh-CN.json', 'text/en.json'].flatMap((key) => [...files(key)]))
const list = ['/app/', ...[...needed].sort().map((f) => `/app/${f}`)]
const version = createHash('sha256').update(readFileSync('dist/index.html')).update(list.join('\n')).digest('hex').slice(0, 12)
const worker = readFileSync('src/fair/desk-worker.js', 'utf8').replace("'DESK_FILES'", list.map((f) => JSON.stringify(f)).join(', ')).replace('DESK_VERSION', version)
if (/DESK_[A-Z]/.test(worker)) throw new Error('the worker has another shape than this script knows')
writeFileSync('dist/desk-worker.js', worker)
