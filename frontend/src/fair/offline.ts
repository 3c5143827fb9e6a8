// What lets the desk's page be loaded anew in a hall without a network: a small
// worker that hands out the app's own files (desk-worker.js), and a copy of whom
// the fair expects. The copy is of the day's names and nothing else; it is read on
// no other day, and gone when one signs out, when the session ends, when somebody
// else signs in and when the app is next opened on another day.
import type { QueryClient } from '@tanstack/react-query'
import { api, ApiError, ok, type Me } from '../api'
import { today } from '../text'
import type { Fair, FairFirm } from './fair'
import { Queue, queuePrefix } from './queue'

interface Desk { day: string; me: Me; fair: Fair; firms: FairFirm[] }

const prefix = 'lianqiao.desk.'
const patience = 4000 // ms until a hall's network that only hangs counts as none

/** Keeps what the desk of a fair shows, while it is the fair's day. */
export function keepDesk(me: Me, fair: Fair, firms: FairFirm[]) {
  const last = fair.slots[fair.slots.length - 1]
  if (fair.phase !== 'day' || !last || today() > last.day) return
  const nameless = firms.map((f) => ({ ...f, reps: f.reps?.map((r) => ({ name: r.name })) }))
  localStorage.setItem(prefix + fair.id, JSON.stringify({ day: today(), me, fair, firms: nameless } satisfies Desk))
}

function keptDesk(fairID: string): Desk | null {
  try {
    const kept = JSON.parse(localStorage.getItem(prefix + fairID) ?? 'null') as Desk | null
    return kept?.day === today() ? kept : null
  } catch {
    return null
  }
}

const namesWith = (start: string) => Object.keys(localStorage).filter((name) => name.startsWith(start))

/** Removes the copies of other days; all: every one. */
function sweep(all: boolean) {
  for (const name of namesWith(prefix)) if (all || !keptDesk(name.slice(prefix.length))) localStorage.removeItem(name)
}

/** Has the browser keep the app's files. False where it cannot: an old one, or an address without TLS. */
export async function keepShell(): Promise<boolean> {
  if (!('serviceWorker' in navigator)) return false
  try {
    const { active, waiting, installing } = await navigator.serviceWorker.register('/app/desk-worker.js', { scope: '/app/fairs/' })
    const next = installing ?? waiting
    return !!active || (!!next && (await new Promise((done) => {
      next.addEventListener('statechange', () => {
        if (next.state === 'activated' || next.state === 'redundant') done(next.state === 'activated')
      })
    })))
  } catch {
    return false
  }
}

/** Before the first screen: where the server does not answer, the desk is what it was. */
export async function restoreDesk(queries: QueryClient): Promise<void> {
  sweep(false)
  const id = /^\/app\/fairs\/([^/]+)$/.exec(location.pathname)?.[1]
  const kept = id ? keptDesk(id) : null
  if (!kept) return
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), patience)
  try {
    const me = await ok(api.GET('/api/me', { signal: late.signal }))
    if (me.user.id !== kept.me.user.id) sweep(true)
    queries.setQueryData(['me'], me)
  } catch (e) {
    if (e instanceof ApiError && e.status < 500) return sweep(true)
    const old = { updatedAt: 0 } // asked for again as soon as there is a network
    queries.setQueryData(['me'], kept.me, old)
    queries.setQueryData(['fair', id], kept.fair, old)
    queries.setQueryData(['fair', id, 'parties'], { items: kept.firms }, old)
  } finally {
    clearTimeout(timer)
  }
}

/** When a session has ended by itself: the names go, what waits to be sent stays. */
export const forgetDesk = () => sweep(true)

/** At sign-out: sends what waits and leaves nothing of a fair behind. Rejects while there is something to send and no network. */
export async function leaveDesk(): Promise<void> {
  for (const name of namesWith(queuePrefix)) {
    const id = name.slice(queuePrefix.length)
    try {
      await new Queue(id, localStorage).flush((items) => ok(api.POST('/api/fairs/{id}/desk', { params: { path: { id } }, body: { items } })))
    } catch (e) {
      if (!(e instanceof ApiError) || e.status >= 500) throw e
    }
  }
}

/** After it. */
export async function dropDesk(): Promise<void> {
  sweep(true)
  for (const name of namesWith(queuePrefix)) localStorage.removeItem(name)
  if ('serviceWorker' in navigator) await (await navigator.serviceWorker.getRegistration('/app/fairs/'))?.unregister()
  if ('caches' in window) for (const name of await caches.keys()) await caches.delete(name)
}
