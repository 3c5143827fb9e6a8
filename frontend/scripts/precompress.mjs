// Writes .br and .gz beside every built text file, for the server to choose from,
// and puts back .gitkeep, without which a Go build before a web build would fail.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

function walk(dir) {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) walk(path)
    else if (/\.(js|css|html|svg|json)$/.test(name)) {
      const raw = readFileSync(path)
      writeFileSync(path + '.br', brotliCompressSync(raw))
      writeFileSync(path + '.gz', gzipSync(raw, { level: 9 }))
    }
  }
}
walk('dist')
writeFileSync('dist/.gitkeep', '')
