import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'
import { api, ok, type Listing } from '../api'
import { amountOf, inDays, priceOf, t, tOf } from '../text'
import { Sure } from '../ui/Sure'
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
      <div className="head">
        <h1>{t('app.nav.listings')}</h1>
        <div className="acts"><Link className="primary" to="/listings/new?side=need">{t('app.postNeed')}</Link> <Link className="button" to="/listings/new?side=supply">{t('app.postSupply')}</Link></div>
      </div>
      <div className="tabs">
        {states.map((s) => <button key={s} type="button" aria-pressed={s === status} onClick={() => setSearch(s ? { status: s } : {})}>{s ? tOf('app.status', s) : t('app.all')}</button>)}
      </div>
      {list.isPending && <Loading />}
      <Fault error={list.error} />
      {list.isSuccess && items.length === 0 && (
        <Empty title={status ? t('app.listings.noneOf', tOf('app.status', status)) : t('app.listings.none')}>
          {status && <p><button type="button" onClick={() => setSearch({})}>{t('app.all')}</button></p>}
        </Empty>
      )}
      {items.map((l) => <Row key={l.id} listing={l} />)}
      {list.hasNextPage && <button type="button" className="wide" onClick={() => void list.fetchNextPage()}>{t('app.more')}</button>}
    </section>
  )
}

const soon = 14 // days before the end of a listing in which it can be extended with one tap

function Row({ listing: l }: { listing: Listing }) {
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: ['listings'] })
  const params = { path: { id: l.id }, header: { 'If-Match': `"${l.rev}"` } }
  const close = useMutation({ mutationFn: () => ok(api.POST('/api/listings/{id}/close', { params })), onSettled: refresh })
  const renew = useMutation({ mutationFn: () => ok(api.POST('/api/listings/{id}/renew', { params, body: { valid_until: inDays(90) } })), onSettled: refresh })
  const remove = useMutation({ mutationFn: () => ok(api.DELETE('/api/listings/{id}', { params })), onSettled: refresh })
  const live = l.status === 'live'
  const renewable = l.status === 'expired' || l.status === 'closed' || (live && l.valid_until <= inDays(soon))
  return (
    <article className="card line">
      <Side side={l.side} />
      <div className="grow">
        <h2><Link to={`/listings/${l.id}/edit`}>{l.title || t('app.untitled')}</Link></h2>
        <p className="quiet"><span className={`state ${l.status}`}>{tOf('app.status', l.status)}</span> {[l.valid_until && t('app.until', l.valid_until), amountOf(l.quantity), priceOf(l.price)].filter(Boolean).join(' · ')}</p>
        {l.reason && (l.status === 'returned' || l.status === 'suspended') && <p className="held">{t('app.listing.reason', l.reason)}</p>}
        {l.mends && l.mends.length > 0 && (
          <details className="mends" open={live && !l.proposals_open}>
            <summary>{t('mend.title')} <span className="quiet">{t('mend.count', l.mends.length)}</span></summary>
            <ul>{l.mends.map((m) => <li key={m.text}>{m.text}</li>)}</ul>
            <Link to={`/listings/${l.id}/edit`}>{t('mend.edit')}</Link>
          </details>
        )}
        <Fault error={close.error ?? renew.error ?? remove.error} />
      </div>
      <div className="acts">
        {live && !!l.quotes && <Link className="primary" to={`/quotes/${l.id}`}>{t('app.quotesOf', l.quotes)}</Link>}
        {live && <Link className="button" to={`/proposals?listing=${l.id}`}>{t('app.proposalsOf', l.proposals_open ?? 0)}</Link>}
        {live && <a className="button" href={`/listings/${l.id}`}>{t('app.view')}</a>}
        {(l.status === 'returned' || l.status === 'suspended') && <Link className="primary" to={`/listings/${l.id}/edit`}>{t('app.listing.mend')}</Link>}
        {renewable && <button type="button" onClick={() => renew.mutate()} disabled={renew.isPending}>{t('app.renew')}</button>}
        {(l.status === 'expired' || l.status === 'closed') && <Link className="button" to={`/listings/new?side=${l.side}&like=${l.id}`}>{t('app.again')}</Link>}
        {(live || l.status === 'waiting') && <Sure ask={t('app.close.sure')} onSure={() => close.mutate()}>{t('app.close')}</Sure>}
        {l.status === 'draft' && <Link className="primary" to={`/listings/${l.id}/edit`}>{t('app.draft.go')}</Link>}
        {l.status === 'draft' && <Sure ask={t('app.delete.sure')} onSure={() => remove.mutate()}>{t('app.delete')}</Sure>}
      </div>
    </article>
  )
}
