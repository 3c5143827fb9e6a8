import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { api, fieldsOf, ok, type Me } from '../api'
import { t, tOf } from '../text'
import { Fault, Field, FormFault, Input, Select } from '../ui/ui'
import { Links } from './Links'

type Enterprise = NonNullable<Me['enterprise']>
type Errors = Record<string, string>

const kinds = ['leader', 'giant', 'champion', 'specialised', 'hightech', 'innovative', 'firstset', 'quality', 'brand', 'greenfactory', 'abovescale']
const ranks = ['', 'national', 'provincial', 'municipal', 'county'] as const
const staff = ['', 'lt20', '20to299', '300to999', '1000up'] as const
const turnover = ['', 'lt3m', '3mto20m', '20mto400m', '400mup'] as const
const shown = ['agreed', 'public', 'association', 'firm'] as const

const blank = {
  honours: { kind: 'specialised', rank: '', number: '', year: 0, until: '', evidence: '' },
  certificates: { name: '', number: '', until: '', evidence: '' },
  capacities: { kind: 'equipment', name: '', count: 0, monthly: '', spare: '', unit: '' },
  people: { name: '', duty: '', phone: '', mail: '', shown: 'agreed' },
} as const

/** What a firm says of itself beyond its name and place. */
export default function Record({ kept, rev, saved }: { kept: Enterprise; rev: number; saved: (rev: number) => void }) {
  const queries = useQueryClient()
  const [form, setForm] = useState({
    links: kept.links.filter((l) => l.own).map((l) => l.code),
    honours: kept.honours.map(({ kind, rank, number, year, until, evidence }) => ({ kind, rank: rank as string, number, year, until, evidence })),
    certificates: kept.certificates.map(({ name, number, until, evidence }) => ({ name, number, until, evidence })),
    capacities: kept.capacities.map((c) => ({ kind: c.kind as string, name: c.name, count: c.count ?? 0, monthly: c.monthly ?? '', spare: c.spare ?? '', unit: c.unit ?? '' })),
    people: kept.people.map((p) => ({ name: p.name, duty: p.duty ?? '', phone: p.phone, mail: p.mail ?? '', shown: p.shown as string })),
    staff: kept.staff as string, turnover: kept.turnover as string,
  })
  const save = useMutation({
    mutationFn: () => ok(api.PUT('/api/enterprise/record', { params: { header: { 'If-Match': `"${rev}"` } }, body: form as never })),
    onSuccess: (e) => { saved(e.rev); return queries.invalidateQueries({ queryKey: ['me'] }) },
  })
  const errors = fieldsOf(save.error)
  const rows = <K extends keyof typeof blank>(list: K, one: (row: (typeof form)[K][number], i: number, change: (part: object) => void) => ReactNode) => {
    const all = form[list] as (typeof form)[K][number][]
    const put = (rows: unknown[]) => setForm((f) => ({ ...f, [list]: rows }))
    return (
      <>
        {all.map((row, i) => (
          <fieldset className="record-row" key={i}>
            {one(row, i, (part) => put(all.map((r, k) => (k === i ? { ...r, ...part } : r))))}
            <button type="button" className="plain" aria-label={`${t('record.remove')} ${i + 1}`} onClick={() => put(all.filter((_, k) => k !== i))}>{t('record.remove')}</button>
          </fieldset>
        ))}
        {errors[list] && <p className="field-error">{errors[list]}</p>}
        <button type="button" onClick={() => put([...all, { ...blank[list] }])}>{t('record.add')}：{t(`record.${list}`)}</button>
      </>
    )
  }
  return (
    <form className="sheet record" noValidate onSubmit={(e) => { e.preventDefault(); save.mutate() }}>
      <h1>{t('record')}</h1>
      <p className="aside">{t('record.hint')}</p>
      <h2>{t('record.links')}</h2>
      <Links codes={form.links} onChange={(links) => setForm((f) => ({ ...f, links }))} read={kept.links.filter((l) => !l.own)} errors={errors} />
      <h2>{t('record.honours')}</h2>
      <p className="aside">{t('record.honours.hint')}</p>
      {rows('honours', (h, i, change) => (
        <>
          <HonourState kept={kept} honour={h} />
          <Select label={t('record.kind')} value={h.kind} onChange={(kind) => change({ kind })} error={errors[`honours[${i}].kind`]} options={kinds.map((k) => ({ value: k, name: tOf('honour', k) }))} />
          <Select label={t('record.rank')} value={h.rank} onChange={(rank) => change({ rank })} error={errors[`honours[${i}].rank`]} options={ranks.map((k) => ({ value: k, name: tOf('record.rank', k) }))} />
          <Input label={t('record.number')} value={h.number} onChange={(number) => change({ number })} error={errors[`honours[${i}].number`]} />
          <Input label={t('record.year')} value={h.year ? String(h.year) : ''} onChange={(y) => change({ year: Number(y.replace(/\D/g, '')) })} error={errors[`honours[${i}].year`]} inputMode="numeric" maxLength={4} />
          <Input label={t('record.until')} value={h.until} onChange={(until) => change({ until })} error={errors[`honours[${i}].until`]} type="date" />
          <Evidence id={h.evidence} onChange={(evidence) => change({ evidence })} error={errors[`honours[${i}].evidence`]} />
        </>
      ))}
      <h2>{t('record.certificates')}</h2>
      {rows('certificates', (c, i, change) => (
        <>
          <Input label={t('record.certificate.name')} value={c.name} onChange={(name) => change({ name })} error={errors[`certificates[${i}].name`]} required />
          <Input label={t('record.number')} value={c.number} onChange={(number) => change({ number })} error={errors[`certificates[${i}].number`]} />
          <Input label={t('record.until')} value={c.until} onChange={(until) => change({ until })} error={errors[`certificates[${i}].until`]} type="date" />
          <Evidence id={c.evidence} onChange={(evidence) => change({ evidence })} error={errors[`certificates[${i}].evidence`]} />
        </>
      ))}
      <h2>{t('record.capacities')}</h2>
      {rows('capacities', (c, i, change) => <CapacityFields c={c} at={`capacities[${i}]`} change={change} errors={errors} />)}
      <h2>{t('record.size')}</h2>
      <div className="record-row">
        <Select label={t('record.staff')} value={form.staff} onChange={(v) => setForm((f) => ({ ...f, staff: v }))} error={errors.staff} options={staff.map((k) => ({ value: k, name: tOf('record.staff', k) }))} />
        <Select label={t('record.turnover')} value={form.turnover} onChange={(v) => setForm((f) => ({ ...f, turnover: v }))} error={errors.turnover} options={turnover.map((k) => ({ value: k, name: tOf('record.turnover', k) }))} />
      </div>
      <h2>{t('record.people')}</h2>
      <p className="aside">{t('record.people.hint')}</p>
      {rows('people', (p, i, change) => (
        <>
          <Input label={t('app.yourName')} value={p.name} onChange={(name) => change({ name })} error={errors[`people[${i}].name`]} required />
          <Input label={t('record.duty')} value={p.duty} onChange={(duty) => change({ duty })} error={errors[`people[${i}].duty`]} />
          <Input label={t('app.phone')} value={p.phone} onChange={(phone) => change({ phone })} error={errors[`people[${i}].phone`]} inputMode="tel" required />
          <Input label={t('app.mail')} value={p.mail} onChange={(mail) => change({ mail })} error={errors[`people[${i}].mail`]} />
          <Select label={t('record.shown')} value={p.shown} onChange={(v) => change({ shown: v })} error={errors[`people[${i}].shown`]} options={shown.map((k) => ({ value: k, name: tOf('record.shown', k) }))} />
        </>
      ))}
      <FormFault error={save.error} />
      {save.isSuccess && <p className="good" role="status">{t('app.saved')}</p>}
      <button className="primary wide" disabled={save.isPending}>{t('record.save')}</button>
    </form>
  )
}

/** How far an honour is believed, as long as it says what is kept. */
function HonourState({ kept, honour: h }: { kept: Enterprise; honour: { kind: string; rank: string; number: string; year: number; until: string; evidence: string } }) {
  const same = kept.honours.find((k) => k.kind === h.kind && k.rank === h.rank && k.number === h.number && k.year === h.year && k.until === h.until && k.evidence === h.evidence)
  if (!same) return <p className="record-state"><span className="state waiting">{t('record.own')}</span></p>
  return (
    <p className="record-state">
      {same.ended && <span className="state suspended">{t('record.ended')}</span>}{' '}
      {same.own ? <span className={`state ${same.state === 'returned' ? 'returned' : 'waiting'}`}>{t(same.state === 'returned' ? 'record.returned' : 'record.waiting')}</span> : <span className="level reviewed">{t('level.reviewed')}</span>}{' '}
      <span className="quiet">{same.by} {same.reason}</span>
    </p>
  )
}

function CapacityFields({ c, at, change, errors }: { c: { kind: string; name: string; count: number; monthly: string; spare: string; unit: string }; at: string; change: (part: object) => void; errors: Errors }) {
  return (
    <>
      <Select label={t('record.capacity.kind')} value={c.kind} onChange={(kind) => change({ kind })} error={errors[`${at}.kind`]} options={['equipment', 'process'].map((k) => ({ value: k, name: tOf('record.capacity', k) }))} />
      <Input label={t('record.capacity.name')} value={c.name} onChange={(name) => change({ name })} error={errors[`${at}.name`]} required />
      <Input label={t('record.capacity.count')} value={c.count ? String(c.count) : ''} onChange={(n) => change({ count: Number(n.replace(/\D/g, '')) })} error={errors[`${at}.count`]} inputMode="numeric" />
      <Input label={t('record.capacity.monthly')} value={c.monthly} onChange={(monthly) => change({ monthly })} error={errors[`${at}.monthly`]} inputMode="decimal" />
      <Input label={t('record.capacity.spare')} value={c.spare} onChange={(spare) => change({ spare })} error={errors[`${at}.spare`]} inputMode="decimal" />
      <Input label={t('record.capacity.unit')} value={c.unit} onChange={(unit) => change({ unit })} error={errors[`${at}.unit`]} />
    </>
  )
}

function Evidence({ id, onChange, error }: { id: string; onChange: (id: string) => void; error?: string }) {
  const send = useMutation({
    mutationFn: (file: File) => {
      const body = new FormData()
      body.append('file', file)
      return ok(api.POST('/api/evidence', { body: body as never, bodySerializer: (b: unknown) => b as FormData }))
    },
    onSuccess: (f) => onChange(f.id),
  })
  const fault = error ?? Object.values(fieldsOf(send.error))[0]
  return (
    <>
      <Field label={t('record.evidence')} error={fault}>
        {(p) => id
          ? <span><a href={`/api/evidence/${id}`}>{t('record.evidence.see')}</a> <button {...p} type="button" className="plain" onClick={() => onChange('')}>{t('record.evidence.drop')}</button></span>
          : <input {...p} type="file" accept="application/pdf,image/jpeg,image/png" disabled={send.isPending} onChange={(e) => { const f = e.target.files?.[0]; if (f) send.mutate(f); e.target.value = '' }} />}
      </Field>
      {send.error && !fault && <Fault error={send.error} />}
    </>
  )
}
