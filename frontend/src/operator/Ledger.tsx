import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { api, ok } from '../api'
import { money, saidOf, t, tOf } from '../text'
import { Empty, Fault, Input, Loading, Select, Total } from '../ui/ui'

const stages = ['contact', 'sample', 'trial', 'contract', 'delivered', 'reorder']
const strengths = ['claimed', 'confirmed', 'seen']

/** The association's figures: every outcome counted once, by how well it stands. */
export function Ledger({ acts }: { acts: boolean }) {
  const queries = useQueryClient()
  const [search, setSearch] = useSearchParams()
  const [form, setForm] = useState({ cluster: search.get('cluster') ?? '', from: search.get('from') ?? '', to: search.get('to') ?? '', strength: search.get('strength') ?? '' })
  const query = Object.fromEntries([...search].filter(([, v]) => v))
  const clusters = useQuery({ queryKey: ['operated'], queryFn: () => ok(api.GET('/api/operator/clusters')) })
  const report = useQuery({ queryKey: ['outcomes', query], queryFn: () => ok(api.GET('/api/operator/outcomes', { params: { query } })) })
  const seen = useMutation({
    mutationFn: ({ id, rev }: { id: string; rev: number }) => ok(api.POST('/api/operator/outcomes/{id}/seen', { params: { path: { id }, header: { 'If-Match': `"${rev}"` } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['outcomes'] }),
  })
  const set = (name: keyof typeof form) => (value: string) => setForm((f) => ({ ...f, [name]: value }))
  const file = (format: string) => `/api/operator/outcomes/export?${new URLSearchParams({ ...query, format })}`
  const r = report.data
  const cell = (stage: string, strength: string) => r?.figures.find((f) => f.stage === stage && f.strength === strength)
  return (
    <>
      <h1>{t('app.ledger')} <Total n={r?.total} /></h1>
      <form className="row ledger-filter" onSubmit={(e) => { e.preventDefault(); setSearch(Object.fromEntries(Object.entries(form).filter(([, v]) => v))) }}>
        <Select label={t('app.cluster')} value={form.cluster} onChange={set('cluster')} options={[{ value: '', name: t('app.all') }, ...(clusters.data?.items ?? []).map((c) => ({ value: c.id, name: c.name }))]} />
        <Input label={t('app.ledger.from')} value={form.from} onChange={set('from')} type="date" />
        <Input label={t('app.ledger.to')} value={form.to} onChange={set('to')} type="date" />
        <Select label={t('ledger.strength')} value={form.strength} onChange={set('strength')} options={[{ value: '', name: t('app.all') }, ...strengths.map((s) => ({ value: s, name: tOf('app.strength', s) }))]} />
        <button className="row-act">{t('app.ledger.show')}</button>
      </form>
      {report.isPending && <Loading />}
      <Fault error={report.error ?? seen.error} />
      {r && (
        <>
          <dl className="stats">
            <div><dt>{t('app.ledger.agreed')}</dt><dd>{r.agreed}</dd></div>
            <div><dt>{t('app.ledger.confirmed')}</dt><dd>¥{money(r.confirmed)}</dd></div>
            <div><dt>{t('app.ledger.claimed')}</dt><dd>¥{money(r.claimed)}</dd></div>
          </dl>
          {r.banded > 0 && <p className="aside gap">{t('ledger.bandedOf', r.banded)}</p>}
          <div className="card scroll" tabIndex={0} role="region" aria-label={t('app.ledger.byStage')}>
            <table>
              <caption>{t('app.ledger.byStage')}</caption>
              <thead><tr><th scope="col">{t('ledger.stage')}</th>{strengths.map((s) => <th scope="col" key={s}>{tOf('app.strength', s)}</th>)}</tr></thead>
              <tbody>
                {stages.map((s) => (
                  <tr key={s}>
                    <th scope="row">{tOf('app.stage', s)}</th>
                    {strengths.map((g) => <td key={g}>{cell(s, g) ? <>{cell(s, g)!.count}{cell(s, g)!.amount && <small> ¥{money(cell(s, g)!.amount)}</small>}</> : '–'}</td>)}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p className="acts gap"><a className="button" href={file('xlsx')}>{t('app.ledger.xlsx')}</a><a className="button" href={file('csv')}>{t('app.ledger.csv')}</a></p>
          {r.lines.length === 0 && <Empty title={t('app.ledger.none')}><p>{t('app.ledger.noneHint')}</p></Empty>}
          {r.lines.map((l) => (
            <article className="card line" key={l.id}>
              <div>
                <p><span className={`state ${l.strength}`}>{tOf('app.strength', l.strength)}</span> <b>{tOf('app.stage', l.stage)}</b> {l.amount && <b className="sum">{saidOf(l)}</b>} <span className="quiet">{[l.quantity, l.day, l.ended && tOf('app.end', l.reason)].filter(Boolean).join(' · ')}</span></p>
                <p><a href={`/enterprises/${l.by.id}`}>{l.by.name}</a> × <a href={`/enterprises/${l.to.id}`}>{l.to.name}</a></p>
              </div>
              {acts && l.strength !== 'seen' && <button type="button" onClick={() => seen.mutate(l)} disabled={seen.isPending}>{t('app.ledger.see')}</button>}
            </article>
          ))}
          {r.more && <p className="aside">{t('app.ledger.more')}</p>}
        </>
      )}
    </>
  )
}
