import { expect, test } from 'vitest'
import { Queue, type Arrival } from './queue'

function memory() {
  const m = new Map<string, string>()
  return { getItem: (k: string) => m.get(k) ?? null, setItem: (k: string, v: string) => void m.set(k, v) }
}

test('what was noted without a network is sent when it is back, nothing lost and in order', async () => {
  const kept = memory()
  const q = new Queue('desk', kept)
  for (let i = 0; i < 450; i++) q.add({ enterprise_id: 'e', rep: i, at: 'now' })
  expect(await q.flush(() => Promise.reject(new Error('offline')))).toBeNull()
  expect(q.waiting()).toHaveLength(450)
  const got: Arrival[] = []
  const again = new Queue('desk', kept) // the page was loaded anew
  const unknown = await again.flush(async (items) => {
    got.push(...items)
    if (got.length === 200) again.add({ enterprise_id: 'e', rep: 450, at: 'later' })
    return { fresh: items.length, unknown: items.some((x) => x.rep === 3) ? [3] : [] }
  })
  expect(unknown).toBe(1)
  expect(got.map((x) => x.rep)).toEqual(Array.from({ length: 451 }, (_, i) => i))
  expect(again.waiting()).toEqual([])
})
