import { useState } from 'react'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'
import { api, ok, type Proposal } from '../api'
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
  const [told, setTold] = useState<Told | null>(null)
  return (
    <section>
      <div className="head">
        <h1>{t('app.nav.proposals')}</h1>
        {rules.data && <Link to="/preferences">{suggested ? t('app.prefer.suggested', suggested) : t('app.prefer')}</Link>}
      </div>
      <div className="tabs">
        {views.map((v) => <button key={v} type="button" aria-pressed={v === view} onClick={() => setSearch({ ...(listing ? { listing } : {}), view: v })}>{tOf('app.view', v)}</button>)}
      </div>
      {listing && <Only id={listing} posted={search.get('posted') === '1'} found={items.length > 0} />}
      {told && <Done told={told} />}
      {view === 'along' && <Along />}
      {list.isPending && <Loading />}
      <Fault error={list.error} />
      {list.isSuccess && items.length === 0 && !search.get('posted') && (
        <Empty title={tOf('app.proposals.none', view)}>
          {view === 'open' && <p>{t('app.proposals.hint')}</p>}
          {view === 'along' && <p>{t('app.along.hint')}</p>}
          {view === 'open' && <p><Link className="primary" to="/listings/new?side=need">{t('app.postNeed')}</Link> <Link className="button" to="/listings/new?side=supply">{t('app.postSupply')}</Link></p>}
        </Empty>
      )}
      <div aria-live="polite">{items.map((p) => <ProposalCard key={p.id} proposal={p} onAnswered={(answer) => setTold({ answer, firm: theirs(p).enterprise.name, both: p.other_interested })} />)}</div>
      {list.hasNextPage && <button type="button" className="wide" onClick={() => void list.fetchNextPage()}>{t('app.more')}</button>}
    </section>
  )
}

interface Told { answer: string; firm: string; both: boolean }

const theirs = (p: Proposal) => (p.my_side === 'need' ? p.supply : p.need)

/** What an answer did, and where it goes on. */
function Done({ told }: { told: Told }) {
  const yes = told.answer === 'interested'
  return (
    <p className="good done" role="status">
      {t(yes ? (told.both ? 'app.done.both' : 'app.done.asked') : told.answer === 'unfit' ? 'app.done.unfit' : 'app.done.veto', told.firm)}
      {' '}
      <Link to={yes ? `/introductions?view=${told.both ? 'agreed' : 'sent'}` : told.answer === 'unfit' ? '/preferences' : '/introductions?view=closed'}>
        {t(yes ? (told.both ? 'app.talk.seeContact' : 'app.talk.see') : told.answer === 'unfit' ? 'app.prefer' : 'app.vetoes')}
      </Link>
    </p>
  )
}

/** The proposals of one listing; right after posting also what happens next. */
function Only({ id, posted, found }: { id: string; posted: boolean; found: boolean }) {
  const listing = useQuery({ queryKey: ['listing', id], queryFn: () => ok(api.GET('/api/listings/{id}', { params: { path: { id } } })) })
  const title = listing.data?.title
  if (!title) return <Fault error={listing.error} />
  return (
    <div className={posted ? 'good done' : 'card line'} role="status">
      <p className="grow">{posted ? <b>{t('app.posted', title)}</b> : t('app.proposals.only', title)}{posted && <> {t(found ? 'app.posted.found' : 'app.posted.wait')}</>}</p>
      <p className="acts"><a className="button" href={`/listings/${id}`}>{t('app.view')}</a> <Link className="button" to="/proposals">{t('app.proposals.all')}</Link></p>
    </div>
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
