import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { actingFor, api, ok } from '../api'
import { day, t, tOf } from '../text'
import { Handed } from '../ui/Handed'
import { Fault, Field, Firm, Input, Loading, Select, Total } from '../ui/ui'
import { Judge } from './Judge'

const shows = ['known', 'unclaimed'] as const

/** The firms of one's clusters: who stands behind them, and what to do about it. */
export function Firms() {
  const [q, setQ] = useState('')
  const asked = useDeferredValue(q.trim())
  const [search, setSearch] = useSearchParams()
  const cluster = search.get('cluster') || undefined
  const show = shows.find((s) => s === search.get('show'))
  const choose = (name: string) => (value: string) => setSearch((old) => Object.fromEntries([...old].filter(([k]) => k !== name).concat(value ? [[name, value]] : [])))
  const clusters = useQuery({ queryKey: ['operated'], queryFn: () => ok(api.GET('/api/operator/clusters')) })
  const list = useInfiniteQuery({
    queryKey: ['firms', asked, cluster, show], initialPageParam: '',
    queryFn: ({ pageParam }) => ok(api.GET('/api/operator/enterprises', { params: { query: { q: asked || undefined, cluster, show, after: pageParam || undefined } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const items = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <>
      <h1>{t('app.desk.firms')} <Total n={list.data?.pages[0]?.total} /></h1>
      <ResetLink />
      <p className="acts gap"><a className="button" href={`/api/operator/enterprises.xlsx?${new URLSearchParams({ ...(asked && { q: asked }), ...(cluster && { cluster }), ...(show && { show }) })}`}>{t('firms.export')}</a><Link className="button" to="/operator/intake">{t('intake')}</Link></p>
      <div className="row filters">
        <Field label={t('app.firms.search')}>{(p) => <input {...p} type="search" value={q} onChange={(e) => setQ(e.target.value)} />}</Field>
        <Select label={t('firms.show')} value={show ?? ''} onChange={choose('show')} options={[{ value: '', name: t('app.all') }, ...shows.map((s) => ({ value: s, name: tOf('firms.show', s) }))]} />
        {(clusters.data?.items.length ?? 0) > 1 && <Select label={t('app.cluster')} value={cluster ?? ''} onChange={choose('cluster')} options={[{ value: '', name: t('app.all') }, ...clusters.data!.items.map((c) => ({ value: c.id, name: c.name }))]} />}
      </div>
      {list.isPending && <Loading />}
      <Fault error={list.error} />
      {items.map((e) => (
        <article className="card talk" key={e.id}>
          <header className="talk-head">
            {e.standing !== 'active' && <span className={`state ${e.standing}`}>{tOf('app.standing', e.standing)}</span>}
            <Firm firm={{ id: e.id, name: e.name, level: e.verified.level, honours: e.honours.filter((h) => !h.own && !h.ended).map((h) => h.kind) }} />
            <span className="quiet">{e.cluster?.name}</span>
          </header>
          <div className="talk-body">
            <p className="quiet">{e.verified.at ? t('app.verified.line', e.verified.by, day(e.verified.at), e.verified.basis) : e.main_products}</p>
            {e.reason && <p className="held">{e.reason}</p>}
          </div>
          <Judge of="enterprise" known={e.verified.level !== 'unverified'} acts={e.standing === 'suspended' ? ['approved'] : ['suspended', 'approved']}
            send={(body) => ok(api.POST('/api/operator/enterprises/{id}/decide', { params: { path: { id: e.id } }, body }))}>
            {e.standing !== 'suspended' && <button type="button" onClick={() => actingFor.begin(e.id)}>{t('app.behalf.begin')}</button>}
            <ClaimLink id={e.id} />
          </Judge>
        </article>
      ))}
      {list.hasNextPage && <button type="button" className="wide" onClick={() => void list.fetchNextPage()}>{t('app.more')}</button>}
    </>
  )
}

/** Hands a record that nobody owns to its firm. */
function ClaimLink({ id }: { id: string }) {
  const make = useMutation({ mutationFn: () => ok(api.POST('/api/operator/enterprises/{id}/claim-link', { params: { path: { id } } })) })
  return (
    <>
      {!make.data && <button type="button" onClick={() => make.mutate()} disabled={make.isPending}>{t('app.claim.link')}</button>}
      <Fault error={make.error} />
      {make.data && <Handed url={make.data.url} until={make.data.expires_at} />}
    </>
  )
}

function ResetLink() {
  const [login, setLogin] = useState('')
  const make = useMutation({ mutationFn: () => ok(api.POST('/api/operator/reset-links', { body: { login } })) })
  const drop = useMutation({ mutationFn: () => ok(api.POST('/api/operator/reset-totp', { body: { login } })) })
  return (
    <details className="card line-block">
      <summary>{t('app.reset.make')}</summary>
      <form className="row" onSubmit={(e) => { e.preventDefault(); make.mutate() }}>
        <Input label={t('app.login')} value={login} onChange={setLogin} />
        <button className="primary row-act" disabled={make.isPending}>{t('app.reset.makeLink')}</button>
        <button type="button" className="row-act" disabled={drop.isPending} onClick={() => drop.mutate()}>{t('app.totp.reset')}</button>
      </form>
      <Fault error={make.error ?? drop.error} />
      {drop.isSuccess && <p className="good" role="status">{t('app.totp.resetDone')}</p>}
      {make.data && <Handed url={make.data.url} until={make.data.expires_at} />}
    </details>
  )
}
