import { useInfiniteQuery } from '@tanstack/react-query'
import { api, ok, type Review } from '../api'
import { moment, t, tOf } from '../text'
import { Empty, Fault, Firm, Loading, Side } from '../ui/ui'
import { Judge } from './Judge'

/** What waits to be read, oldest first, with what the machine noticed. */
export function Reviews() {
  const list = useInfiniteQuery({
    queryKey: ['reviews'], initialPageParam: '', refetchInterval: 30_000,
    queryFn: ({ pageParam }) => ok(api.GET('/api/operator/reviews', { params: { query: { after: pageParam || undefined } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const items = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <>
      <h1>{t('app.desk.reviews')}</h1>
      {list.isPending && <Loading />}
      <Fault error={list.error} />
      {list.isSuccess && items.length === 0 && <Empty title={t('app.reviews.none')}><p>{t('app.reviews.noneHint')}</p></Empty>}
      {items.map((r) => <Item key={r.id} review={r} />)}
      {list.hasNextPage && <button type="button" className="wide" onClick={() => void list.fetchNextPage()}>{t('app.more')}</button>}
    </>
  )
}

function Item({ review: r }: { review: Review }) {
  const e = r.enterprise
  const firm = { id: e.id, name: e.name, level: e.verified.level, honours: e.honours.filter((h) => !h.own && !h.ended).map((h) => h.kind) }
  return (
    <article className="card talk">
      <header className="talk-head"><span className="state waiting">{tOf('app.review', r.kind)}</span><Firm firm={firm} /><span className="quiet">{moment(r.asked_at)}</span></header>
      <div className="talk-body">
        {r.listing ? (
          <>
            <p className="subject"><Side side={r.listing.side} /> <b>{r.listing.title}</b></p>
            <p className="quiet">{[r.listing.class?.name, r.listing.product, r.listing.quantity.amount && `${r.listing.quantity.amount} ${r.listing.quantity.unit}`, r.listing.region?.name].filter(Boolean).join(' · ')}</p>
            {r.listing.specs.length > 0 && <p className="quiet">{r.listing.specs.map((s) => `${s.name} ${s.value}${s.value2 ? '–' + s.value2 : ''} ${s.unit}`).join('；')}</p>}
            {r.listing.text && <blockquote>{r.listing.text}</blockquote>}
          </>
        ) : r.honour ? (
          <>
            <p className="subject"><b>{tOf('honour', r.honour.kind)}</b> {r.honour.rank && tOf('record.rank', r.honour.rank)}</p>
            <p className="quiet">{[r.honour.number, r.honour.year && t('page.year', String(r.honour.year)), r.honour.until && t('record.untilDay', r.honour.until)].filter(Boolean).join(' · ')}</p>
            <p>{r.honour.evidence ? <a className="button" href={`/api/evidence/${r.honour.evidence}`}>{t('record.evidence.see')}</a> : <span className="quiet">{t('record.evidence.none')}</span>}</p>
          </>
        ) : (
          <>
          {r.claimant && <p><b>{t('app.claim.by', r.claimant.name, r.claimant.login)}</b></p>}
          <dl className="plain-facts">
            <div><dt>{t('app.uscc')}</dt><dd>{e.uscc || t('app.none')}</dd></div>
            <div><dt>{t('app.kind')}</dt><dd>{tOf('app.kind', e.kind)}</dd></div>
            <div><dt>{t('app.region')}</dt><dd>{e.region.name}</dd></div>
            <div><dt>{t('app.cluster')}</dt><dd>{e.cluster?.name ?? t('app.none')}</dd></div>
            <div><dt>{t('app.products')}</dt><dd>{e.main_products || t('app.none')}</dd></div>
          </dl>
          </>
        )}
        {r.findings.length > 0 && <ul className="findings" aria-label={t('app.findings')}>{r.findings.map((f, i) => <li key={i}>{f.text}</li>)}</ul>}
      </div>
      <Judge of={r.kind} acts={r.kind === 'honour' ? ['returned', 'approved'] : undefined} send={(body) => ok(api.POST('/api/operator/reviews/{id}/decide', { params: { path: { id: r.id } }, body }))} />
    </article>
  )
}
