import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => { vi.useRealTimers(); vi.unstubAllEnvs() })

// A browser in Los Angeles is 16 hours behind China in winter; the day of a fair is China's.
test.each(['America/Los_Angeles', 'Asia/Shanghai', 'UTC'])('days and times are those of China, in a browser of %s', async (zone) => {
  vi.stubGlobal('document', { cookie: '', documentElement: {} })
  const { clock, dayClock, inDays, today } = await import('./text')
  vi.stubEnv('TZ', zone)
  vi.useFakeTimers({ now: Date.parse('2026-11-30T16:30:00Z') }) // 00:30 on 1 December in China
  expect(today()).toBe('2026-12-01')
  expect(inDays(14)).toBe('2026-12-15')
  expect(clock('2026-12-01T01:20:00Z')).toBe('09:20')
  expect(dayClock('2026-11-30T17:05:00Z')).toBe('12-01 01:05')
})
