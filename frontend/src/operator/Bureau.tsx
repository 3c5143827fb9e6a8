import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { api, ok } from '../api'
import { money, t, tOf } from '../text'
import { Empty, Fault, Input, Loading } from '../ui/ui'

/** Every cluster of one's area on one line, to read and to take along. */
export default function Bureau() {
  const [search, setSearch] = useSearchParams()
  const [form, setForm] = useState({ from: search.get('from') ?? '', to: search.get('to') ?? '' })
  const query = Object.fromEntries([...search].filter(([, v]) => v))
  const summary = useQuery({ queryKey: ['bureau', query], queryFn: () => ok(api.GET('/api/bureau', { params: { query } })) })
  const set = (name: keyof typeof form) => (value: string) => setForm((f) => ({ ...f, [name]: value }))
  const lines = summary.data && [...summary.data.items, { ...summary.data.total, cluster: { id: '', name: t('bureau.total') } }]
  const banded = summary.data?.total.outcomes.reduce((n, s) => n + s.banded, 0) ?? 0
  return (
    <>
      <h1>{t('bureau')}</h1>
      <p className="aside">{t('bureau.hint')}</p>
      <form className="row ledger-filter" onSubmit={(e) => { e.preventDefault(); setSearch(Object.fromEntries(Object.entries(form).filter(([, v]) => v))) }}>
        <Input label={t('app.ledger.from')} value={form.from} onChange={set('from')} type="date" />
        <Input label={t('app.ledger.to')} value={form.to} onChange={set('to')} type="date" />
        <button className="row-act">{t('app.ledger.show')}</button>
      </form>
      {summary.isPending && <Loading />}
      <Fault error={summary.error} />
      {summary.data?.items.length === 0 && <Empty title={t('bureau.none')} />}
      {!!summary.data?.items.length && (
        <>
          <div className="card scroll" tabIndex={0} role="region" aria-label={t('bureau')}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('app.cluster')}</th><th scope="col">{t('bureau.firms')}</th><th scope="col">{t('bureau.known')}</th><th scope="col">{t('bureau.supplies')}</th><th scope="col">{t('bureau.needs')}</th><th scope="col">{t('bureau.disclosed')}</th>
                  {summary.data.total.outcomes.map((s) => <th scope="col" key={s.strength}>{tOf('app.strength', s.strength)}</th>)}
                </tr>
              </thead>
              <tbody>
                {lines?.map((l) => (
                  <tr key={l.cluster.id}>
                    <th scope="row">{l.cluster.name} <small>{l.region.name}</small></th><td>{l.firms}</td><td>{l.known}</td><td>{l.supplies}</td><td>{l.needs}</td><td>{l.disclosed}</td>
                    {l.outcomes.map((s) => <td key={s.strength}>{s.count}{Number(s.amount) > 0 && <small> ¥{money(s.amount)}</small>}</td>)}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {banded > 0 && <p className="aside">{t('ledger.bandedOf', banded)}</p>}
          <p className="acts gap"><a className="button" href={`/api/bureau/summary.xlsx?${new URLSearchParams(query)}`}>{t('app.ledger.xlsx')}</a></p>
        </>
      )}
    </>
  )
}
