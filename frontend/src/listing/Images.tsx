import { useMutation } from '@tanstack/react-query'
import { api, fieldsOf, ok } from '../api'
import { t } from '../text'
import { Fault } from '../ui/ui'

interface Props { ids: string[]; onChange: (ids: string[]) => void; error?: string }

export function Images({ ids, onChange, error }: Props) {
  const send = useMutation({
    mutationFn: (file: File) => {
      const body = new FormData()
      body.append('file', file)
      return ok(api.POST('/api/images', { body: body as never, bodySerializer: (b: unknown) => b as FormData }))
    },
    onSuccess: (image) => onChange([...ids, image.id]),
  })
  return (
    <div className="field">
      <span className="label" id="images">{t('app.form.images')}</span>
      <div className="images">
        {ids.map((id) => <span key={id}><img src={`/i/${id}`} alt="" /><button type="button" aria-label={t('app.form.imageRemove')} onClick={() => onChange(ids.filter((x) => x !== id))}>×</button></span>)}
        <input type="file" aria-labelledby="images" accept="image/jpeg,image/png,image/webp" onChange={(e) => { const f = e.target.files?.[0]; if (f) send.mutate(f); e.target.value = '' }} />
      </div>
      {send.isPending && <p className="quiet" role="status">{t('app.saving')}</p>}
      {error && <p className="field-error">{error}</p>}
      <Fault error={Object.keys(fieldsOf(send.error)).length ? null : send.error} />
      {Object.values(fieldsOf(send.error)).map((m) => <p key={m} className="field-error">{m}</p>)}
    </div>
  )
}
