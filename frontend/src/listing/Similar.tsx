import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, ok, type ListingCard } from '../api'
import { t } from '../text'

/** What the other side has on the market already, while the title is typed. */
export function useSimilar(title: string, side: string): ListingCard[] {
  const [asked, setAsked] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setAsked(title.trim()), 500)
    return () => clearTimeout(timer)
  }, [title])
  const found = useQuery({ queryKey: ['similar', side, asked], enabled: asked.length >= 2, queryFn: () => ok(api.GET('/api/similar', { params: { query: { q: asked, side: side as 'supply' | 'need' } } })) })
  return found.data?.items ?? []
}

/** The unit that most of them count in; empty: none. */
export function usualUnit(items: ListingCard[]): string {
  const seen = new Map<string, number>()
  for (const l of items) if (l.quantity.unit) seen.set(l.quantity.unit, (seen.get(l.quantity.unit) ?? 0) + 1)
  return [...seen].sort((a, b) => b[1] - a[1])[0]?.[0] ?? ''
}

export function Similar({ items, side }: { items: ListingCard[]; side: string }) {
  if (items.length === 0) return null
  return (
    <aside className="similar">
      <h2>{t(side === 'supply' ? 'app.form.similarSupply' : 'app.form.similarNeed')}</h2>
      {items.map((l) => <a key={l.id} href={`/listings/${l.id}`} target="_blank" rel="noreferrer"><b>{l.title}</b><span>{l.enterprise.name}</span></a>)}
    </aside>
  )
}
