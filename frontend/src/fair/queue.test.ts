import { expect, test } from 'vitest'
import type { FairFirm } from './fair'
import { after, badgeOf, Queue, type Deed } from './queue'

function memory() {
  const m = new Map<string, string>()
  return { getItem: (k: string) => m.get(k) ?? null, setItem: (k: string, v: string) => void m.set(k, v) }
}

test('what was noted without a network is sent when it is back, nothing lost and in order', async () => {
  const kept = memory()
  const q = new Queue('f', kept)
  for (let i = 0; i < 450; i++) q.add({ kind: 'in', enterprise_id: 'e', rep: i })
  await expect(q.flush(() => Promise.reject(new Error('offline')))).rejects.toThrow('offline')
  expect(q.waiting()).toHaveLength(450)
  const got: Deed[] = []
  const again = new Queue('f', kept) // the page was loaded anew
  const answer = await again.flush(async (items) => {
    got.push(...items)
    if (got.length === 200) again.add({ kind: 'out', enterprise_id: 'e', rep: 3 })
    return { fresh: items.length, unknown: items.some((x) => x.rep === 3) ? [3] : [] }
  })
  expect(answer.unknown).toBe(2)
  expect(got.map((x) => `${x.kind} ${x.rep}`)).toEqual([...Array.from({ length: 450 }, (_, i) => `in ${i}`), 'out 3'])
  expect(new Set(got.map((x) => x.id)).size).toBe(451)
  expect(again.waiting()).toEqual([])
})

test('an answer that got lost has the same deeds sent again, under the same ids', async () => {
  const q = new Queue('f', memory())
  q.add({ kind: 'absent', enterprise_id: 'e' })
  const sent: string[][] = []
  await q.flush(async (items) => { sent.push(items.map((x) => x.id)); throw new Error('the answer got lost') }).catch(() => undefined)
  await q.flush(async (items) => { sent.push(items.map((x) => x.id)); return { fresh: 0, unknown: [] } })
  expect(sent[0]).toHaveLength(1)
  expect(sent[1]).toEqual(sent[0])
})

test('what a second window wrote while the first was sending is not struck out', async () => {
  const kept = memory()
  const [one, two] = [new Queue('f', kept), new Queue('f', kept)]
  one.add({ kind: 'in', enterprise_id: 'e', rep: 0 })
  const sent: number[] = []
  await one.flush(async (items) => {
    sent.push(...items.map((x) => x.rep!))
    if (sent.length === 1) {
      await two.flush(async () => ({ fresh: 1, unknown: [] })) // sends the same
      two.add({ kind: 'in', enterprise_id: 'e', rep: 1 })
    }
    return { fresh: 0, unknown: [] }
  })
  expect(sent).toEqual([0, 1])
  expect(one.waiting()).toEqual([])
})

test('a firm stands as the deeds that wait leave it', () => {
  const firm = { enterprise_id: 'e', name: 'E', role: 'both', reps: [{ name: 'a' }, { name: 'b' }], absent: true, late_until: 0, arrived: [], wishes: 0 } as unknown as FairFirm
  const deed = (kind: Deed['kind'], more: Partial<Deed> = {}): Deed => ({ id: kind, kind, enterprise_id: 'e', at: '2026-12-01T01:00:00Z', ...more })
  const state = (deeds: Deed[]) => { const f = after([firm], deeds)[0]!; return [f.arrived.map((x) => x.rep), f.absent, f.late_until] }
  expect(state([])).toEqual([[], true, 0])
  expect(state([deed('in', { rep: 1 })])).toEqual([[1], false, 0])
  expect(state([deed('in', { rep: 1 }), deed('in', { rep: 1 }), deed('in', { rep: 0 })])).toEqual([[1, 0], false, 0])
  expect(state([deed('in', { rep: 1 }), deed('out', { rep: 1 })])).toEqual([[], false, 0])
  expect(state([deed('present'), deed('late', { slot: 4 })])).toEqual([[], false, 4])
  expect(state([deed('late', { slot: 4 }), deed('late', { slot: 0 }), deed('absent')])).toEqual([[], true, 0])
  expect(state([deed('in', { rep: 1, enterprise_id: 'another' })])).toEqual([[], true, 0])
})

test('a badge names its firm and person before the server has seen it', () => {
  // 16 bytes of the fair, c, 16 of the firm, the number, ten of the seal; as api/fair_link.go puts them.
  const bytes = [...Array(16).fill(1), 99, ...Array.from({ length: 16 }, (_, i) => 0xf0 + i), 0, 7, ...Array(10).fill(2)]
  const token = btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  expect(badgeOf(`https://example.cn/c/${token}`)).toEqual({ enterprise_id: 'f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff', rep: 7 })
  expect(badgeOf(token.slice(0, -4))).toEqual({})
  expect(badgeOf('nonsense ü')).toEqual({})
})
