import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ok, type Me } from '../api'
import { t, tOf } from '../text'
import { Handed } from '../ui/Handed'
import { RegionSelect } from '../ui/RegionSelect'
import { Empty, Fault, Loading, Select } from '../ui/ui'

type Role = 'operator' | 'reviewer' | 'viewer'

/** Who holds which office, and links to new ones. */
export default function Officers({ me }: { me: Me }) {
  const queries = useQueryClient()
  const admin = me.roles.includes('admin')
  const list = useInfiniteQuery({
    queryKey: ['officers'], initialPageParam: '',
    queryFn: ({ pageParam }) => ok(api.GET('/api/operator/officers', { params: { query: { after: pageParam || undefined, limit: 100 } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const end = useMutation({
    mutationFn: (body: { user_id: string; role: Role; scope: string }) => ok(api.POST('/api/operator/officers/dismiss', { body })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['officers'] }),
  })
  const items = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <>
      <h1>{t('office')}</h1>
      <p className="aside">{t(admin ? 'office.hint' : 'office.hintOperator')}</p>
      <Appoint roles={admin ? ['operator', 'reviewer', 'viewer'] : ['reviewer']} />
      {list.isPending && <Loading />}
      <Fault error={list.error ?? end.error} />
      {items.length > 0 && <p className="acts gap"><a className="button" href="/api/operator/officers.xlsx">{t('app.ledger.xlsx')}</a></p>}
      {list.isSuccess && items.length === 0 && <Empty title={t('office.none')} />}
      {items.map((o) => (
        <article className="card line" key={o.user_id + o.role + o.scope}>
          <div><b>{o.name}</b> <span className="quiet">{o.login}</span><p>{tOf('app.role', o.role)} · {o.of || o.scope}</p></div>
          <button type="button" disabled={end.isPending} onClick={() => end.mutate({ user_id: o.user_id, role: o.role, scope: o.scope })}>{t('office.dismiss')}</button>
        </article>
      ))}
      {list.hasNextPage && <button type="button" className="wide" onClick={() => void list.fetchNextPage()}>{t('app.more')}</button>}
    </>
  )
}

function Appoint({ roles }: { roles: Role[] }) {
  const [role, setRole] = useState<Role>(roles[0]!)
  const [chosen, setChosen] = useState<string[]>([])
  const [place, setPlace] = useState('')
  const clusters = useQuery({ queryKey: ['operated'], queryFn: () => ok(api.GET('/api/operator/clusters')) })
  const scope = role === 'viewer' ? (place ? [place] : []) : chosen
  const make = useMutation({ mutationFn: () => ok(api.POST('/api/operator/officers', { body: { role, scope } })) })
  const change = () => make.reset()
  return (
    <form className="card line-block" noValidate onSubmit={(e) => { e.preventDefault(); make.mutate() }} onChange={change}>
      <Select label={t('office.role')} value={role} onChange={(r) => setRole(r as Role)} options={roles.map((r) => ({ value: r, name: tOf('app.role', r) }))} />
      {role === 'viewer' ? (
        <>
          <RegionSelect value={place} onChange={setPlace} />
          <p className="field-hint">{t('office.place.hint')}</p>
        </>
      ) : (
        <fieldset className="field checks">
          <legend>{t('office.clusters')}</legend>
          {clusters.data?.items.map((c) => (
            <label key={c.id}><input type="checkbox" checked={chosen.includes(c.id)} onChange={(e) => setChosen((list) => (e.target.checked ? [...list, c.id] : list.filter((x) => x !== c.id)))} /> {c.name}</label>
          ))}
        </fieldset>
      )}
      <Fault error={clusters.error ?? make.error} />
      <button className="primary" disabled={make.isPending || scope.length === 0}>{t('office.make')}</button>
      {make.data && <Handed url={make.data.url} until={make.data.expires_at} />}
    </form>
  )
}
