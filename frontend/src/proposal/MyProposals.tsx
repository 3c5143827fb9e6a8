import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'
import { api, ok } from '../api'
import { t, tOf } from '../text'
import { Empty, Fault, Loading } from '../ui/ui'
import { ProposalCard } from './ProposalCard'

const views = ['open', 'along', 'answered', 'closed'] as const

/** The proposals of one's firm; new ones appear by themselves. */
export function MyProposals() {
  const [search, setSearch] = useSearchParams()
  const view = views.find((v) => v === search.get('view')) ?? 'open'
  const listing = search.get('listing') ?? undefined
  const list = useInfiniteQuery({
    queryKey: ['proposals', view, listing], initialPageParam: '',
    queryFn: ({ pageParam }) => ok(api.GET('/api/my/proposals', { params: { query: { view, listing, after: pageParam || undefined } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const rules = useQuery({ queryKey: ['preferences'], queryFn: () => ok(api.GET('/api/my/preferences')) })
  const suggested = rules.data?.items.filter((r) => r.status === 'suggested').length ?? 0
  const items = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <section>
      <h1>{t('app.nav.proposals')}</h1>
      <div className="tabs">
        {views.map((v) => <button key={v} type="button" aria-pressed={v === view} onClick={() => setSearch({ ...(listing ? { listing } : {}), view: v })}>{tOf('app.view', v)}</button>)}
        {rules.data && <Link className="rules" to="/preferences">{suggested ? t('app.prefer.suggested', suggested) : t('app.prefer')}</Link>}
      </div>
      {view === 'along' && <Along />}
      {list.isPending && <Loading />}
      <Fault error={list.error} />
      {list.isSuccess && items.length === 0 && (
        <Empty title={tOf('app.proposals.none', view)}>
          {view === 'open' && <p>{t('app.proposals.hint')}</p>}
          {view === 'along' && <p>{t('app.along.hint')}</p>}
          {view === 'open' && <p><Link className="primary" to="/listings/new?side=need">{t('app.postNeed')}</Link> <Link className="button" to="/listings/new?side=supply">{t('app.postSupply')}</Link></p>}
        </Empty>
      )}
      <div aria-live="polite">{items.map((p) => <ProposalCard key={p.id} proposal={p} />)}</div>
      {list.hasNextPage && <button type="button" className="wide" onClick={() => void list.fetchNextPage()}>{t('app.more')}</button>}
    </section>
  )
}

/** What potential proposals are, and the switch to have none. */
function Along() {
  const queries = useQueryClient()
  const choice = useQuery({ queryKey: ['matching'], queryFn: () => ok(api.GET('/api/enterprise/matching')) })
  const set = useMutation({
    mutationFn: (potential: boolean) => ok(api.PUT('/api/enterprise/matching', { body: { potential } })),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['matching'] })
      void queries.invalidateQueries({ queryKey: ['proposals'] })
    },
  })
  return (
    <div className="card line">
      <p className="quiet grow">{t('app.along.about')}</p>
      <label><input type="checkbox" checked={choice.data?.potential ?? true} disabled={!choice.data || set.isPending} onChange={(e) => set.mutate(e.target.checked)} /> {t('app.along.switch')}</label>
      <Fault error={choice.error ?? set.error} />
    </div>
  )
}
