import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { api, fieldsOf, ok, type Me } from '../api'
import { t, tOf } from '../text'
import { Fault, Field, Input, Select } from '../ui/ui'
import { inputOf, phases, useParties, type Fair, type FairInput } from './fair'

function inDays(n: number): string {
  return new Date(Date.now() + (n * 24 + 8) * 3_600_000).toISOString().slice(0, 10)
}

function fresh(cluster: string): FairInput {
  const day = inDays(14)
  return {
    name: '', place: '', clusters: [cluster], entry: 'clusters', phase: 'setup', dates: [], slot_minutes: 20, min_meetings: 0, max_meetings: 8,
    sessions: [{ day, from: '09:00', to: '12:00' }, { day, from: '13:30', to: '17:00' }], pauses: [{ day, from: '10:20', to: '10:40', title: t('fair.pause.tea') }],
    tables: Array.from({ length: 10 }, (_, i) => ({ number: i + 1, hall: '' })),
  }
}

/** Everything about a fair on one page: most of it is right from the start. */
export function Setup({ fair, me }: { fair?: Fair; me: Me }) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const clusters = useQuery({ queryKey: ['clusters'], staleTime: Infinity, queryFn: () => ok(api.GET('/api/clusters')) })
  const [form, setForm] = useState<FairInput>(() => (fair ? inputOf(fair) : fresh(me.clusters[0] ?? 'luquan')))
  const set = <K extends keyof FairInput>(name: K, value: FairInput[K]) => setForm((f) => ({ ...f, [name]: value }))
  const save = useMutation({
    mutationFn: () => (fair ? ok(api.PUT('/api/fairs/{id}', { params: { path: { id: fair.id }, header: { 'If-Match': `"${fair.rev}"` } }, body: form })) : ok(api.POST('/api/fairs', { body: form }))),
    onSuccess: (f) => {
      queries.setQueryData(['fair', f.id], f)
      void queries.invalidateQueries({ queryKey: ['fairs'] })
      if (!fair) void navigate(`/fairs/${f.id}?tab=parties`)
    },
  })
  const errors = fieldsOf(save.error)
  const host = me.roles.includes('admin') ? (clusters.data?.items ?? []) : (clusters.data?.items ?? []).filter((c) => me.clusters.includes(c.id) || c.id === form.clusters[0])
  return (
    <form className="sheet" noValidate onSubmit={(e) => { e.preventDefault(); save.mutate() }}>
      <Select label={t('fair.phase')} value={form.phase} onChange={(v) => set('phase', v)} options={phases.map((p) => ({ value: p, name: tOf('fair.phase', p) }))} error={errors.phase} />
      <Input label={t('fair.name')} value={form.name} onChange={(v) => set('name', v)} error={errors.name} required maxLength={80} />
      <Input label={t('fair.place')} value={form.place ?? ''} onChange={(v) => set('place', v)} error={errors.place} />
      <Select label={t('fair.host')} value={form.clusters[0] ?? ''} onChange={(v) => set('clusters', [v, ...form.clusters.slice(1).filter((x) => x !== v)])} options={host.map((c) => ({ value: c.id, name: c.name }))} error={errors.clusters} />
      <fieldset className="field checks"><legend>{t('fair.with')}</legend>
        {(clusters.data?.items ?? []).filter((c) => c.id !== form.clusters[0]).map((c) => (
          <label className="check" key={c.id}><input type="checkbox" checked={form.clusters.includes(c.id)} onChange={(e) => set('clusters', e.target.checked ? [...form.clusters, c.id] : form.clusters.filter((x) => x !== c.id))} />{c.name}</label>
        ))}
      </fieldset>
      <Select label={t('fair.entry')} value={form.entry} onChange={(v) => set('entry', v)} options={['clusters', 'invited', 'open'].map((x) => ({ value: x, name: tOf('fair.entry', x) }))} />
      <Select label={t('fair.regime')} value={form.regime || 'organiser'} onChange={(v) => set('regime', v as never)} options={['organiser', 'pick'].map((x) => ({ value: x, name: tOf('fair.regime', x) }))} error={errors.regime} />
      <div className="row">
        <Select label={t('fair.slot')} value={String(form.slot_minutes)} onChange={(v) => set('slot_minutes', Number(v))} options={['15', '20', '30'].map((x) => ({ value: x, name: t('fair.minutes', x) }))} error={errors.slot_minutes} />
        <Input label={t('fair.min')} value={String(form.min_meetings ?? 0)} onChange={(v) => set('min_meetings', Number(v) || 0)} inputMode="numeric" />
        <Input label={t('fair.max')} value={String(form.max_meetings ?? 0)} onChange={(v) => set('max_meetings', Number(v) || 0)} inputMode="numeric" error={errors.max_meetings} hint={t('fair.max.hint')} />
      </div>
      <Spans name="sessions" label={t('fair.sessions')} list={form.sessions} onChange={(v) => set('sessions', v)} errors={errors} />
      <Spans name="pauses" label={t('fair.pauses')} list={form.pauses ?? []} onChange={(v) => set('pauses', v)} errors={errors} titled day={form.sessions[0]?.day} />
      <details className="field"><summary>{t('fair.dates')}</summary>
        {phases.slice(1).map((p) => <Input key={p} type="date" label={tOf('fair.phase', p)} value={form.dates?.find((d) => d.phase === p)?.day ?? ''} onChange={(v) => set('dates', [...(form.dates ?? []).filter((d) => d.phase !== p), ...(v ? [{ phase: p, day: v }] : [])])} />)}
      </details>
      <Tables fair={fair} form={form} set={(v) => set('tables', v)} error={errors.tables} />
      <Fault error={save.error} />
      {save.isSuccess && <p className="good" role="status">{t('app.saved')}</p>}
      <button className="primary wide" disabled={save.isPending}>{t('app.save')}</button>
    </form>
  )
}

type Span = FairInput['sessions'][number]

function Spans({ name, label, list, onChange, errors, titled, day }: { name: string; label: string; list: Span[]; onChange: (list: Span[]) => void; errors: Record<string, string>; titled?: boolean; day?: string }) {
  const put = (i: number, part: Partial<Span>) => onChange(list.map((s, n) => (n === i ? { ...s, ...part } : s)))
  const last = list[list.length - 1]
  return (
    <fieldset className="field"><legend>{label}</legend>
      {list.map((s, i) => (
        <div className="spec" key={i}>
          <input type="date" aria-label={`${label} ${i + 1} ${t('fair.day')}`} value={s.day} onChange={(e) => put(i, { day: e.target.value })} />
          <input type="time" aria-label={`${label} ${i + 1} ${t('fair.from')}`} value={s.from} onChange={(e) => put(i, { from: e.target.value })} />
          <input type="time" aria-label={`${label} ${i + 1} ${t('fair.to')}`} value={s.to} onChange={(e) => put(i, { to: e.target.value })} />
          {titled && <input aria-label={`${label} ${i + 1} ${t('fair.pause.title')}`} value={s.title ?? ''} onChange={(e) => put(i, { title: e.target.value })} />}
          {titled && <label className="check"><input type="checkbox" checked={s.talk ?? false} onChange={(e) => put(i, { talk: e.target.checked })} />{t('fair.talkBlock')}</label>}
          <button type="button" className="plain" aria-label={`${t('app.delete')} ${label} ${i + 1}`} onClick={() => onChange(list.filter((_, n) => n !== i))}>×</button>
          {Object.entries(errors).filter(([k]) => k.startsWith(`${name}[${i}]`)).map(([k, m]) => <p className="field-error" key={k}>{m}</p>)}
        </div>
      ))}
      {errors[name] && <p className="field-error">{errors[name]}</p>}
      <button type="button" onClick={() => onChange([...list, { day: last?.day ?? day ?? inDays(14), from: titled ? '10:00' : '09:00', to: titled ? '10:20' : '12:00', title: '' }])}>＋ {label}</button>
    </fieldset>
  )
}

function Tables({ fair, form, set, error }: { fair?: Fair; form: FairInput; set: (list: FairInput['tables']) => void; error?: string }) {
  const grow = (n: number) => set(Array.from({ length: Math.min(Math.max(n, 0), 1000) }, (_, i) => form.tables[i] ?? { number: Math.max(0, ...form.tables.map((x) => x.number)) + i - form.tables.length + 1, hall: '' }))
  const put = (i: number, part: Partial<FairInput['tables'][number]>) => set(form.tables.map((x, n) => (n === i ? { ...x, ...part } : x)))
  return (
    <>
      <Input label={t('fair.tables')} value={String(form.tables.length)} onChange={(v) => grow(Number(v) || 0)} inputMode="numeric" error={error} />
      {fair && <details className="field"><summary>{t('fair.tables.each')}</summary><Fixed fair={fair} form={form} put={put} /></details>}
    </>
  )
}

function Fixed({ fair, form, put }: { fair: Fair; form: FairInput; put: (i: number, part: Partial<FairInput['tables'][number]>) => void }) {
  const parties = useParties(fair.id)
  return (
    <>
      {form.tables.map((x, i) => (
        <div className="spec" key={i}>
          <b>{t('fair.table', x.number)}</b>
          <input aria-label={`${t('fair.table', x.number)} ${t('fair.hall')}`} placeholder={t('fair.hall')} value={x.hall ?? ''} onChange={(e) => put(i, { hall: e.target.value })} />
          <Field label="">{(p) => (
            <select {...p} aria-label={`${t('fair.table', x.number)} ${t('fair.keptFor')}`} value={x.enterprise_id ?? ''} onChange={(e) => put(i, { enterprise_id: e.target.value })}>
              <option value="">{t('fair.free')}</option>
              {(parties.data?.items ?? []).map((y) => <option key={y.enterprise_id} value={y.enterprise_id}>{y.name}</option>)}
            </select>
          )}</Field>
        </div>
      ))}
    </>
  )
}
