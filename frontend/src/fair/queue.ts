// The desk's memory. A check-in is written down before it is sent, and struck
// out only when the server has answered: a hall without a network loses none,
// and one that is sent twice counts once.
export type Arrival = { enterprise_id?: string; rep?: number; badge?: string; at: string }

type Kept = Pick<Storage, 'getItem' | 'setItem'>
type Send = (items: Arrival[]) => Promise<{ fresh: number; unknown: number[] }>

const batch = 200

export class Queue {
  private sending = false

  constructor(
    private readonly key: string,
    private readonly kept: Kept,
  ) {}

  waiting(): Arrival[] {
    try {
      return JSON.parse(this.kept.getItem(this.key) ?? '[]') as Arrival[]
    } catch {
      return []
    }
  }

  add(a: Arrival): void {
    this.kept.setItem(this.key, JSON.stringify([...this.waiting(), a]))
  }

  /** Sends what waits; answers how many the server did not know, or null when it could not be reached. */
  async flush(send: Send): Promise<number | null> {
    if (this.sending) return null
    this.sending = true
    let unknown = 0
    try {
      for (let items = this.waiting(); items.length > 0; items = this.waiting()) {
        const part = items.slice(0, batch)
        unknown += (await send(part)).unknown.length
        // What was added meanwhile stands behind the part that was sent.
        this.kept.setItem(this.key, JSON.stringify(this.waiting().slice(part.length)))
      }
      return unknown
    } catch {
      return null
    } finally {
      this.sending = false
    }
  }
}
