import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'
import { api, ok, type Listing } from '../api'
import { inDays, t, tOf } from '../text'
import { Empty, Fault, Loading, Side } from '../ui/ui'

const states = ['', 'live', 'draft', 'waiting', 'returned', 'expired', 'closed']

export function MyListings() {
  const [search, setSearch] = useSearchParams()
  const status = search.get('status') ?? ''
  const list = useInfiniteQuery({
    queryKey: ['listings', status], initialPageParam: '',
    queryFn: ({ pageParam }) => ok(api.GET('/api/my/listings', { params: { query: { status: status as never, after: pageParam || undefined } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const items = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <section>
      <h1>{t('app.nav.listings')}</h1>
      <div className="tabs">
        {states.map((s) => <button key={s} type="button" aria-pressed={s === status} onClick={() => setSearch(s ? { status: s } : {})}>{s ? tOf('app.status', s) : t('app.all')}</button>)}
      </div>
      {list.isPending && <Loading />}
      <Fault error={list.error} />
      {list.isSuccess && items.length === 0 && (
        <Empty title={t('app.listings.none')}>
          <p><Link className="primary" to="/listings/new?side=need">{t('app.postNeed')}</Link> <Link className="button" to="/listings/new?side=supply">{t('app.postSupply')}</Link></p>
        </Empty>
      )}
      {items.map((l) => <Row key={l.id} listing={l} />)}
      {list.hasNextPage && <button type="button" className="wide" onClick={() => void list.fetchNextPage()}>{t('app.more')}</button>}
    </section>
  )
}

function Row({ listing: l }: { listing: Listing }) {
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: ['listings'] })
  const params = { path: { id: l.id }, header: { 'If-Match': `"${l.rev}"` } }
  const close = useMutation({ mutationFn: () => ok(api.POST('/api/listings/{id}/close', { params })), onSettled: refresh })
  const renew = useMutation({ mutationFn: () => ok(api.POST('/api/listings/{id}/renew', { params, body: { valid_until: inDays(90) } })), onSettled: refresh })
  const remove = useMutation({ mutationFn: () => ok(api.DELETE('/api/listings/{id}', { params })), onSettled: refresh })
  return (
    <article className="card line">
      <Side side={l.side} />
      <div className="grow">
        <h2><Link to={`/listings/${l.id}/edit`}>{l.title || t('app.untitled')}</Link></h2>
        <p className="quiet">{tOf('app.status', l.status)}{l.valid_until && ` · ${t('app.until', l.valid_until)}`}{l.quantity.amount && l.quantity.amount !== '0' && ` · ${l.quantity.amount} ${l.quantity.unit}`}</p>
        {l.reason && (l.status === 'returned' || l.status === 'suspended') && <p className="held">{t('app.listing.reason', l.reason)}</p>}
        {l.mends && l.mends.length > 0 && (
          <div className="mends">
            <h3>{t('mend.title')}</h3>
            <ul>{l.mends.map((m) => <li key={m.text}>{m.text}</li>)}</ul>
            <Link to={`/listings/${l.id}/edit`}>{t('mend.edit')}</Link>
          </div>
        )}
        <Fault error={close.error ?? renew.error ?? remove.error} />
      </div>
      <div className="acts">
        {l.status === 'live' && <Link className="button" to={`/proposals?listing=${l.id}`}>{t('app.proposalsOf', l.proposals_open ?? 0)}</Link>}
        {l.status === 'live' && <a className="button" href={`/listings/${l.id}`}>{t('app.view')}</a>}
        {(l.status === 'returned' || l.status === 'suspended') && <Link className="primary" to={`/listings/${l.id}/edit`}>{t('app.listing.mend')}</Link>}
        {(l.status === 'live' || l.status === 'waiting') && <button type="button" onClick={() => close.mutate()}>{t('app.close')}</button>}
        {(l.status === 'expired' || l.status === 'closed') && <button type="button" onClick={() => renew.mutate()}>{t('app.renew')}</button>}
        {l.status === 'draft' && <button type="button" onClick={() => remove.mutate()}>{t('app.delete')}</button>}
      </div>
    </article>
  )
}
