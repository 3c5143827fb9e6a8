import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { api, fieldsOf, ok, type Me } from '../api'
import { inDays, t, tOf } from '../text'
import { Fault, Input, Select } from '../ui/ui'
import { inputOf, phases, useParties, type Fair, type FairInput } from './fair'

function fresh(cluster: string): FairInput {
  const day = inDays(14)
  return {
    name: '', place: '', clusters: [cluster], entry: 'clusters', regime: 'organiser', phase: 'setup', dates: [], slot_minutes: 20, min_meetings: 0, max_meetings: 8,
    sessions: [{ day, from: '09:00', to: '12:00' }, { day, from: '13:30', to: '17:00' }], pauses: [{ day, from: '10:20', to: '10:40', title: t('fair.pause.tea') }],
    tables: Array.from({ length: 10 }, (_, i) => ({ number: i + 1, hall: '' })),
  }
}

/** The set-up of an earlier fair, moved so that it begins in two weeks; who had a table and the dates of its phases are left behind. The cluster that one runs is the host. */
export function likewise(f: FairInput, mine: string[]): FairInput {
  const host = f.clusters.find((c) => mine.includes(c)) ?? mine[0] ?? f.clusters[0] ?? ''
  const first = f.sessions.map((s) => s.day).sort()[0] ?? inDays(14)
  const move = (day: string) => inDays(14 + Math.round((Date.parse(day) - Date.parse(first)) / 86_400_000))
  return {
    ...f, clusters: [host, ...f.clusters.filter((c) => c !== host)], name: '', phase: 'setup', dates: [], tables: f.tables.map((x) => ({ ...x, enterprise_id: '' })),
    sessions: f.sessions.map((s) => ({ ...s, day: move(s.day) })), pauses: (f.pauses ?? []).map((p) => ({ ...p, day: move(p.day) })),
  }
}

/** Everything about a fair on one page: most of it is right from the start. */
export function Setup({ fair, like, me }: { fair?: Fair; like?: Fair; me: Me }) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const clusters = useQuery({ queryKey: ['clusters'], staleTime: Infinity, queryFn: () => ok(api.GET('/api/clusters')) })
  const [form, setForm] = useState<FairInput>(() => (fair ? inputOf(fair) : like ? likewise(inputOf(like), me.clusters) : fresh(me.clusters[0] ?? 'luquan')))
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
      <Phases form={form} set={(v) => set('dates', v)} />
      <Tables fair={fair} form={form} set={(v) => set('tables', v)} errors={errors} />
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

/** When each phase begins, and what firms may do by themselves while it lasts. */
function Phases({ form, set }: { form: FairInput; set: (list: NonNullable<FairInput['dates']>) => void }) {
  const dates = form.dates ?? []
  const put = (phase: string, day: string) => set([...dates.filter((d) => d.phase !== phase), ...(day ? [{ phase, day }] : [])])
  return (
    <fieldset className="field"><legend>{t('fair.dates')}</legend>
      <table className="phases"><tbody>
        {phases.map((p) => (
          <tr key={p} className={p === form.phase ? 'on' : undefined}>
            <th scope="row">{tOf('fair.phase', p)}</th>
            <td>{p !== 'setup' && <input type="date" aria-label={`${tOf('fair.phase', p)} ${t('fair.day')}`} value={dates.find((d) => d.phase === p)?.day ?? ''} onChange={(e) => put(p, e.target.value)} />}</td>
            <td className="quiet">{tOf('fair.permits', form.regime === 'pick' && (p === 'wish' || p === 'plan') ? `${p}.pick` : p)}</td>
          </tr>
        ))}
      </tbody></table>
    </fieldset>
  )
}

type Table = FairInput['tables'][number]
interface Hall { hall: string; from: number; to: number }

/** The halls of a list of tables: runs of numbers under one name. */
export function hallsOf(tables: Table[]): Hall[] {
  const out: Hall[] = []
  for (const x of tables) {
    const last = out[out.length - 1]
    if (last && last.hall === (x.hall ?? '') && last.to + 1 === x.number) last.to = x.number
    else out.push({ hall: x.hall ?? '', from: x.number, to: x.number })
  }
  return out
}

/** Tables by hall: a name and its numbers; each may be kept for a firm. */
function Tables({ fair, form, set, errors }: { fair?: Fair; form: FairInput; set: (list: Table[]) => void; errors: Record<string, string> }) {
  const [halls, setHalls] = useState(() => hallsOf(form.tables))
  const change = (list: Hall[]) => {
    setHalls(list)
    const kept = new Map(form.tables.map((x) => [x.number, x.enterprise_id]))
    set(list.flatMap((h) => Array.from({ length: Math.min(Math.max(h.to - h.from + 1, 0), 1000) }, (_, i) => ({ number: h.from + i, hall: h.hall, enterprise_id: kept.get(h.from + i) ?? '' }))))
  }
  const put = (i: number, part: Partial<Hall>) => change(halls.map((h, n) => (n === i ? { ...h, ...part } : h)))
  const faults = [...new Set(Object.entries(errors).filter(([k]) => k.startsWith('tables')).map(([, m]) => m))]
  const last = Math.max(0, ...halls.map((h) => h.to))
  return (
    <fieldset className="field"><legend>{t('fair.tables', form.tables.length)}</legend>
      {halls.map((h, i) => (
        <div className="spec" key={i}>
          <input aria-label={`${t('fair.hall')} ${i + 1}`} placeholder={t('fair.hall')} value={h.hall} onChange={(e) => put(i, { hall: e.target.value })} />
          <input aria-label={`${t('fair.hall')} ${i + 1} ${t('fair.tables.from')}`} inputMode="numeric" value={h.from || ''} onChange={(e) => put(i, { from: Number(e.target.value) || 0 })} />
          <input aria-label={`${t('fair.hall')} ${i + 1} ${t('fair.tables.to')}`} inputMode="numeric" value={h.to || ''} onChange={(e) => put(i, { to: Number(e.target.value) || 0 })} />
          <button type="button" className="plain" aria-label={`${t('app.delete')} ${t('fair.hall')} ${i + 1}`} onClick={() => change(halls.filter((_, n) => n !== i))}>×</button>
        </div>
      ))}
      {faults.map((m) => <p className="field-error" key={m}>{m}</p>)}
      <button type="button" onClick={() => change([...halls, { hall: '', from: last + 1, to: last + 10 }])}>＋ {t('fair.hall')}</button>
      {fair && <details className="field"><summary>{t('fair.tables.each')}</summary><Kept fair={fair} tables={form.tables} set={set} /></details>}
    </fieldset>
  )
}

function Kept({ fair, tables, set }: { fair: Fair; tables: Table[]; set: (list: Table[]) => void }) {
  const parties = useParties(fair.id)
  return tables.map((x, i) => (
    <label className="spec" key={x.number}><b>{[x.hall, t('fair.table', x.number)].filter(Boolean).join(' ')}</b>
      <select aria-label={`${t('fair.table', x.number)} ${t('fair.keptFor')}`} value={x.enterprise_id ?? ''} onChange={(e) => set(tables.map((y, n) => (n === i ? { ...y, enterprise_id: e.target.value } : y)))}>
        <option value="">{t('fair.free')}</option>
        {(parties.data?.items ?? []).map((y) => <option key={y.enterprise_id} value={y.enterprise_id}>{y.name}</option>)}
      </select>
    </label>
  ))
}
