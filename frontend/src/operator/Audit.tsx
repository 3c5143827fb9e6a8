import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { useSearchParams } from 'react-router'
import { api, ok } from '../api'
import { moment, t, tOf } from '../text'
import { Combo } from '../ui/Combo'
import { Empty, Fault, Input, Loading, Select } from '../ui/ui'

const kinds = ['listing', 'enterprise', 'introduction', 'proposal', 'outcome', 'user', 'fair', 'plan', 'claim', 'image', 'message', 'attachment', 'evidence'] as const

/** Who did what for which firm of one's clusters, newest first. */
export function Audit() {
  const [search, setSearch] = useSearchParams()
  const [form, setForm] = useState({ kind: search.get('kind') ?? '', from: search.get('from') ?? '', to: search.get('to') ?? '' })
  const query = Object.fromEntries([...search].filter(([, v]) => v)) as { kind?: (typeof kinds)[number]; from?: string; to?: string; enterprise?: string }
  const list = useInfiniteQuery({
    queryKey: ['audit', query], initialPageParam: '',
    queryFn: ({ pageParam }) => ok(api.GET('/api/operator/audit', { params: { query: { ...query, after: pageParam || undefined, limit: 50 } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const items = list.data?.pages.flatMap((p) => p.items) ?? []
  const set = (name: keyof typeof form) => (value: string) => setForm((f) => ({ ...f, [name]: value }))
  return (
    <>
      <h1>{t('audit')}</h1>
      <form className="row ledger-filter" onSubmit={(e) => { e.preventDefault(); setSearch(Object.fromEntries(Object.entries({ ...form, enterprise: query.enterprise ?? '' }).filter(([, v]) => v))) }}>
        <Select label={t('audit.kind')} value={form.kind} onChange={set('kind')} options={[{ value: '', name: t('app.all') }, ...kinds.map((k) => ({ value: k, name: tOf('audit.kind', k) }))]} />
        <Input label={t('app.ledger.from')} value={form.from} onChange={set('from')} type="date" />
        <Input label={t('app.ledger.to')} value={form.to} onChange={set('to')} type="date" />
        <button className="row-act">{t('app.ledger.show')}</button>
      </form>
      <FirmSearch take={(enterprise) => setSearch((old) => ({ ...Object.fromEntries(old), enterprise }))} />
      <p><a className="button" href={`/api/operator/audit/export?${new URLSearchParams(query)}`}>{t('audit.export')}</a> {query.enterprise && <button type="button" className="plain" onClick={() => setSearch({})}>{t('audit.allFirms')}</button>}</p>
      {list.isPending && <Loading />}
      <Fault error={list.error} />
      {list.isSuccess && items.length === 0 && <Empty title={t('audit.none')} />}
      {items.length > 0 && (
        <div className="card scroll" tabIndex={0} role="region" aria-label={t('audit')}>
          <table>
            <thead><tr><th scope="col">{t('audit.at')}</th><th scope="col">{t('audit.user')}</th><th scope="col">{t('audit.firm')}</th><th scope="col">{t('audit.deed')}</th></tr></thead>
            <tbody>
              {items.map((x, i) => (
                <tr key={i}>
                  <td>{moment(x.at)}</td><td>{x.user || '—'}</td>
                  <td><button type="button" className="plain" onClick={() => setSearch({ enterprise: x.enterprise.id })}>{x.enterprise.name}</button></td>
                  <td>{tOf('audit.deed', x.deed)} <span className="quiet">{tOf('audit.kind', x.kind)}</span></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && <button type="button" className="wide" onClick={() => void list.fetchNextPage()}>{t('app.more')}</button>}
    </>
  )
}

/** Narrows the lines to one firm, found by its name or code. */
function FirmSearch({ take }: { take: (id: string) => void }) {
  const [text, setText] = useState('')
  const word = useDeferredValue(text.trim())
  const found = useQuery({ queryKey: ['firmsNamed', word], enabled: word.length > 1, queryFn: () => ok(api.GET('/api/operator/enterprises', { params: { query: { q: word } } })) })
  return (
    <Combo label={t('app.firms.search')} list={t('audit.firm')} none={t('audit.noFirm')} searching={found.isFetching || word !== text.trim() || word.length < 2}
      text={text} onText={setText} found={(found.data?.items ?? []).slice(0, 8).map((e) => ({ id: e.id, name: e.name, note: e.cluster?.name ?? '' }))} take={(o) => { take(o.id); setText('') }} />
  )
}
