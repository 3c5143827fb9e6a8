// The desk's memory. What was done at the desk is written down before it is
// sent, and struck out only when the server has answered: a hall without a
// network loses nothing. Each deed has an id by which the server knows it again,
// so what is sent twice counts once, a deed and its undoing as well.
import type { components } from '../schema'
import type { FairFirm } from './fair'

type Kind = components['schemas']['DeskDeed']['kind']
export type Deed = { id: string; kind: Kind; enterprise_id?: string; rep?: number; slot?: number; badge?: string; at: string }

type Kept = Pick<Storage, 'getItem' | 'setItem'>
type Send = (items: Deed[]) => Promise<{ fresh: number; unknown: number[] }>

const batch = 200

/** Under this and a fair's id stands what waits. */
export const queuePrefix = 'lianqiao.deeds.'

// crypto.randomUUID is younger than some browsers at desks.
const newID = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('')

export class Queue {
  private sending = false

  constructor(
    private readonly fairID: string,
    private readonly kept: Kept,
  ) {}

  waiting(): Deed[] {
    try {
      return JSON.parse(this.kept.getItem(queuePrefix + this.fairID) ?? '[]') as Deed[]
    } catch {
      return []
    }
  }

  add(deed: Omit<Deed, 'id' | 'at'>, at = new Date()): void {
    this.keep([...this.waiting(), { ...deed, id: newID(), at: at.toISOString() }])
  }

  private keep(list: Deed[]) {
    this.kept.setItem(queuePrefix + this.fairID, JSON.stringify(list))
  }

  /** Sends what waits, in order. Answers what was sent and how much of it named nobody who is registered; nothing, when another flush is under way. Rejects where the server was not reached or refused. */
  async flush(send: Send): Promise<{ sent: Deed[]; unknown: number }> {
    const sent: Deed[] = []
    let unknown = 0
    if (this.sending) return { sent, unknown }
    this.sending = true
    try {
      for (let items = this.waiting(); items.length > 0; items = this.waiting()) {
        const part = items.slice(0, batch)
        unknown += (await send(part)).unknown.length
        sent.push(...part)
        // By id: another window at this desk may have written and sent meanwhile.
        const done = new Set(part.map((x) => x.id))
        this.keep(this.waiting().filter((x) => !done.has(x.id)))
      }
      return { sent, unknown }
    } finally {
      this.sending = false
    }
  }
}

/** The firms as they stand once the deeds are done. */
export function after(firms: FairFirm[], deeds: Deed[]): FairFirm[] {
  const of = new Map<string, Deed[]>()
  for (const d of deeds) of.set(d.enterprise_id ?? '', [...(of.get(d.enterprise_id ?? '') ?? []), d])
  return firms.map((firm) => (of.get(firm.enterprise_id) ?? []).reduce(done, firm))
}

function done(firm: FairFirm, d: Deed): FairFirm {
  const others = firm.arrived.filter((x) => x.rep !== d.rep)
  switch (d.kind) {
    case 'in':
      return others.length < firm.arrived.length ? firm : { ...firm, absent: false, arrived: [...others, { rep: d.rep ?? 0, via: 'desk', at: d.at }] }
    case 'out':
      return { ...firm, arrived: others }
    case 'late':
      return { ...firm, late_until: d.slot ?? 0 }
    default:
      return { ...firm, absent: d.kind === 'absent' }
  }
}

/** Whom a scanned badge names. Its seal is the server's to look at; the layout is that of api/fair_link.go. */
export function badgeOf(text: string): { enterprise_id?: string; rep?: number } {
  try {
    const raw = atob(text.slice(text.lastIndexOf('/') + 1).replaceAll('-', '+').replaceAll('_', '/'))
    if (raw.length !== 45 || raw[16] !== 'c') return {}
    const byte = (i: number) => raw.charCodeAt(i)
    const hex = Array.from({ length: 16 }, (_, i) => byte(17 + i).toString(16).padStart(2, '0')).join('')
    return { enterprise_id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'), rep: byte(33) * 256 + byte(34) }
  } catch {
    return {}
  }
}
