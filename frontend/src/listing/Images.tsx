import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, fieldsOf, ok } from '../api'
import { t } from '../text'
import { Fault } from '../ui/ui'

interface Props { ids: string[]; onChange: (ids: string[]) => void; error?: string }

const most = 9

export function Images({ ids, onChange, error }: Props) {
  const [left, setLeft] = useState(0)
  const [codes, setCodes] = useState<Record<string, string>>({})
  const send = useMutation({
    // One after the other: what arrived stays when a later one is refused.
    mutationFn: async (files: File[]) => {
      let all = ids
      for (const [n, file] of files.entries()) {
        setLeft(files.length - n)
        const body = new FormData()
        body.append('file', file)
        const image = await ok(api.POST('/api/images', { body: body as never, bodySerializer: (b: unknown) => b as FormData }))
        all = [...all, image.id]
        if (image.code) setCodes((c) => ({ ...c, [image.id]: image.code }))
        onChange(all)
      }
    },
  })
  const faults = Object.values(fieldsOf(send.error))
  return (
    <div className="field">
      <span className="label">{t('app.form.images')} <small className="quiet">{ids.length}/{most}</small></span>
      <div className="images">
        {ids.map((id, n) => <span key={id}><img src={`/i/${id}`} alt={t('app.image', n + 1)} /><button type="button" aria-label={t('app.form.imageRemove')} onClick={() => onChange(ids.filter((x) => x !== id))}>×</button></span>)}
        {ids.length < most && (
          <label className="button">
            {t('app.form.imageAdd')}
            <input type="file" className="unseen" multiple disabled={send.isPending} accept="image/jpeg,image/png,image/webp" onChange={(e) => { const files = [...(e.target.files ?? [])].slice(0, most - ids.length); e.target.value = ''; if (files.length) send.mutate(files) }} />
          </label>
        )}
      </div>
      {send.isPending && <p className="quiet" role="status">{t('app.form.imageSending', left)}</p>}
      {ids.filter((id) => codes[id]).map((id) => <p key={id} className="held" role="status">{t('app.form.imageCode', codes[id]!.slice(0, 60))}</p>)}
      {[error, ...faults].filter(Boolean).map((m) => <p key={m} className="field-error">{m}</p>)}
      <Fault error={faults.length ? null : send.error} />
    </div>
  )
}
