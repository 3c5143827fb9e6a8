import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ok } from '../api'
import { t, tOf } from '../text'
import { Empty, Fault, Loading } from '../ui/ui'
import type { components } from '../schema'
import { roles, type Fair } from './fair'

/** A firm's own part: register, say whom it wants to meet, see its talks. */
export function Member({ fair }: { fair: Fair }) {
  if (!fair.mine) return fair.open ? <Register fair={fair} /> : <Empty title={t('fair.closed')} />
  const wishing = fair.phase === 'register' || fair.phase === 'wish' || (fair.regime === 'pick' && fair.phase === 'plan')
  return (
    <>
      <Mine fair={fair} />
      {wishing && <Wishes fair={fair} />}
      {(fair.phase === 'register' || fair.phase === 'wish') && <details className="card compare"><summary>{t('fair.registration')}</summary><Register fair={fair} /></details>}
    </>
  )
}

function Register({ fair }: { fair: Fair }) {
  const queries = useQueryClient()
  const mine = fair.mine
  const [reps, setReps] = useState(mine?.reps ?? [])
  const [away, setAway] = useState<number[]>(mine?.away ?? [])
  const save = useMutation({
    mutationFn: (role: string) => ok(api.PUT('/api/fairs/{id}/registration', { params: { path: { id: fair.id } }, body: { role: role as never, reps: reps.filter((r) => r.name), parallel: mine?.parallel ?? 1, away } })),
    onSuccess: () => { void queries.invalidateQueries({ queryKey: ['fair', fair.id] }); void queries.invalidateQueries({ queryKey: ['fairs'] }) },
  })
  const leave = useMutation({ mutationFn: () => ok(api.DELETE('/api/fairs/{id}/registration', { params: { path: { id: fair.id } } })), onSuccess: () => queries.invalidateQueries({ queryKey: ['fair', fair.id] }) })
  return (
    <div className="sheet">
      {!mine && <p className="aside">{t('fair.register.hint')}</p>}
      {reps.map((r, i) => (
        <div className="spec" key={i}>
          <input aria-label={`${t('fair.rep')} ${i + 1}`} placeholder={t('fair.rep')} value={r.name} onChange={(e) => setReps(reps.map((x, n) => (n === i ? { ...x, name: e.target.value } : x)))} />
          <input aria-label={`${t('app.phone')} ${i + 1}`} placeholder={t('app.phone')} inputMode="tel" value={r.phone ?? ''} onChange={(e) => setReps(reps.map((x, n) => (n === i ? { ...x, phone: e.target.value } : x)))} />
        </div>
      ))}
      <button type="button" className="plain" onClick={() => setReps([...reps, { name: '', phone: '' }])}>＋ {t('fair.rep')}</button>
      <details className="field"><summary>{t('fair.away')}</summary>
        <div className="acts">{fair.slots.map((s) => <button key={s.number} type="button" aria-pressed={away.includes(s.number)} className={away.includes(s.number) ? 'gone' : undefined} onClick={() => setAway(away.includes(s.number) ? away.filter((x) => x !== s.number) : [...away, s.number])}>{s.time}</button>)}</div>
      </details>
      <Fault error={save.error ?? leave.error} />
      <div className="acts">{roles.map((r) => <button key={r} type="button" className={r === (mine?.role ?? '') || !mine ? 'primary' : undefined} disabled={save.isPending} onClick={() => save.mutate(r)}>{t('fair.registerAs', tOf('fair.role', r))}</button>)}
        {mine && <button type="button" className="plain" onClick={() => leave.mutate()}>{t('fair.leave')}</button>}</div>
    </div>
  )
}

function Mine({ fair }: { fair: Fair }) {
  const table = useQuery({ queryKey: ['fair', fair.id, 'mine'], refetchInterval: 10_000, queryFn: () => ok(api.GET('/api/fairs/{id}/timetable', { params: { path: { id: fair.id } } })) })
  if (!table.data) return <Fault error={table.error} />
  const d = table.data
  return (
    <section>
      <p className="plan-bar"><span className="grow">{d.release > 0 ? t('fair.mine.got', d.got, d.asked) : t('fair.noRelease')}</span>{d.badges.map((b) => <a key={b.url} className="button" href={b.url}>{t('fair.badge', b.name)}</a>)}</p>
      {d.items.map((x) => (
        <article className="card line" key={x.other.id}>
          <b className="when">{x.slot.time}</b>
          <div><h2><a href={`/enterprises/${x.other.id}`}>{x.other.name}</a></h2>{x.change && <p className="changed">{x.change === 'new' ? t('fair.new') : t('fair.moved', x.was)}</p>}</div>
          <span className="phase day">{[x.hall, t('fair.table', x.table)].filter(Boolean).join(' ')}</span>
        </article>
      ))}
      {d.gone.length > 0 && <p className="fault">{t('fair.gone')}：{d.gone.map((x) => x.name).join('、')}</p>}
    </section>
  )
}

const marks = ['must', 'want', 'no'] as const

function Wishes({ fair }: { fair: Fair }) {
  const queries = useQueryClient()
  const queryKey = ['fair', fair.id, 'counterparts']
  const list = useQuery({ queryKey, queryFn: () => ok(api.GET('/api/fairs/{id}/counterparts', { params: { path: { id: fair.id } } })) })
  const mark = useMutation({
    mutationFn: (x: { enterprise: string; mark: string }) => ok(api.PUT('/api/fairs/{id}/wishes/{enterprise}', { params: { path: { id: fair.id, enterprise: x.enterprise } }, body: { mark: x.mark as never } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['fair', fair.id] }),
  })
  if (list.isPending) return <Loading />
  if (list.error) return <Fault error={list.error} />
  return (
    <section>
      <h2 className="fair-h2">{t('fair.whom', list.data.items.filter((c) => c.mark === 'must' || c.mark === 'want').length)}</h2>
      <p className="quiet">{t(fair.regime === 'pick' ? 'fair.whom.pick' : 'fair.whom.private')}</p>
      <Fault error={mark.error} />
      {list.data.items.map((c) => (
        <article className="card line counterpart" key={c.enterprise.id}>
          <div>
            <h2><a href={`/enterprises/${c.enterprise.id}`}>{c.enterprise.name}</a> {c.total > 0 && <span className="phase day">{t('app.total', c.total)}</span>}{c.asks && !c.met && <span className="phase wish">{t('fair.asks')}</span>}</h2>
            <p className="quiet">{[tOf('fair.role', c.role), c.region?.name, c.products].filter(Boolean).join(' · ')}</p>
            {(c.asks || c.met) && <Pick fair={fair} with={c} />}
            {c.proposal && <ul className="reasons">{c.proposal.terms.filter((x) => x.verdict === 'fits' || x.verdict === 'misses').slice(0, 4).map((x, i) => <li key={i} className={x.verdict}>{x.text}</li>)}</ul>}
          </div>
          <div className="acts" role="group" aria-label={c.enterprise.name}>
            {marks.map((m) => <button key={m} type="button" aria-pressed={c.mark === m} className={c.mark === m ? `mark ${m}` : undefined} onClick={() => mark.mutate({ enterprise: c.enterprise.id, mark: c.mark === m ? '' : m })}>{t(`fair.mark.${m}`)}</button>)}
          </div>
        </article>
      ))}
    </section>
  )
}

/** Two firms agree on a slot: who was asked picks one that is free for both. */
function Pick({ fair, with: c }: { fair: Fair; with: components['schemas']['Counterpart'] }) {
  const queries = useQueryClient()
  const [slot, setSlot] = useState(0)
  const pick = useMutation({
    mutationFn: (n: number) => ok(api.PUT('/api/fairs/{id}/picks/{enterprise}', { params: { path: { id: fair.id, enterprise: c.enterprise.id } }, body: { slot: n } })),
    onSuccess: () => setSlot(0),
    onSettled: () => queries.invalidateQueries({ queryKey: ['fair', fair.id] }),
  })
  const time = (n: number) => { const s = fair.slots.find((x) => x.number === n); return s ? `${s.day.slice(5)} ${s.time}` : '' }
  const others = c.slots.filter((n) => n !== c.met?.slot)
  return (
    <form className="acts pick" onSubmit={(e) => { e.preventDefault(); if (slot) pick.mutate(slot) }}>
      {c.met && <b>{t('fair.met', time(c.met.slot), c.met.table)}</b>}
      {others.length > 0 && <select aria-label={t('fair.pick', c.enterprise.name)} value={slot} onChange={(e) => setSlot(Number(e.target.value))}><option value={0}>{t(c.met ? 'fair.pick.other' : 'fair.pick.choose')}</option>{others.map((n) => <option key={n} value={n}>{time(n)}</option>)}</select>}
      {others.length > 0 && <button className="primary" disabled={!slot || pick.isPending}>{t('fair.pick.do')}</button>}
      {others.length === 0 && !c.met && <span className="quiet">{t('fair.pick.none')}</span>}
      {c.met && c.slots.length > 0 && <button type="button" className="plain" disabled={pick.isPending} onClick={() => pick.mutate(0)}>{t('fair.pick.cancel')}</button>}
      <Fault error={pick.error} />
    </form>
  )
}
