import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, fieldsOf, ok } from '../api'
import { t } from '../text'
import { Fault, Field, Input } from '../ui/ui'

/** The id in a listing's address, or what was typed. */
const idOf = (text: string) => text.trim().replace(/^.*\/listings\//, '').replace(/[/?#].*$/, '')

/** The association brings two firms together; both have to agree. */
export function Introduce() {
  const [form, setForm] = useState({ from: '', to: '', note: '' })
  const set = (name: keyof typeof form) => (value: string) => setForm((f) => ({ ...f, [name]: value }))
  const send = useMutation({
    mutationFn: () => ok(api.POST('/api/operator/introductions', { body: { from: idOf(form.from), listing: idOf(form.to), note: form.note } })),
    onSuccess: () => setForm({ from: '', to: '', note: '' }),
  })
  const errors = fieldsOf(send.error)
  return (
    <form className="sheet" noValidate onSubmit={(e) => { e.preventDefault(); send.mutate() }}>
      <h1>{t('app.introduce')}</h1>
      <p className="aside">{t('app.introduce.hint')}</p>
      <Input label={t('app.introduce.from')} value={form.from} onChange={set('from')} error={errors.from} required />
      <Input label={t('app.introduce.to')} value={form.to} onChange={set('to')} error={errors.listing} required />
      <Field label={t('app.introduce.note')}>{(p) => <textarea {...p} rows={3} maxLength={500} value={form.note} onChange={(e) => set('note')(e.target.value)} />}</Field>
      {Object.keys(errors).length === 0 && <Fault error={send.error} />}
      {send.isSuccess && <p className="good" role="status">{t('app.introduce.sent')}</p>}
      <button className="primary wide" disabled={send.isPending}>{t('app.introduce.send')}</button>
    </form>
  )
}
