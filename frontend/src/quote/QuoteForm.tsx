import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, fieldsOf, ok, type Quotes } from '../api'
import { inDays, t, tOf } from '../text'
import { FormFault, Input, Select } from '../ui/ui'
import { Files } from './Files'
import { Lines, type Line } from './Lines'

const refusals = ['capacity', 'spec', 'price', 'lead', 'quantity', 'place', 'other'] as const

/** A supplier's answer, line by line; refusing with a reason is an answer, too. */
export function QuoteForm({ id, quotes: q }: { id: string; quotes: Quotes }) {
  const queries = useQueryClient()
  const kept = q.items[0]
  const offer = kept ? undefined : q.offer // a first quote begins with what the listing says
  const plain = (n: string | undefined) => (n ?? '').replace(/\.0+$/, '').replace(/^0$/, '')
  const [form, setForm] = useState({
    price: plain(kept?.price ?? (offer?.price.negotiable ? '' : offer?.price.amount)), unit: kept?.unit || offer?.price.unit || q.need.price.unit || q.need.quantity.unit || '',
    moq: plain(kept?.moq ?? offer?.moq), lead: String((kept?.lead_days ?? offer?.lead_days) || ''),
    sample: kept?.sample ?? '', valid: kept?.valid_until || inDays(15), note: kept?.note ?? '', declined: (kept?.declined ?? '') as '' | (typeof refusals)[number],
  })
  const [lines, setLines] = useState(q.specs.map((s): Line => {
    const said = kept?.lines.find((l) => l.spec === s.name)
    return { spec: s.name, answer: (said?.answer ?? '') as Line['answer'], note: said?.note ?? '' }
  }))
  const [files, setFiles] = useState(kept?.files ?? [])
  const set = (name: keyof typeof form) => (value: string) => setForm((f) => ({ ...f, [name]: value }))
  const send = useMutation({
    mutationFn: (_sent: typeof form) => ok(api.PUT('/api/listings/{id}/quote', {
      params: { path: { id } },
      body: form.declined ? { declined: form.declined, note: form.note } : { price: form.price, unit: form.unit, moq: form.moq, lead_days: Number(form.lead) || 0, sample: form.sample, valid_until: form.valid, note: form.note, lines, files: files.filter((f) => !f.removed).map((f) => f.id) },
    })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['introductions'] }),
  })
  const errors = fieldsOf(send.error)
  // What was mended since is no fault any more.
  const fault = (name: keyof typeof form, field: string = name) => (send.variables?.[name] === form[name] ? errors[field] : undefined)
  return (
    <form className="sheet" noValidate onSubmit={(e) => { e.preventDefault(); send.mutate(form) }}>
      {offer && <p className="aside">{t('app.quote.from', offer.title)}</p>}
      <Select label={t('app.quote.will')} value={form.declined} onChange={set('declined')} options={[{ value: '', name: t('app.quote.yes') }, ...refusals.map((r) => ({ value: r, name: t('app.quote.no', tOf('app.declined', r)) }))]} />
      {!form.declined && (
        <>
          <div className="row">
            <Input label={t('app.quote.priceYuan')} value={form.price} onChange={set('price')} error={fault('price')} inputMode="decimal" required />
            <Input label={t('app.quote.unit')} value={form.unit} onChange={set('unit')} error={fault('unit')} maxLength={12} required />
          </div>
          <div className="row">
            <Input label={t('app.quote.moq')} value={form.moq} onChange={set('moq')} error={fault('moq')} inputMode="decimal" />
            <Input label={t('app.quote.leadDays')} value={form.lead} onChange={set('lead')} error={fault('lead', 'lead_days')} inputMode="numeric" />
          </div>
          <div className="row">
            <Input label={t('app.quote.sample')} value={form.sample} onChange={set('sample')} error={fault('sample')} maxLength={60} />
            <Input label={t('app.quote.valid')} value={form.valid} onChange={set('valid')} error={fault('valid', 'valid_until')} type="date" required />
          </div>
          <Lines specs={q.specs} lines={lines} onChange={setLines} errors={errors} />
          <Files need={id} files={files} onChange={setFiles} errors={errors} />
        </>
      )}
      <Input label={t('app.note')} value={form.note} onChange={set('note')} error={fault('note')} maxLength={1000} />
      <p className="aside">{t('app.quote.privacy')}</p>
      <FormFault error={send.error} />
      {send.isSuccess && <p className="good" role="status">{t('app.quote.sent')}</p>}
      <button className="primary wide" disabled={send.isPending}>{t(kept ? 'app.quote.again' : 'app.quote.send')}</button>
    </form>
  )
}
