import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { api, ok } from '../api'
import { t } from '../text'
import { Fault, Loading } from '../ui/ui'
import { Results } from './Results'
import { shortNames, type Fair, type Meeting, type MeetingEdit, type WholePlan } from './fair'

type Named = WholePlan & { short: Record<string, string> }
type View = 'tables' | 'firms' | 'list' | 'results'
const keyOf = (m: { a: string; b: string }) => `${m.a} ${m.b}`

/** The timetable of a plan. A talk is moved by dragging, or by Enter, arrows and Enter. */
export function Timetable({ fair, id }: { fair: Fair; id: string }) {
  const queries = useQueryClient()
  const queryKey = ['fair', fair.id, 'plan', id]
  const plan = useQuery({ queryKey, queryFn: () => ok(api.GET('/api/plans/{id}', { params: { path: { id } } })) })
  const [view, setView] = useState<View>(() => (window.innerWidth < 760 ? 'list' : 'tables'))
  const onSuccess = (p: WholePlan) => { queries.setQueryData(queryKey, p); void queries.invalidateQueries({ queryKey: ['fair', fair.id, 'plans'] }) }
  const edit = useMutation({ mutationFn: (e: MeetingEdit) => ok(api.PUT('/api/plans/{id}/meetings', { params: { path: { id } }, body: e })), onSuccess })
  const undo = useMutation({ mutationFn: () => ok(api.POST('/api/plans/{id}/undo', { params: { path: { id } } })), onSuccess, onError: () => queries.invalidateQueries({ queryKey }) })
  if (plan.isPending) return <Loading />
  if (plan.error) return <Fault error={plan.error} />
  const p = { ...plan.data, short: shortNames(plan.data.names) }
  const change = (m: Meeting, part: Omit<MeetingEdit, 'a' | 'b'>) => {
    undo.reset()
    edit.mutate({ a: m.a, b: m.b, ...part })
  }
  const frozen = !!p.released_at
  return (
    <div>
      <div className="plan-bar">
        <div className="tabs" role="group" aria-label={t('fair.view')}>{(['tables', 'firms', 'list', 'results'] as const).map((v) => <button key={v} type="button" aria-pressed={v === view} onClick={() => setView(v)}>{t(`fair.view.${v}`)}</button>)}</div>
        {!frozen && <button type="button" onClick={() => { edit.reset(); undo.mutate() }} disabled={p.edits === 0 || undo.isPending}>{t('fair.undo')}{p.edits > 0 && ` (${p.edits})`}</button>}
        <a className="button" href={`/api/plans/${id}/book.xlsx`}>{t('fair.book')}</a>
        <p className="quiet grow">{frozen ? t('fair.frozen') : t('fair.keys')}</p>
      </div>
      <Fault error={edit.error ?? undo.error} />
      <Warnings plan={p} />
      {!frozen && <Add plan={p} add={(a, b) => edit.mutate({ a, b, add: true })} />}
      {view === 'tables' && <Grid fair={fair} plan={p} change={change} frozen={frozen} />}
      {view === 'firms' && <Firms fair={fair} plan={p} />}
      {view === 'results' && <Results plan={p} />}
      {view === 'list' && <List fair={fair} plan={p} change={change} frozen={frozen} />}
    </div>
  )
}

/** One more talk, for a walk-in or a word at the desk; it waits below the grid to be placed. */
function Add({ plan: p, add }: { plan: WholePlan; add: (a: string, b: string) => void }) {
  const [a, setA] = useState('')
  const [b, setB] = useState('')
  const firms = Object.entries(p.names).sort((x, y) => (x[1] < y[1] ? -1 : 1))
  const pick = (n: number, value: string, put: (v: string) => void) => (
    <select aria-label={`${t('fair.firm')} ${n}`} value={value} onChange={(e) => put(e.target.value)}><option value="">{t('fair.firm')} {n}</option>{firms.map(([id, name]) => <option key={id} value={id}>{name}</option>)}</select>
  )
  return (
    <details className="plan-add"><summary>{t('fair.addTalk')}</summary>
      <form className="plan-bar" onSubmit={(e) => { e.preventDefault(); add(a, b); setA(''); setB('') }}>{pick(1, a, setA)}{pick(2, b, setB)}<button disabled={!a || !b || a === b}>{t('fair.addTalk')}</button></form>
    </details>
  )
}

function Warnings({ plan: p }: { plan: WholePlan }) {
  if (p.warnings.length === 0) return <p className="good" role="status">{t('fair.warnings.none')}</p>
  return (
    <details className="fault" open={p.warnings.length <= 5 || p.warnings.some((w) => w.kind === 'lock')}>
      <summary><span role="status">{t('fair.warnings', p.warnings.length)}</span></summary>
      <ul>{[...p.warnings].sort((x, y) => Number(y.kind === 'lock') - Number(x.kind === 'lock')).map((w, i) => <li key={i}>{w.text}</li>)}</ul>
    </details>
  )
}

interface Shown { fair: Fair; plan: Named; change: (m: Meeting, part: Omit<MeetingEdit, 'a' | 'b'>) => void; frozen: boolean }
interface At { slot: number; table: number }

function Grid({ fair, plan: p, change, frozen }: Shown) {
  const [held, setHeld] = useState<Meeting | null>(null)
  const [at, setAt] = useState<At>({ slot: 1, table: 0 })
  const [said, setSaid] = useState('')
  const root = useRef<HTMLDivElement>(null)
  const moved = useRef('')
  // The server's answer puts the talk at its new place: who moved it by keyboard goes with it.
  useEffect(() => {
    if (moved.current) root.current?.querySelector<HTMLElement>(`[data-talk="${moved.current}"]`)?.focus()
    moved.current = ''
  }, [p.rev])
  const tables = fair.tables.map((x) => x.number)
  const bad = new Set(p.warnings.filter((w) => w.a).map((w) => keyOf(w)))
  const drop = (m: Meeting, x: At) => {
    setHeld(null)
    setSaid(t('fair.put', fair.slots[x.slot - 1]?.time ?? '', x.table))
    if (x.slot === m.slot && x.table === m.table) return
    moved.current = keyOf(m)
    change(m, { slot: x.slot, table: x.table })
  }
  const lift = (m: Meeting) => {
    if (frozen) return
    const start = { slot: m.slot || 1, table: tables.includes(m.table) ? m.table : tables[0]! }
    setHeld(m)
    setAt(start)
    setSaid(t('fair.held', (p.short[m.a] ?? ''), (p.short[m.b] ?? '')))
  }
  const keys = (e: KeyboardEvent) => {
    if (!held) return
    const step: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }
    const by = step[e.key]
    if (by) {
      e.preventDefault()
      const column = Math.min(Math.max(tables.indexOf(at.table) + by[1], 0), tables.length - 1)
      const next = { slot: Math.min(Math.max(at.slot + by[0], 1), fair.slots.length), table: tables[column]! }
      setAt(next)
      setSaid(t('fair.over', fair.slots[next.slot - 1]?.time ?? '', next.table))
    } else if (e.key === 'Enter' || e.key === ' ') {
      e.preventDefault()
      drop(held, at)
    } else if (e.key === 'Escape') {
      setHeld(null)
      setSaid(t('fair.cancelled'))
    }
  }
  const card = (m: Meeting) => (
    <Card key={keyOf(m)} plan={p} m={m} bad={bad.has(keyOf(m))} held={held === m} frozen={frozen} onLift={() => (held ? drop(held, at) : lift(m))} onLock={() => change(m, { locked: !m.locked })} onOut={() => { moved.current = keyOf(m); change(m, { slot: 0 }) }} onRemove={() => change(m, { remove: true })} onDrag={(on) => setHeld(on ? m : null)} />
  )
  const waiting = p.meetings.filter((m) => m.slot === 0)
  return (
    <div className="timetable" ref={root} onKeyDown={keys}>
      <p className="hide" role="status">{said}</p>
      <div className="scroll" role="region" aria-label={t('fair.view.tables')} tabIndex={0}>
        <table className="grid">
          <thead><tr><th scope="col">{t('fair.time')}</th>{fair.tables.map((x) => <th scope="col" key={x.number}>{t('fair.table', x.number)}<small>{[x.hall, x.enterprise_id && (p.short[x.enterprise_id] ?? '')].filter(Boolean).join(' · ')}</small></th>)}</tr></thead>
          <tbody>
            {fair.slots.map((s, i) => (
              <tr key={s.number} className={i > 0 && fair.slots[i - 1]!.session !== s.session ? 'session' : undefined}>
                <th scope="row">{s.time}{(i === 0 || fair.slots[i - 1]!.day !== s.day) && <small>{s.day.slice(5)}</small>}</th>
                {tables.map((n) => (
                  <td key={n} data-cell={`${s.number}-${n}`} tabIndex={-1} className={held && at.slot === s.number && at.table === n ? 'aim' : undefined}
                    onDragOver={(e) => { if (!frozen) { e.preventDefault(); setAt({ slot: s.number, table: n }) } }} onDrop={(e) => { e.preventDefault(); if (held) drop(held, { slot: s.number, table: n }) }}>
                    {p.meetings.filter((m) => m.slot === s.number && m.table === n).map(card)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Waiting waiting={waiting} card={card} />
    </div>
  )
}

function Waiting({ waiting, card }: { waiting: Meeting[]; card: (m: Meeting) => React.ReactNode }) {
  return (
    <details className="waiting" open={waiting.length > 0 && waiting.length < 12}>
      <summary>{t('fair.waiting', waiting.length)}</summary>
      <div>{waiting.map((m) => <div key={keyOf(m)}>{card(m)}<small className="quiet">{m.why}</small></div>)}</div>
    </details>
  )
}

interface CardProps { plan: Named; m: Meeting; bad: boolean; held: boolean; frozen: boolean; onLift: () => void; onLock: () => void; onOut: () => void; onRemove: () => void; onDrag: (on: boolean) => void }

function Card({ plan: p, m, bad, held, frozen, onLift, onLock, onOut, onRemove, onDrag }: CardProps) {
  const names = [(p.short[m.a] ?? ''), (p.short[m.b] ?? '')]
  return (
    <div className={`talk${bad ? ' bad' : ''}${m.locked ? ' locked' : ''}${held ? ' held' : ''}`} draggable={!frozen} onDragStart={(e) => { e.dataTransfer.setData('text/plain', keyOf(m)); onDrag(true) }} onDragEnd={() => onDrag(false)}>
      <button type="button" className="names" data-talk={keyOf(m)} aria-pressed={held} onClick={onLift} onKeyDown={(e) => { if (!frozen && !held && (e.key === 'l' || e.key === 'L')) onLock(); if (!frozen && !held && e.key === 'Delete') onOut() }}>
        {names.map((n, i) => <span key={i}>{n}</span>)}
        <i>{m.must && <b>{t('fair.must')}</b>}{m.added && <b className="added">{t('fair.added')}</b>}{bad && <b className="sign" title={t('fair.warned')}>!</b>} {m.value}</i>
      </button>
      {!frozen && m.slot > 0 && <button type="button" className="lock" aria-pressed={m.locked} onClick={onLock}>{m.locked ? t('fair.locked') : t('fair.lock')}<span className="hide"> {names.join(' × ')}</span></button>}
      {!frozen && m.slot === 0 && m.added && <button type="button" className="lock" onClick={onRemove}>{t('fair.removeTalk')}<span className="hide"> {names.join(' × ')}</span></button>}
    </div>
  )
}

function Firms({ fair, plan: p }: { fair: Fair; plan: Named }) {
  const rows = Object.keys(p.names).filter((id) => p.meetings.some((m) => m.a === id || m.b === id)).sort((a, b) => (p.names[a]! < p.names[b]! ? -1 : 1))
  const got = (id: string) => p.meetings.filter((m) => m.a === id || m.b === id)
  return (
    <div className="scroll" role="region" aria-label={t('fair.view.firms')} tabIndex={0}>
      <table className="grid firms">
        <thead><tr><th scope="col">{t('fair.firm')}</th><th scope="col">{t('fair.gotAsked')}</th>{fair.slots.map((s) => <th scope="col" key={s.number}>{s.time}</th>)}</tr></thead>
        <tbody>{rows.map((id) => (
          <tr key={id}><th scope="row">{(p.short[id] ?? '')}</th><td className="num">{got(id).filter((m) => m.slot > 0).length} / {got(id).length}</td>
            {fair.slots.map((s) => <td key={s.number}>{got(id).filter((m) => m.slot === s.number).map((m) => <span className="mini" key={keyOf(m)}>{(p.short[m.a === id ? m.b : m.a] ?? '')}<small>{t('fair.table', m.table)}</small></span>)}</td>)}
          </tr>
        ))}</tbody>
      </table>
    </div>
  )
}

/** For phones: one talk a line, place and time as two selects. */
function List({ fair, plan: p, change, frozen }: Shown) {
  return (
    <ul className="talklist">
      {[...p.meetings].sort((a, b) => (a.slot || 9999) - (b.slot || 9999) || a.table - b.table).map((m) => (
        <li className="card" key={keyOf(m)}>
          <b>{(p.short[m.a] ?? '')} × {(p.short[m.b] ?? '')}</b> {m.must && <span className="phase">{t('fair.must')}</span>}{m.added && <span className="phase">{t('fair.added')}</span>}
          <div className="acts">
            <select aria-label={t('fair.time')} disabled={frozen} value={m.slot} onChange={(e) => change(m, { slot: Number(e.target.value), table: m.table || fair.tables[0]!.number })}>
              <option value={0}>{t('fair.notPlaced')}</option>
              {fair.slots.map((s) => <option key={s.number} value={s.number}>{s.time}</option>)}
            </select>
            <select aria-label={t('fair.tableWord')} disabled={frozen || m.slot === 0} value={m.table} onChange={(e) => change(m, { table: Number(e.target.value) })}>
              {m.table === 0 && <option value={0}>—</option>}
              {fair.tables.map((x) => <option key={x.number} value={x.number}>{t('fair.table', x.number)}</option>)}
            </select>
            {!frozen && m.slot > 0 && <button type="button" aria-pressed={m.locked} onClick={() => change(m, { locked: !m.locked })}>{m.locked ? t('fair.locked') : t('fair.lock')}</button>}
            {!frozen && m.added && <button type="button" className="plain" onClick={() => change(m, { remove: true })}>{t('fair.removeTalk')}<span className="hide"> {p.short[m.a]} × {p.short[m.b]}</span></button>}
          </div>
          {m.slot === 0 && <p className="quiet">{m.why}</p>}
        </li>
      ))}
    </ul>
  )
}
