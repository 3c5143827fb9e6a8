import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ok } from '../api'
import { dayClock, t, tOf } from '../text'
import { Empty, Fault, Loading } from '../ui/ui'
import { busy, usePlans, type Fair, type Plan } from './fair'
import { Timetable } from './Timetable'

/** Drafts and releases of a fair; the chosen one stands below as a timetable. */
export function Plans({ fair }: { fair: Fair }) {
  const queries = useQueryClient()
  const plans = usePlans(fair.id)
  const [chosen, setChosen] = useState('')
  const [other, setOther] = useState('')
  const [seconds, setSeconds] = useState(10)
  const [seed, setSeed] = useState(1)
  const [fill, setFill] = useState(false)
  const [keep, setKeep] = useState(true)
  const items = plans.data?.items ?? []
  const plan = items.find((p) => p.id === chosen) ?? items[0]
  const make = useMutation({
    mutationFn: () => ok(api.POST('/api/fairs/{id}/plans', { params: { path: { id: fair.id } }, body: { seed, seconds, fill, base: keep && plan ? plan.id : '' } })),
    onSuccess: (p) => { setChosen(p.id); return queries.invalidateQueries({ queryKey: ['fair', fair.id, 'plans'] }) },
  })
  const release = useMutation({
    mutationFn: (id: string) => ok(api.POST('/api/plans/{id}/release', { params: { path: { id } } })),
    onSuccess: (p) => { setChosen(p.id); return queries.invalidateQueries({ queryKey: ['fair', fair.id] }) },
  })
  const copy = useMutation({
    mutationFn: (id: string) => ok(api.POST('/api/plans/{id}/copy', { params: { path: { id } } })),
    onSuccess: (p) => { setChosen(p.id); return queries.invalidateQueries({ queryKey: ['fair', fair.id, 'plans'] }) },
  })
  const stop = useMutation({
    mutationFn: (id: string) => ok(api.POST('/api/plans/{id}/stop', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['fair', fair.id, 'plans'] }),
  })
  if (plans.isPending) return <Loading />
  return (
    <>
      <form className="plan-bar" onSubmit={(e) => { e.preventDefault(); make.mutate() }}>
        <label>{t('fair.seconds')}<select value={seconds} onChange={(e) => setSeconds(Number(e.target.value))}>{[2, 10, 30, 60].map((n) => <option key={n} value={n}>{n}</option>)}</select></label>
        <label>{t('fair.seed')}<input type="number" min={1} value={seed} onChange={(e) => setSeed(Number(e.target.value) || 1)} /></label>
        <label className="check"><input type="checkbox" checked={fill} onChange={(e) => setFill(e.target.checked)} />{t('fair.fill')}</label>
        <label className="check"><input type="checkbox" checked={keep} onChange={(e) => setKeep(e.target.checked)} />{t('fair.keepLocks')}</label>
        <button className="primary" disabled={make.isPending || items.some(busy)}>{t('fair.solve')}</button>
      </form>
      <Fault error={plans.error ?? make.error ?? release.error ?? copy.error ?? stop.error} />
      {items.length === 0 && <Empty title={t('fair.plans.none')}><p>{t('fair.plans.hint')}</p></Empty>}
      {items.length > 0 && (
        <div className="scroll" role="region" aria-label={t('fair.tab.plans')} tabIndex={0}>
          <table className="plans">
            <thead><tr><th scope="col">{t('fair.plan')}</th><th scope="col">{t('fair.placed')}</th><th scope="col">{t('fair.musts')}</th><th scope="col">{t('fair.value')}</th><th scope="col">{t('fair.gaps')}</th><th scope="col">{t('fair.changes')}</th><th scope="col">{t('fair.empty')}</th><th scope="col">{t('fair.proof')}</th><th scope="col">{t('fair.settings')}</th><th scope="col"><span className="hide">{t('fair.acts')}</span></th></tr></thead>
            <tbody>{items.map((p) => <Row key={p.id} plan={p} on={p.id === plan?.id} other={p.id === other} choose={() => setChosen(p.id)} compare={() => setOther(other === p.id ? '' : p.id)} release={() => release.mutate(p.id)} copy={() => copy.mutate(p.id)} />)}</tbody>
          </table>
        </div>
      )}
      {plan && other && other !== plan.id && <Compare fair={fair} a={other} b={plan.id} />}
      {plan && busy(plan) && <p className="good plan-bar"><span role="status">{tOf('fair.state', plan.state)} {plan.progress}</span><progress aria-label={t('fair.solving')} />{plan.state !== 'stopping' && <button type="button" onClick={() => stop.mutate(plan.id)}>{t('fair.stop')}</button>}</p>}
      {plan && !busy(plan) && <Timetable key={plan.id} fair={fair} id={plan.id} />}
    </>
  )
}

function Row({ plan: p, on, other, choose, compare, release, copy }: { plan: Plan; on: boolean; other: boolean; choose: () => void; compare: () => void; release: () => void; copy: () => void }) {
  const f = p.figures
  const [sure, setSure] = useState(false)
  return (
    <tr className={on ? 'on' : undefined}>
      <th scope="row"><button type="button" className="plain" aria-pressed={on} onClick={choose}>{t('fair.planNo', p.number)}</button> <span className={`phase ${p.released_at ? 'day' : ''}`}>{p.released_at ? t('fair.released', dayClock(p.released_at)) : p.state === 'done' ? t(p.picked ? 'fair.picked' : 'fair.draft') : tOf('fair.state', p.state)}</span></th>
      <td>{f.placed} / {f.asked}</td><td>{f.musts_got} / {f.musts}</td><td>{f.value}{f.bound > 0 && <small> ≤ {f.bound}</small>}</td><td>{f.gaps}</td><td>{f.table_changes}</td><td>{f.empty}</td>
      <td>{tOf('fair.status', f.status || 'none')}{f.moved > 0 && ` · ${t('fair.movedN', f.moved)}`}</td>
      <td className="quiet">{p.settings.repair ? t('fair.repair') : `${p.settings.seconds} s · ${p.settings.seed}${p.settings.fill ? ` · ${t('fair.fill')}` : ''}`}</td>
      <td><div className="acts"><button type="button" className="plain" aria-pressed={other} onClick={compare}>{t('fair.compare')}</button>{p.state === 'done' && <button type="button" className="plain" onClick={copy}>{t('fair.copy')}</button>}{!p.released_at && p.state === 'done' && !sure && <button type="button" onClick={() => setSure(true)}>{t('fair.release')}</button>}{!p.released_at && sure && <><span className="quiet">{t('fair.release.sure')}</span><button type="button" className="primary" onClick={release}>{t('fair.release.do')}</button><button type="button" className="plain" onClick={() => setSure(false)}>{t('app.cancel')}</button></>}</div></td>
    </tr>
  )
}

function Compare({ fair, a, b }: { fair: Fair; a: string; b: string }) {
  const got = useQuery({ queryKey: ['fair', fair.id, 'compare', a, b], queryFn: () => ok(api.GET('/api/plans/{id}/compare/{other}', { params: { path: { id: a, other: b } } })) })
  if (!got.data) return <Fault error={got.error} />
  const [x, y] = got.data.plans as [Plan, Plan]
  const at = (slot: number, table: number) => (slot > 0 ? `${fair.slots[slot - 1]?.time} · ${t('fair.table', table)}` : '—')
  return (
    <details className="card compare" open>
      <summary>{t('fair.compared', x.number, y.number, got.data.changes.length)}</summary>
      <ul>{got.data.changes.map((c) => <li key={c.a + c.b}>{c.name_a} × {c.name_b}: {at(c.slot[0]!, c.table[0]!)} → {at(c.slot[1]!, c.table[1]!)}</li>)}</ul>
    </details>
  )
}
