import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, ok, type Review } from '../api'
import { moment, t, tOf } from '../text'
import { Empty, Fault, Firm, Loading, Side, Total } from '../ui/ui'
import { Judge } from './Judge'

const kinds = ['enterprise', 'listing', 'claim', 'honour'] as const

/** What waits to be read, oldest first, with what the machine noticed. */
export function Reviews() {
  const [search] = useSearchParams()
  const kind = kinds.find((k) => k === search.get('kind'))
  const list = useInfiniteQuery({
    queryKey: ['reviews', kind], initialPageParam: '', refetchInterval: 30_000,
    queryFn: ({ pageParam }) => ok(api.GET('/api/operator/reviews', { params: { query: { kind, after: pageParam || undefined } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const [chosen, setChosen] = useState<Set<string>>(new Set())
  const items = list.data?.pages.flatMap((p) => p.items) ?? []
  const simple = items.filter(batched)
  return (
    <>
      <h1>{kind ? tOf('overview.wait', kind) : t('app.desk.reviews')} <Total n={list.data?.pages[0]?.total} /></h1>
      {items.length > 0 && <p className="acts gap"><a className="button" href={`/api/operator/reviews.xlsx${kind ? `?kind=${kind}` : ''}`}>{t('app.ledger.xlsx')}</a></p>}
      {kind && <p className="aside"><Link to="/operator/reviews">{t('reviews.all')}</Link></p>}
      {list.isPending && <Loading />}
      <Fault error={list.error} />
      {list.isSuccess && items.length === 0 && <Empty title={t('app.reviews.none')}><p>{t('app.reviews.noneHint')}</p></Empty>}
      {simple.length > 1 && <Batch clean={simple.filter((r) => r.findings.length === 0).map((r) => r.id)} chosen={simple.filter((r) => chosen.has(r.id)).map((r) => r.id)} choose={(ids) => setChosen(new Set(ids))} />}
      {items.map((r) => <Item key={r.id} review={r} chosen={simple.length > 1 && batched(r) ? chosen.has(r.id) : undefined} choose={(on) => setChosen((old) => new Set(on ? [...old, r.id] : [...old].filter((x) => x !== r.id)))} />)}
      {list.hasNextPage && <button type="button" className="wide" onClick={() => void list.fetchNextPage()}>{t('app.more')}</button>}
    </>
  )
}

/** What may be approved with others: a firm and a claim need words of their own. */
const batched = (r: Review) => r.kind === 'listing' || r.kind === 'honour'

/** Approves what was read, one after the other, and says how far it is. */
function Batch({ clean, chosen, choose }: { clean: string[]; chosen: string[]; choose: (ids: string[]) => void }) {
  const queries = useQueryClient()
  const [done, setDone] = useState(0)
  const approve = useMutation({
    mutationFn: async (ids: string[]) => {
      const failed: string[] = []
      setDone(0)
      for (const id of ids) {
        await ok(api.POST('/api/operator/reviews/{id}/decide', { params: { path: { id } }, body: { status: 'approved' } })).catch(() => failed.push(id))
        setDone((n) => n + 1)
      }
      return { good: ids.length - failed.length, failed }
    },
    onSuccess: (r) => choose(r.failed),
    onSettled: () => queries.invalidateQueries({ queryKey: ['reviews'] }),
  })
  return (
    <div className="card line-block acts">
      {clean.length > 0 && <button type="button" onClick={() => choose(clean)} disabled={approve.isPending}>{t('reviews.selectClean', clean.length)}</button>}
      <button type="button" className="primary" disabled={chosen.length === 0 || approve.isPending} onClick={() => approve.mutate(chosen)}>{t('reviews.approve', chosen.length)}</button>
      {approve.isPending && <span role="status">{t('reviews.progress', done, approve.variables.length)}</span>}
      {approve.data && !approve.isPending && <span role="status" className="quiet">{t('reviews.done', approve.data.good)} {approve.data.failed.length > 0 && t('reviews.failed', approve.data.failed.length)}</span>}
    </div>
  )
}

function Item({ review: r, chosen, choose }: { review: Review; chosen?: boolean; choose: (on: boolean) => void }) {
  const e = r.enterprise
  const firm = { id: e.id, name: e.name, level: e.verified.level, honours: e.honours.filter((h) => !h.own && !h.ended).map((h) => h.kind) }
  return (
    <article className="card talk">
      <header className="talk-head">{chosen !== undefined && <input type="checkbox" aria-label={`${t('reviews.select')} ${r.listing?.title ?? e.name}`} checked={chosen} onChange={(x) => choose(x.target.checked)} />}<span className="state waiting">{tOf('app.review', r.kind)}</span><Firm firm={firm} /><span className="quiet">{moment(r.asked_at)}</span></header>
      <div className="talk-body">
        {r.listing ? (
          <>
            <p className="subject"><Side side={r.listing.side} /> <b>{r.listing.title}</b></p>
            <p className="quiet">{[r.listing.class?.name, r.listing.product, r.listing.quantity.amount && `${r.listing.quantity.amount} ${r.listing.quantity.unit}`, r.listing.region?.name].filter(Boolean).join(' · ')}</p>
            {r.listing.specs.length > 0 && <p className="quiet">{r.listing.specs.map((s) => `${s.name} ${s.value}${s.value2 ? '–' + s.value2 : ''} ${s.unit}`).join('；')}</p>}
            {r.listing.text && <blockquote>{r.listing.text}</blockquote>}
            {r.listing.images.length > 0 && <p className="thumbs">{r.listing.images.map((x, n) => <a key={x.id} href={x.url} target="_blank" rel="noreferrer"><img src={x.url} alt={t('reviews.image', n + 1)} loading="lazy" /></a>)}</p>}
          </>
        ) : r.honour ? (
          <>
            <p className="subject"><b>{tOf('honour', r.honour.kind)}</b> {r.honour.rank && tOf('record.rank', r.honour.rank)}</p>
            <p className="quiet">{[r.honour.number, r.honour.year && t('app.year', String(r.honour.year)), r.honour.until && t('record.untilDay', r.honour.until)].filter(Boolean).join(' · ')}</p>
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
