import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { api, ApiError, ok, type Me } from '../api'
import { clock, t, tOf } from '../text'
import { Fault, Loading } from '../ui/ui'
import { busy, inputOf, roles, useParties, usePlans, type Fair, type FairFirm } from './fair'
import { keepDesk, keepShell } from './offline'
import { after, badgeOf, Queue, type Deed } from './queue'

/** The desk on the day: all it notes survives a lost network and a closed window; repair. */
export function Desk({ fair, me }: { fair: Fair; me: Me }) {
  const queries = useQueryClient()
  const parties = useParties(fair.id, 2000)
  const links = useQuery({ queryKey: ['fair', fair.id, 'links'], queryFn: () => ok(api.GET('/api/fairs/{id}/links', { params: { path: { id: fair.id } } })) })
  const desk = useDesk(fair)
  const kept = useKept(fair, me, parties.data?.items)
  const [words, setWords] = useState('')
  const [scan, setScan] = useState('')
  const refresh = () => queries.invalidateQueries({ queryKey: ['fair', fair.id] })
  const start = useMutation({
    mutationFn: () => ok(api.PUT('/api/fairs/{id}', { params: { path: { id: fair.id }, header: { 'If-Match': `"${fair.rev}"` } }, body: { ...inputOf(fair), phase: 'day' } })),
    onSuccess: refresh,
  })
  if (!parties.data) return parties.error ? <Fault error={parties.error} /> : <Loading />
  const items = after(parties.data.items, desk.list)
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
      <p className={desk.list.length > 0 ? 'fault' : 'good'} role="status">{desk.list.length > 0 ? t('fair.desk.queued', desk.list.length) : t('fair.desk.sent')}{desk.unknown > 0 && ` ${t('fair.desk.unknown', desk.unknown)}`}{fair.phase === 'day' && ` ${t(kept ? 'fair.desk.reload' : 'fair.desk.noReload')}`}</p>
      <Fault error={desk.refused} />
      <div className="plan-bar">
        <form onSubmit={(e) => { e.preventDefault(); if (scan.trim()) desk.note({ kind: 'in', badge: scan.trim(), ...badgeOf(scan.trim()) }); setScan('') }}><input aria-label={t('fair.desk.scan')} placeholder={t('fair.desk.scan')} value={scan} onChange={(e) => setScan(e.target.value)} /></form>
        <input type="search" aria-label={t('fair.find')} placeholder={t('fair.find')} value={words} onChange={(e) => setWords(e.target.value)} />
        {links.data && <a className="button" href={links.data.wall} target="_blank" rel="noreferrer">{t('fair.wall')}</a>}
        {links.data && <a className="button" href={links.data.print} target="_blank" rel="noreferrer">{t('fair.print')}</a>}
      </div>
      <Repair fair={fair} />
      {words.trim() && <WalkIns fair={fair} words={words.trim()} came={(id) => { desk.note({ kind: 'in', enterprise_id: id, rep: 0 }); void refresh() }} />}
      {items.filter((p) => p.name.includes(words.trim())).map((p) => <Firm key={p.enterprise_id} fair={fair} party={p} waits={desk.list} note={desk.note} />)}
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

function useDesk(fair: Fair) {
  const queries = useQueryClient()
  const queue = useMemo(() => new Queue(fair.id, localStorage), [fair.id])
  const [list, setList] = useState(() => queue.waiting())
  const [unknown, setUnknown] = useState(0)
  const [refused, setRefused] = useState<unknown>(null)
  const flush = useCallback(async () => {
    if (queue.waiting().length === 0) return
    const key = ['fair', fair.id, 'parties']
    try {
      const { sent, unknown } = await queue.flush((items) => ok(api.POST('/api/fairs/{id}/desk', { params: { path: { id: fair.id } }, body: { items } })))
      if (sent.length === 0) return
      // What was sent stands on the screen until the server's own list has it.
      queries.setQueryData<{ items: FairFirm[] }>(key, (old) => old && { ...old, items: after(old.items, sent) })
      setUnknown(unknown)
      setRefused(null)
      void queries.invalidateQueries({ queryKey: key })
    } catch (e) {
      setRefused(e instanceof ApiError && e.status < 500 ? e : null)
    }
    setList(queue.waiting())
  }, [queue, queries, fair.id])
  useEffect(() => {
    const again = () => void flush()
    const every = setInterval(again, 3000)
    window.addEventListener('online', again)
    again()
    return () => { clearInterval(every); window.removeEventListener('online', again) }
  }, [flush])
  return { list, unknown, refused, note: (d: Omit<Deed, 'id' | 'at'>) => { queue.add(d); setList(queue.waiting()); void flush() } }
}

/** Keeps the day's names and the app's files, so that the page comes back without a network. */
function useKept(fair: Fair, me: Me, firms: FairFirm[] | undefined): boolean {
  const [kept, setKept] = useState(false)
  useEffect(() => { if (fair.phase === 'day') void keepShell().then(setKept) }, [fair.phase])
  useEffect(() => { if (firms) keepDesk(me, fair, firms) }, [me, fair, firms])
  return kept
}

interface FirmProps { fair: Fair; party: FairFirm; waits: Deed[]; note: (d: Omit<Deed, 'id' | 'at'>) => void }

function Firm({ fair, party: p, waits, note }: FirmProps) {
  const of = { enterprise_id: p.enterprise_id }
  const unsent = (rep: number) => waits.some((d) => d.enterprise_id === p.enterprise_id && d.rep === rep && (d.kind === 'in' || d.kind === 'out'))
  const firmUnsent = waits.some((d) => d.enterprise_id === p.enterprise_id && d.kind !== 'in' && d.kind !== 'out')
  return (
    <article className={`card line${p.absent ? ' absent' : ''}`}>
      <div><b>{p.name}</b> <span className="quiet">{tOf('fair.role', p.role)}{firmUnsent && ` · ${t('fair.desk.noted')}`}</span></div>
      <div className="acts">
        {p.reps?.map((r, i) => {
          const at = p.arrived.find((x) => x.rep === i)
          const noted = unsent(i) && <small> {t('fair.desk.noted')}</small>
          if (at) return <button key={i} type="button" className="came" onClick={() => note({ ...of, kind: 'out', rep: i })}>✓ {r.name} {clock(at.at)}{noted}<span className="hide"> {p.name} {t('fair.desk.undo')}</span></button>
          return <button key={i} type="button" onClick={() => note({ ...of, kind: 'in', rep: i })}>{t('fair.desk.in')} {r.name}{noted}<span className="hide"> {p.name}</span></button>
        })}
        <label className="late"><span className="hide">{p.name} {t('fair.late')}</span><select value={p.late_until ?? 0} onChange={(e) => note({ ...of, kind: 'late', slot: Number(e.target.value) })}><option value={0}>{t('fair.onTime')}</option>{fair.slots.slice(1).map((s) => <option key={s.number} value={s.number}>{t('fair.lateUntil', s.time)}</option>)}</select></label>
        <button type="button" aria-pressed={!!p.absent} className={p.absent ? 'gone' : 'plain'} onClick={() => note({ ...of, kind: p.absent ? 'present' : 'absent' })}>{t('fair.absent')}<span className="hide"> {p.name}</span></button>
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
