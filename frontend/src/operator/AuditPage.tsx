import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ok } from '../api'
import { inDays, moment, t, tOf, today } from '../text'
import { Empty, Fault, Input, Loading, Select } from '../ui/ui'

const kinds = ['listing', 'enterprise', 'proposal', 'introduction', 'message', 'attachment', 'outcome', 'quote', 'review', 'user', 'fair', 'image']

/** Who did what for the firms of one's clusters. */
export default function AuditPage() {
  const [query, setQuery] = useState({ from: inDays(-30), to: today(), kind: '', firm: '', actor: '' })
  const set = (name: keyof typeof query) => (value: string) => setQuery((q) => ({ ...q, [name]: value }))
  const list = useInfiniteQuery({
    queryKey: ['audit', query], initialPageParam: '',
    queryFn: ({ pageParam }) => ok(api.GET('/api/operator/audit', { params: { query: { ...query, after: pageParam || undefined, limit: 50 } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const items = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <>
      <h1>{t('audit.sheet')}</h1>
      <div className="row ledger-filter">
        <Input label={t('audit.from')} type="date" value={query.from} onChange={set('from')} />
        <Input label={t('audit.to')} type="date" value={query.to} onChange={set('to')} />
        <Select label={t('audit.kind')} value={query.kind} onChange={set('kind')} options={[{ value: '', name: t('audit.all') }, ...kinds.map((k) => ({ value: k, name: tOf('audit.on', k) }))]} />
        {(query.firm || query.actor) && <button type="button" onClick={() => setQuery((q) => ({ ...q, firm: '', actor: '' }))}>{t('audit.all')}</button>}
        <a className="button" href={`/api/operator/audit.xlsx?${new URLSearchParams(query)}`} download>{t('audit.export')}</a>
      </div>
      {list.isPending && <Loading />}
      <Fault error={list.error} />
      {list.isSuccess && items.length === 0 && <Empty title={t('audit.none')} />}
      {items.map((l) => (
        <article className="card line" key={l.id}>
          <div>
            <b>{tOf('audit.did', l.deed)}</b> · {tOf('audit.on', l.kind)} <span className="quiet">{moment(l.at)}</span>
            <p className="quiet">
              <button type="button" className="plain" title={t('audit.only')} onClick={() => set('firm')(l.firm_id)}>{l.enterprise}</button>
              {l.person && <button type="button" className="plain" title={t('audit.onlyPerson')} onClick={() => set('actor')(l.person_id)}>{l.person}</button>}
            </p>
          </div>
        </article>
      ))}
      {list.hasNextPage && <button type="button" className="wide" onClick={() => void list.fetchNextPage()}>{t('app.more')}</button>}
    </>
  )
}
