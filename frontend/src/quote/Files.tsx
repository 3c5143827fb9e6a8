import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, fieldsOf, ok, type FileInfo } from '../api'
import { t } from '../text'
import { SentFile } from '../ui/SentFile'
import { Fault } from '../ui/ui'

export const filesMost = 10

interface Props { need: string; files: FileInfo[]; onChange: (files: FileInfo[]) => void; errors: Record<string, string> }

/** What goes with a quote. A file is put up at once, and the buyer sees it when the quote is sent. */
export function Files({ need, files, onChange, errors }: Props) {
  const [now, setNow] = useState({ name: '', left: 0 })
  const send = useMutation({
    // One after the other: what arrived stays when a later one is refused.
    mutationFn: async (chosen: File[]) => {
      let all = files
      for (const [n, file] of chosen.entries()) {
        setNow({ name: file.name, left: chosen.length - n })
        all = [...all, await ok(api.POST('/api/listings/{id}/quote/files', {
          params: { path: { id: need }, header: { 'Idempotency-Key': crypto.randomUUID() } }, body: { file: '' },
          bodySerializer: () => { const form = new FormData(); form.append('file', file); return form },
        }))]
        onChange(all)
      }
    },
  })
  const kept = files.filter((f) => !f.removed)
  const faults = [...Object.values(fieldsOf(send.error)).map((m) => t('app.quote.fileFault', now.name, m)), ...Object.keys(errors).filter((k) => k.startsWith('files')).map((k) => errors[k]!)]
  return (
    <div className="field quote-files">
      <span className="label">{t('app.quote.files')} <small className="quiet">{kept.length}/{filesMost}</small></span>
      <ul>
        {files.map((f) => (
          <li key={f.id}>
            <SentFile file={f} own />
            {!f.removed && <button type="button" className="plain drop" aria-label={t('app.quote.fileDrop', f.name)} onClick={() => onChange(files.filter((x) => x !== f))}>×</button>}
          </li>
        ))}
      </ul>
      {kept.length < filesMost && (
        <div className="acts">
          <label className="button">
            {t('app.quote.fileAdd')}
            <input type="file" className="unseen" multiple disabled={send.isPending} accept=".pdf,.png,.jpg,.jpeg,.dxf,.dwg,.step,.stp,.xlsx,.docx"
              onChange={(e) => { const chosen = [...(e.target.files ?? [])].slice(0, filesMost - kept.length); e.target.value = ''; if (chosen.length) send.mutate(chosen) }} />
          </label>
        </div>
      )}
      {send.isPending && <p className="quiet" role="status">{t('app.quote.fileSending', now.left)}</p>}
      {[...new Set(faults)].map((m) => <p key={m} className="field-error" role="alert">{m}</p>)}
      <Fault error={faults.length ? null : send.error} />
      <p className="field-hint">{t('app.quote.filesHint', filesMost)}</p>
    </div>
  )
}
