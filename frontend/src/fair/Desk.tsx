import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { api, ok } from '../api'
import { t, tOf } from '../text'
import { Fault, Loading } from '../ui/ui'
import { busy, inputOf, roles, useParties, usePlans, type Fair, type FairFirm } from './fair'
import { Queue, type Arrival } from './queue'

/** The desk on the day: check-in that survives a lost network, no-shows, repair. */
export function Desk({ fair }: { fair: Fair }) {
  const queries = useQueryClient()
  const parties = useParties(fair.id, 2000)
  const links = useQuery({ queryKey: ['fair', fair.id, 'links'], queryFn: () => ok(api.GET('/api/fairs/{id}/links', { params: { path: { id: fair.id } } })) })
  const desk = useDesk(fair.id, () => void queries.invalidateQueries({ queryKey: ['fair', fair.id, 'parties'] }))
  const [words, setWords] = useState('')
  const [scan, setScan] = useState('')
  const refresh = () => queries.invalidateQueries({ queryKey: ['fair', fair.id] })
  const start = useMutation({
    mutationFn: () => ok(api.PUT('/api/fairs/{id}', { params: { path: { id: fair.id }, header: { 'If-Match': `"${fair.rev}"` } }, body: { ...inputOf(fair), phase: 'day' } })),
    onSuccess: refresh,
  })
  if (parties.isPending) return <Loading />
  const items = parties.data?.items ?? []
  const people = items.reduce((n, p) => n + (p.reps?.length ?? 0), 0)
  const came = items.reduce((n, p) => n + p.arrived.length, 0)
  return (
    <>
      {fair.phase !== 'day' && <p className="card line"><span className="grow">{t('fair.desk.notYet')}</span><button type="button" className="primary" onClick={() => start.mutate()}>{t('fair.desk.start')}</button></p>}
      <Fault error={start.error} />
      <div className="stats">
        <p><b>{came}</b> / {people}<span>{t('fair.desk.people')}</span></p>
        <p><b>{items.filter((p) => p.arrived.length > 0).length}</b> / {items.length}<span>{t('fair.desk.firms')}</span></p>
        <p><b>{items.filter((p) => p.absent).length}</b><span>{t('fair.absent')}</span></p>
      </div>
      <p className={desk.waiting > 0 ? 'fault' : 'good'} role="status">{desk.waiting > 0 ? t('fair.desk.queued', desk.waiting) : t('fair.desk.sent')}{desk.unknown > 0 && ` ${t('fair.desk.unknown', desk.unknown)}`}</p>
      <div className="plan-bar">
        <form onSubmit={(e) => { e.preventDefault(); if (scan.trim()) desk.note({ badge: scan.trim() }); setScan('') }}><input aria-label={t('fair.desk.scan')} placeholder={t('fair.desk.scan')} value={scan} onChange={(e) => setScan(e.target.value)} /></form>
        <input type="search" aria-label={t('fair.find')} placeholder={t('fair.find')} value={words} onChange={(e) => setWords(e.target.value)} />
        {links.data && <a className="button" href={links.data.wall} target="_blank" rel="noreferrer">{t('fair.wall')}</a>}
        {links.data && <a className="button" href={links.data.print} target="_blank" rel="noreferrer">{t('fair.print')}</a>}
      </div>
      <Repair fair={fair} />
      {words.trim() && <WalkIns fair={fair} words={words.trim()} came={(id) => { desk.note({ enterprise_id: id, rep: 0 }); void refresh() }} />}
      {items.filter((p) => p.name.includes(words.trim())).map((p) => <Firm key={p.enterprise_id} fair={fair} party={p} waits={desk.has} note={(rep) => desk.note({ enterprise_id: p.enterprise_id, rep })} refresh={refresh} />)}
    </>
  )
}

/** Firms on record that come without having registered: one press registers and checks in. */
function WalkIns({ fair, words, came }: { fair: Fair; words: string; came: (id: string) => void }) {
  const firms = useQuery({ queryKey: ['fair', fair.id, 'firms', words], queryFn: () => ok(api.GET('/api/fairs/{id}/firms', { params: { path: { id: fair.id }, query: { q: words } } })) })
  const add = useMutation({
    mutationFn: (x: { id: string; role: string }) => ok(api.PUT('/api/fairs/{id}/parties/{enterprise}', { params: { path: { id: fair.id, enterprise: x.id } }, body: { role: x.role as FairFirm['role'] } })),
    onSuccess: (_, x) => came(x.id),
  })
  if (!firms.data || firms.data.items.length === 0) return <Fault error={firms.error ?? add.error} />
  return (
    <section className="card repair" aria-label={t('fair.walkIn')}>
      <p><b>{t('fair.walkIn')}</b> <span className="quiet">{t('fair.walkIn.hint')}</span></p>
      <Fault error={add.error} />
      {firms.data.items.slice(0, 8).map((e) => (
        <div className="addfirm line" key={e.id}><div>{e.name}</div><div className="acts">{roles.map((r) => <button key={r} type="button" disabled={add.isPending} onClick={() => add.mutate({ id: e.id, role: r })} aria-label={`${e.name} ${tOf('fair.role', r)} ${t('fair.desk.in')}`}>{tOf('fair.role', r)}</button>)}</div></div>
      ))}
    </section>
  )
}

function useDesk(fairID: string, sent: () => void) {
  const queue = useMemo(() => new Queue(`lianqiao.desk.${fairID}`, localStorage), [fairID])
  const [list, setList] = useState(() => queue.waiting())
  const [unknown, setUnknown] = useState(0)
  const flush = useCallback(async () => {
    if (queue.waiting().length === 0) return
    const n = await queue.flush((items) => ok(api.POST('/api/fairs/{id}/arrivals', { params: { path: { id: fairID } }, body: { items } })))
    setList(queue.waiting())
    if (n !== null) {
      setUnknown(n)
      sent()
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- sent only refreshes
  }, [queue, fairID])
  useEffect(() => {
    const again = () => void flush()
    const every = setInterval(again, 3000)
    window.addEventListener('online', again)
    again()
    return () => { clearInterval(every); window.removeEventListener('online', again) }
  }, [flush])
  return {
    waiting: list.length, unknown,
    has: (enterprise: string, rep: number) => list.some((x) => x.enterprise_id === enterprise && x.rep === rep),
    note: (a: Omit<Arrival, 'at'>) => { queue.add({ ...a, at: new Date().toISOString() }); setList(queue.waiting()); void flush() },
  }
}

function Firm({ fair, party: p, waits, note, refresh }: { fair: Fair; party: FairFirm; waits: (enterprise: string, rep: number) => boolean; note: (rep: number) => void; refresh: () => void }) {
  const save = useMutation({
    mutationFn: (part: { absent?: boolean; late_until?: number }) => ok(api.PUT('/api/fairs/{id}/parties/{enterprise}', { params: { path: { id: fair.id, enterprise: p.enterprise_id } }, body: { role: p.role, reps: p.reps, parallel: p.parallel, away: p.away, absent: p.absent, late_until: p.late_until, ...part } })),
    onSuccess: refresh,
  })
  const undo = useMutation({ mutationFn: (rep: number) => ok(api.DELETE('/api/fairs/{id}/arrivals/{enterprise}/{rep}', { params: { path: { id: fair.id, enterprise: p.enterprise_id, rep } } })), onSuccess: refresh })
  return (
    <article className={`card line${p.absent ? ' absent' : ''}`}>
      <div><b>{p.name}</b> <span className="quiet">{tOf('fair.role', p.role)}</span><Fault error={save.error ?? undo.error} /></div>
      <div className="acts">
        {p.reps?.map((r, i) => {
          const at = p.arrived.find((x) => x.rep === i)
          if (at) return <button key={i} type="button" className="came" onClick={() => undo.mutate(i)}>✓ {r.name} {new Date(at.at).toTimeString().slice(0, 5)}<span className="hide"> {p.name} {t('fair.desk.undo')}</span></button>
          return <button key={i} type="button" disabled={waits(p.enterprise_id, i)} onClick={() => note(i)}>{waits(p.enterprise_id, i) ? t('fair.desk.noted') : t('fair.desk.in')} {r.name}<span className="hide"> {p.name}</span></button>
        })}
        <label className="late"><span className="hide">{p.name} {t('fair.late')}</span><select value={p.late_until ?? 0} onChange={(e) => save.mutate({ late_until: Number(e.target.value) })}><option value={0}>{t('fair.onTime')}</option>{fair.slots.slice(1).map((s) => <option key={s.number} value={s.number}>{t('fair.lateUntil', s.time)}</option>)}</select></label>
        <button type="button" aria-pressed={!!p.absent} className={p.absent ? 'gone' : 'plain'} onClick={() => save.mutate({ absent: !p.absent })}>{t('fair.absent')}<span className="hide"> {p.name}</span></button>
      </div>
    </article>
  )
}

/** Repairs the last release around who is not there, and shows whose slips changed. */
function Repair({ fair }: { fair: Fair }) {
  const queries = useQueryClient()
  const plans = usePlans(fair.id)
  const [from, setFrom] = useState(1)
  const [fill, setFill] = useState(false)
  const base = plans.data?.items.filter((p) => p.released_at).sort((a, b) => (a.released_at! < b.released_at! ? 1 : -1))[0]
  const repaired = plans.data?.items.find((p) => p.settings.repair && p.base === base?.id)
  const repair = useMutation({
    mutationFn: () => ok(api.POST('/api/fairs/{id}/plans', { params: { path: { id: fair.id } }, body: { base: base!.id, repair: true, fill, from_now: from, seconds: 10 } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['fair', fair.id, 'plans'] }),
  })
  const release = useMutation({ mutationFn: () => ok(api.POST('/api/plans/{id}/release', { params: { path: { id: repaired!.id } } })), onSuccess: () => queries.invalidateQueries({ queryKey: ['fair', fair.id] }) })
  const slips = useQuery({
    queryKey: ['fair', fair.id, 'slips', base?.id, repaired?.id], enabled: repaired?.state === 'done',
    queryFn: () => ok(api.GET('/api/plans/{id}/compare/{other}', { params: { path: { id: base!.id, other: repaired!.id } } })),
  })
  if (!base) return null
  const at = (slot: number, table: number, none: 'fair.notPlaced' | 'fair.gone.short') => (slot > 0 ? `${fair.slots[slot - 1]?.time} · ${t('fair.table', table)}` : t(none))
  return (
    <section className="card repair" aria-label={t('fair.repair')}>
      <div className="plan-bar">
        <label>{t('fair.repair.from')}<select value={from} onChange={(e) => setFrom(Number(e.target.value))}>{fair.slots.map((s) => <option key={s.number} value={s.number}>{s.time}</option>)}</select></label>
        <label className="check"><input type="checkbox" checked={fill} onChange={(e) => setFill(e.target.checked)} />{t('fair.fill')}</label>
        <button type="button" onClick={() => repair.mutate()} disabled={repair.isPending || (!!repaired && busy(repaired))}>{t('fair.repair')}</button>
        {repaired && repaired.state !== 'done' && <p role="status">{tOf('fair.state', repaired.state)} {repaired.progress} {busy(repaired) && <progress aria-label={t('fair.solving')} />}</p>}
        {slips.data && <p role="status">{t('fair.repair.done', slips.data.changes.length)}</p>}
        {slips.data && <button type="button" className="primary" onClick={() => release.mutate()} disabled={release.isPending}>{t('fair.release')}</button>}
      </div>
      <Fault error={repair.error ?? release.error} />
      {slips.data && slips.data.changes.length > 0 && <ul>{slips.data.changes.map((c) => <li key={c.a + c.b}><b>{c.name_a} × {c.name_b}</b> {at(c.slot[0]!, c.table[0]!, 'fair.notPlaced')} → {at(c.slot[1]!, c.table[1]!, 'fair.gone.short')}</li>)}</ul>}
    </section>
  )
}
