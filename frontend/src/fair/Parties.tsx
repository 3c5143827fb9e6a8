import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ok } from '../api'
import type { components } from '../schema'
import { t, tOf } from '../text'
import { fileBody, SheetIn } from '../ui/SheetIn'
import { Empty, Fault, Loading } from '../ui/ui'
import { PartyForm } from './PartyForm'
import { roles, useParties, type Fair, type FairFirm } from './fair'

type PartyInput = components['schemas']['FairPartyInput']

/** Who takes part, and whom the operator may add: pick the role, done. */
export function Parties({ fair }: { fair: Fair }) {
  const queries = useQueryClient()
  const [words, setWords] = useState('')
  const parties = useParties(fair.id)
  const firms = useQuery({ queryKey: ['fair', fair.id, 'firms', words], queryFn: () => ok(api.GET('/api/fairs/{id}/firms', { params: { path: { id: fair.id }, query: { q: words } } })) })
  const refresh = () => queries.invalidateQueries({ queryKey: ['fair', fair.id] })
  const add = useMutation({
    mutationFn: (x: { enterprise: string; party: PartyInput }) => ok(api.PUT('/api/fairs/{id}/parties/{enterprise}', { params: { path: { id: fair.id, enterprise: x.enterprise } }, body: x.party })),
    onSuccess: refresh,
  })
  const drop = useMutation({ mutationFn: (enterprise: string) => ok(api.DELETE('/api/fairs/{id}/parties/{enterprise}', { params: { path: { id: fair.id, enterprise } } })), onSuccess: refresh })
  if (parties.isPending) return <Loading />
  if (parties.error) return <Fault error={parties.error} />
  return (
    <div className="two">
      <div className="grow">
        <h2>{t('fair.parties', parties.data.items.length)}</h2>
        <details className="card line-block"><summary>{t('intake')}</summary>
          <p className="quiet">{t('intake.fairHint')}</p>
          <SheetIn template="/api/operator/sheets/parties" kept={() => void refresh()} send={(file, keep) => ok(api.POST('/api/fairs/{id}/sheet', { params: { path: { id: fair.id }, query: { keep } }, ...fileBody(file) }))} />
        </details>
        <Fault error={add.error ?? drop.error} />
        {parties.data.items.length === 0 && <Empty title={t('fair.parties.none')} />}
        {parties.data.items.map((p) => <Party key={p.enterprise_id} fair={fair} party={p} error={add.error} busy={add.isPending} onSave={(party) => add.mutate({ enterprise: p.enterprise_id, party })} onDrop={() => drop.mutate(p.enterprise_id)} />)}
      </div>
      <aside className="similar" aria-label={t('fair.addFirms')}>
        <h2>{t('fair.addFirms')}</h2>
        <input type="search" aria-label={t('fair.find')} placeholder={t('fair.find')} value={words} onChange={(e) => setWords(e.target.value)} />
        {firms.data?.items.map((e) => (
          <div className="addfirm" key={e.id}><span>{e.name}</span><div className="acts">{roles.map((r) => <button key={r} type="button" disabled={add.isPending} onClick={() => add.mutate({ enterprise: e.id, party: { role: r as PartyInput['role'] } })} aria-label={`${e.name} ${tOf('fair.role', r)}`}>{tOf('fair.role', r)}</button>)}</div></div>
        ))}
        {firms.data?.items.length === 0 && <p className="quiet">{t('fair.addFirms.none')}</p>}
      </aside>
    </div>
  )
}

function Party({ fair, party: p, error, busy, onSave, onDrop }: { fair: Fair; party: FairFirm; error: unknown; busy: boolean; onSave: (p: PartyInput) => void; onDrop: () => void }) {
  const [open, setOpen] = useState(false)
  const times = (list: number[] | undefined) => (list ?? []).map((n) => fair.slots[n - 1]?.time).filter(Boolean).join(' ')
  const away = [times(p.away) && t('fair.awayIn', times(p.away)), ...(p.reps ?? []).filter((r) => r.away?.length).map((r) => `${r.name} ${t('fair.awayIn', times(r.away))}`)]
  return (
    <article className="card line">
      <div><b>{p.name}</b><p className="quiet">{[p.reps?.map((r) => r.name).join('、'), t('fair.wishes', p.wishes), ...away].filter(Boolean).join(' · ')}</p></div>
      <span className="phase">{tOf('fair.role', p.role)}</span>
      <div className="acts">
        <button type="button" className="plain" aria-expanded={open} onClick={() => setOpen(!open)}>{t('fair.edit')}<span className="hide"> {p.name}</span></button>
        <button type="button" className="plain" onClick={onDrop}>{t('fair.drop')}<span className="hide"> {p.name}</span></button>
      </div>
      {open && <PartyForm fair={fair} party={{ role: p.role, reps: p.reps, parallel: p.parallel, away: p.away, absent: p.absent, late_until: p.late_until }} error={error} busy={busy} onSave={onSave} />}
    </article>
  )
}
