import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ok } from '../api'
import { t } from '../text'
import { Fault, Field } from '../ui/ui'
import { taken, type Form } from './form'

/** A message or an inquiry as it came, taken apart into the form. */
export function Paste({ form, change }: { form: Form; change: (part: Partial<Form>) => void }) {
  const [text, setText] = useState('')
  const [open, setOpen] = useState(false)
  const read = useMutation({
    mutationFn: () => {
      const lines = text.trim().split(/\r?\n/)
      const title = lines[0]!.trim().slice(0, 80)
      return ok(api.POST('/api/read', { body: { side: form.side, title, text: lines.slice(1).join('\n').slice(0, 5000) } })).then((r) => ({ r, title }))
    },
    onSuccess: ({ r, title }) => {
      change({ title, text: text.trim().slice(0, 5000), ...taken({ ...form, title }, r) })
      setOpen(false)
    },
  })
  if (!open) return <p className="aside paste"><button type="button" onClick={() => setOpen(true)}>{t('app.paste')}</button></p>
  return (
    <div className="paste">
      <Field label={t('app.paste')} hint={t('app.paste.hint')}>{(p) => <textarea {...p} autoFocus rows={6} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <Fault error={read.error} />
      <div className="acts">
        <button type="button" className="primary" disabled={text.trim().length < 4 || read.isPending} onClick={() => read.mutate()}>{t('app.paste.read')}</button>
        <button type="button" className="plain" onClick={() => setOpen(false)}>{t('app.cancel')}</button>
      </div>
    </div>
  )
}
