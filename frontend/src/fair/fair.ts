import { useQuery } from '@tanstack/react-query'
import { api, ok } from '../api'
import type { components } from '../schema'

export type Fair = components['schemas']['Fair']
export type FairInput = components['schemas']['FairInput']
export type FairFirm = components['schemas']['FairFirm']
export type Plan = components['schemas']['Plan']
export type WholePlan = components['schemas']['WholePlan']
export type Meeting = components['schemas']['Meeting']
export type MeetingEdit = components['schemas']['MeetingEdit']

export const phases = ['setup', 'register', 'wish', 'plan', 'final', 'day', 'after']
export const roles = ['buyer', 'seller', 'both']

/** Marks a firm as invented without making every cell of a timetable longer. */
export const shortName = (name: string) => name.replace('（示例）', '').replace(/(股份)?有限(责任)?公司$/, '')

/** Short names by id; two firms that would look alike keep their whole names. */
export function shortNames(names: Record<string, string>): Record<string, string> {
  const count = new Map<string, number>()
  for (const n of Object.values(names)) count.set(shortName(n), (count.get(shortName(n)) ?? 0) + 1)
  return Object.fromEntries(Object.entries(names).map(([id, n]) => [id, count.get(shortName(n)) === 1 ? shortName(n) : n]))
}

/** A plan that is still being computed. */
export const busy = (p: Plan) => p.state === 'queued' || p.state === 'solving' || p.state === 'stopping'

/** The day and time of a slot by its number. */
export function slotName(fair: Fair, n: number): string {
  const s = fair.slots[n - 1]
  return s ? `${s.day.slice(5)} ${s.time}` : ''
}

/** The time of a slot, with the day where the fair has several. */
export function slotTime(fair: Fair, n: number): string {
  return new Set(fair.slots.map((s) => s.day)).size > 1 ? slotName(fair, n) : (fair.slots[n - 1]?.time ?? '')
}

export function useFair(id: string) {
  return useQuery({ queryKey: ['fair', id], queryFn: () => ok(api.GET('/api/fairs/{id}', { params: { path: { id } } })) })
}

export function useParties(id: string, every?: number) {
  return useQuery({ queryKey: ['fair', id, 'parties'], refetchInterval: every, queryFn: () => ok(api.GET('/api/fairs/{id}/parties', { params: { path: { id } } })) })
}

export function usePlans(id: string) {
  return useQuery({
    queryKey: ['fair', id, 'plans'],
    queryFn: () => ok(api.GET('/api/fairs/{id}/plans', { params: { path: { id } } })),
    // While the solver works its progress is asked for.
    refetchInterval: (q) => (q.state.data?.items.some((p) => busy(p)) ? 500 : false),
  })
}

export function inputOf(f: Fair): FairInput {
  return {
    name: f.name, place: f.place ?? '', clusters: f.clusters, entry: f.entry, phase: f.phase, regime: f.regime, dates: f.dates ?? [], slot_minutes: f.slot_minutes,
    sessions: f.sessions, pauses: f.pauses ?? [], tables: f.tables, min_meetings: f.min_meetings ?? 0, max_meetings: f.max_meetings ?? 0,
  }
}
