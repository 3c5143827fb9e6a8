import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ok } from '../api'
import type { components } from '../schema'
import { t } from '../text'
import { Fault, Loading } from '../ui/ui'
import { slotName, type Fair } from './fair'

type Counterpart = components['schemas']['Counterpart']

/** Two firms agree on a place in the timetable: who was asked accepts by picking one. */
export function Pick({ fair, counterpart: c }: { fair: Fair; counterpart: Counterpart }) {
  const queries = useQueryClient()
  const [open, setOpen] = useState(false)
  const cancel = useMutation({
    mutationFn: () => ok(api.DELETE('/api/fairs/{id}/picks/{enterprise}', { params: { path: { id: fair.id, enterprise: c.enterprise.id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['fair', fair.id] }),
  })
  return (
    <div className="pick">
      <div className="acts">
        {c.met && <b className="met">{t('fair.met', slotName(fair, c.met.slot), c.met.table)}</b>}
        {fair.picks && <button type="button" className={c.met ? 'plain' : 'primary'} aria-expanded={open} onClick={() => setOpen(!open)}>{t(open ? 'fair.pick.close' : c.met ? 'fair.pick.change' : 'fair.pick.open')}<span className="hide"> {c.enterprise.name}</span></button>}
        {fair.picks && c.met && <button type="button" className="plain" disabled={cancel.isPending} onClick={() => cancel.mutate()}>{t('fair.pick.cancel')}<span className="hide"> {c.enterprise.name}</span></button>}
      </div>
      <Fault error={cancel.error} />
      {open && <Openings fair={fair} counterpart={c} done={() => setOpen(false)} />}
    </div>
  )
}

/** What is free for both. A place that was taken meanwhile goes from the list; what was chosen before stands. */
function Openings({ fair, counterpart: c, done }: { fair: Fair; counterpart: Counterpart; done: () => void }) {
  const queries = useQueryClient()
  const [slot, setSlot] = useState(c.met?.slot ?? 0)
  const [table, setTable] = useState(0)
  const path = { id: fair.id, enterprise: c.enterprise.id }
  const free = useQuery({ queryKey: ['fair', fair.id, 'openings', c.enterprise.id], refetchInterval: 10_000, queryFn: () => ok(api.GET('/api/fairs/{id}/openings/{enterprise}', { params: { path } })) })
  const pick = useMutation({
    mutationFn: () => ok(api.PUT('/api/fairs/{id}/picks/{enterprise}', { params: { path }, body: { slot, table } })),
    onSuccess: done,
    onSettled: () => queries.invalidateQueries({ queryKey: ['fair', fair.id] }),
  })
  if (free.isPending) return <Loading />
  if (free.error) return <Fault error={free.error} />
  const items = free.data.items
  const chosen = items.find((x) => x.slot === slot)
  const sessions = [...new Set(fair.slots.map((s) => s.session))]
  return (
    <form className="openings" onSubmit={(e) => { e.preventDefault(); if (slot) pick.mutate() }}>
      {items.length === 0 && <p className="quiet">{t('fair.pick.none')}</p>}
      {sessions.map((n) => {
        const list = items.filter((x) => fair.slots[x.slot - 1]?.session === n)
        if (list.length === 0) return null
        return (
          <fieldset key={n}><legend>{t('fair.session', n)} <small className="quiet">{fair.slots[list[0]!.slot - 1]?.day}</small></legend>
            {list.map((x) => <label key={x.slot} className="chip"><input type="radio" name={`slot-${c.enterprise.id}`} checked={slot === x.slot} onChange={() => { setSlot(x.slot); setTable(0) }} />{fair.slots[x.slot - 1]?.time}</label>)}
          </fieldset>
        )
      })}
      {chosen && (
        <label>{t('fair.pick.table')} <select value={table} onChange={(e) => setTable(Number(e.target.value))}><option value={0}>{t('fair.pick.anyTable')}</option>{chosen.tables.map((n) => <option key={n} value={n}>{[fair.tables.find((x) => x.number === n)?.hall, t('fair.table', n)].filter(Boolean).join(' ')}</option>)}</select></label>
      )}
      <Fault error={pick.error} />
      <button className="primary" disabled={!slot || pick.isPending}>{t('fair.pick.do')}</button>
    </form>
  )
}
