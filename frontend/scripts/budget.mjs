// Fails the build when the whole app outgrows what an old office PC loads quickly.
import { readdirSync, statSync } from 'node:fs'

// All screens and both languages together; a firm loads one language, and the
// console of a fair only when it is opened.
const limit = 140 * 1024
const files = readdirSync('dist/assets').filter((f) => f.endsWith('.br'))
const total = files.reduce((sum, f) => sum + statSync('dist/assets/' + f).size, 0)
console.log(`app: ${(total / 1024).toFixed(1)} kB of ${limit / 1024} kB, compressed`)
if (files.length === 0 || total > limit) process.exit(1)
