import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, fieldsOf, ok, type Introduction } from '../api'
import { bands, saidOf, today, t, tOf } from '../text'
import { Fault, Input, Select } from '../ui/ui'

export const stages = ['contact', 'sample', 'trial', 'contract', 'delivered', 'reorder'] as const
const ends = ['price', 'quality', 'lead', 'spec', 'payment', 'silence', 'other'] as const
type Stage = (typeof stages)[number]
type Claim = NonNullable<NonNullable<Introduction['outcome']>['mine']>

/** How far the two came, what each side says, and one's own say. */
export function OutcomePanel({ introduction: i }: { introduction: Introduction }) {
  const [open, setOpen] = useState(false)
  if (!i.may_claim) return null
  const o = i.outcome
  const reached = o ? stages.indexOf(o.stage as Stage) : i.status === 'agreed' ? 0 : -1
  return (
    <div className="outcome">
      <ol className="steps" aria-label={t('app.outcome')}>
        {stages.map((s, n) => <li key={s} className={n <= reached ? 'done' : ''} aria-current={n === reached ? 'step' : undefined}>{tOf('app.stage', s)}</li>)}
      </ol>
      {o && <p><span className={`state ${o.strength}`}>{tOf('app.strength', o.strength)}</span> {o.amount && <b className="sum">{saidOf(o)}</b>} {o.ended && t('app.outcome.ended')}</p>}
      {o?.theirs && !same(o.mine, o.theirs) && <p className="quiet">{t('app.outcome.theirs', say(o.theirs))}</p>}
      {o?.mine && !same(o.mine, o.theirs) && <p className="quiet">{t('app.outcome.mine', say(o.mine))}</p>}
      {!open && o?.theirs && !same(o.mine, o.theirs) && <Confirm id={i.id} theirs={o.theirs} />}
      {!open && <button type="button" onClick={() => setOpen(true)}>{t(o?.mine ? 'app.outcome.change' : 'app.outcome.tell')}</button>}
      {open && <Form introduction={i} done={() => setOpen(false)} />}
    </div>
  )
}

/** The other side's word, taken as one's own with one tap. */
function Confirm({ id, theirs }: { id: string; theirs: Claim }) {
  const queries = useQueryClient()
  const send = useMutation({
    mutationFn: () => ok(api.PUT('/api/introductions/{id}/outcome', { params: { path: { id } }, body: { stage: theirs.stage as Stage, amount: theirs.amount, band: theirs.band, quantity: theirs.quantity, day: theirs.day, ended: theirs.ended, reason: theirs.reason as (typeof ends)[number] | '' } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['introductions'] }),
  })
  return <><button type="button" className="primary" disabled={send.isPending} onClick={() => send.mutate()}>{t('app.outcome.confirm')}</button><Fault error={send.error} /></>
}

function Form({ introduction: i, done }: { introduction: Introduction; done: () => void }) {
  const queries = useQueryClient()
  const start = i.outcome?.mine ?? i.outcome?.theirs
  const [form, setForm] = useState({
    stage: (start?.stage ?? 'sample') as Stage, amount: start && !start.band ? start.amount : '', quantity: start?.quantity ?? '', day: start?.day ?? today(), ended: start?.ended ?? false, reason: (start?.reason || 'price') as (typeof ends)[number],
  })
  const [band, setBand] = useState(bands.find((b) => start?.band && Number(b.amount) === Number(start.amount))?.amount ?? '')
  const set = (name: keyof typeof form) => (value: string) => setForm((f) => ({ ...f, [name]: value }))
  const counts = stages.indexOf(form.stage) >= stages.indexOf('contract')
  const send = useMutation({
    mutationFn: () => ok(api.PUT('/api/introductions/{id}/outcome', {
      params: { path: { id: i.id } },
      body: { stage: form.stage, amount: counts ? band || form.amount : '', band: counts && band !== '', quantity: form.quantity, day: form.day, ended: form.ended, reason: form.ended ? form.reason : '' },
    })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['introductions'] })
      done()
    },
  })
  const errors = fieldsOf(send.error)
  return (
    <form noValidate onSubmit={(e) => { e.preventDefault(); send.mutate() }}>
      <div className="row">
        <Select label={t('app.outcome.stage')} value={form.stage} onChange={set('stage')} error={errors.stage} options={stages.map((s) => ({ value: s, name: tOf('app.stage', s) }))} />
        <Input label={t('app.outcome.day')} value={form.day} onChange={set('day')} error={errors.day} type="date" required />
      </div>
      {counts && (
        <div className="row">
          <Select label={t('app.outcome.about')} value={band} onChange={setBand} options={[{ value: '', name: t('app.outcome.exact') }, ...bands.map((b) => ({ value: b.amount, name: saidOf(b) }))]} />
          {band
            ? <p className="field-hint">{t('app.outcome.bandHint')}</p>
            : <Input label={t('app.outcome.amount')} value={form.amount} onChange={set('amount')} error={errors.amount} inputMode="decimal" required />}
        </div>
      )}
      {counts && (
        <div className="row">
          <Input label={t('app.outcome.quantity')} value={form.quantity} onChange={set('quantity')} error={errors.quantity} maxLength={40} />
        </div>
      )}
      <label className="check"><input type="checkbox" checked={form.ended} onChange={(e) => setForm((f) => ({ ...f, ended: e.target.checked }))} /> {t('app.outcome.end')}</label>
      {form.ended && <Select label={t('app.outcome.endReason')} value={form.reason} onChange={set('reason')} error={errors.reason} options={ends.map((s) => ({ value: s, name: tOf('app.end', s) }))} />}
      <p className="aside">{t('app.outcome.hint')}</p>
      {Object.keys(errors).length === 0 && <Fault error={send.error} />}
      <div className="acts">
        <button className="primary" disabled={send.isPending}>{t('app.save')}</button>
        <button type="button" className="plain" onClick={done}>{t('app.cancel')}</button>
      </div>
    </form>
  )
}

const same = (a: Claim | null | undefined, b: Claim | null | undefined) => !!a && !!b && a.stage === b.stage && a.amount === b.amount && a.band === b.band && a.ended === b.ended
const say = (c: Claim) => [tOf('app.stage', c.stage), saidOf(c), c.quantity, c.day, c.ended && t('app.outcome.ended')].filter(Boolean).join(' · ')
