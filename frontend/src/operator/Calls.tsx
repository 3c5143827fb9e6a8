import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, fieldsOf, ok } from '../api'
import type { components } from '../schema'
import { bands, day, saidOf, t, tOf } from '../text'
import { Empty, Fault, Firm, Input, Loading, Select, Total } from '../ui/ui'

type Call = components['schemas']['Call']
const answers = ['talking', 'sample', 'deal', 'ended', 'none', 'missed'] as const
const reasons = ['price', 'quality', 'lead', 'spec', 'payment', 'silence', 'other']

/** Whom to ask by telephone what came of an introduction. */
export default function Calls() {
  const list = useQuery({ queryKey: ['calls'], queryFn: () => ok(api.GET('/api/operator/calls')) })
  return (
    <>
      <h1>{t('call')} <Total n={list.data?.items.length} /></h1>
      <p className="quiet">{t('call.about')}</p>
      {list.isPending && <Loading />}
      <Fault error={list.error} />
      {list.data?.items.length === 0 && <Empty title={t('call.none')} />}
      {list.data && list.data.items.length > 0 && (
        <p className="acts gap">
          <a className="button" href="/api/operator/calls/export?format=xlsx">{t('call.export')}</a>
          <a className="button" href="/api/operator/calls/export?format=csv">{t('app.ledger.csv')}</a>
        </p>
      )}
      {list.data?.items.map((c) => <ToCall key={c.id} call={c} />)}
    </>
  )
}

function ToCall({ call: c }: { call: Call }) {
  const queries = useQueryClient()
  const [answer, setAnswer] = useState<(typeof answers)[number]>('talking')
  const [amount, setAmount] = useState('')
  const [band, setBand] = useState('')
  const [reason, setReason] = useState('price')
  const phone = useMutation({ mutationFn: () => ok(api.POST('/api/operator/calls/{id}/phone', { params: { path: { id: c.id } } })) })
  const save = useMutation({
    mutationFn: () => ok(api.POST('/api/operator/calls/{id}', {
      params: { path: { id: c.id } },
      body: { answer, amount: answer === 'deal' ? band || amount : '', band: answer === 'deal' && band !== '', reason: answer === 'ended' ? reason : '' },
    })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['calls'] }),
  })
  const errors = fieldsOf(save.error)
  return (
    <article className="card line-block call">
      <p><Firm firm={c.enterprise} /> × <a href={`/enterprises/${c.other.id}`}>{c.other.name}</a></p>
      {c.subject && <p className="subject">{c.subject}</p>}
      <p className="quiet">{t('call.days', c.days)} · {t('call.since')} {day(c.asked_at)}{c.missed && ` · ${t('call.missed')}`}</p>
      {phone.data
        ? <p className="contact"><span>{phone.data.name}</span> <a href={`tel:${phone.data.phone}`}>{phone.data.phone}</a></p>
        : <p className="acts"><button type="button" onClick={() => phone.mutate()} disabled={phone.isPending}>{t('call.phone')}</button> <span className="quiet">{t('call.phone.hint')}</span></p>}
      <form className="row" noValidate onSubmit={(e) => { e.preventDefault(); save.mutate() }}>
        <Select label={t('call.result')} value={answer} onChange={(v) => setAnswer(answers.find((a) => a === v) ?? 'talking')} options={answers.map((a) => ({ value: a, name: tOf('followup.answer', a) }))} />
        {answer === 'deal' && <Select label={t('app.outcome.about')} value={band} onChange={setBand} options={[{ value: '', name: t('app.outcome.exact') }, ...bands.map((b) => ({ value: b.amount, name: saidOf(b) }))]} />}
        {answer === 'deal' && !band && <Input label={t('call.amount')} value={amount} onChange={setAmount} error={errors.amount} inputMode="decimal" required />}
        {answer === 'ended' && <Select label={t('app.reason')} value={reason} onChange={setReason} options={reasons.map((r) => ({ value: r, name: tOf('app.end', r) }))} />}
        <button className="row-act" disabled={save.isPending}>{t('call.save')}</button>
      </form>
      {!errors.amount && <Fault error={save.error ?? phone.error} />}
    </article>
  )
}
