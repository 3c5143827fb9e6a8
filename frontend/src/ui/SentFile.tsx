import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { api, ok, type FileInfo } from '../api'
import { moment, t } from '../text'
import { Fault, Firm, Loading } from './ui'

/** A file that one firm sent to another; who sent it sees who fetched it. */
export function SentFile({ file, own, children }: { file: FileInfo; own: boolean; children?: ReactNode }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      {file.removed ? <span>{file.name}</span> : <a href={`/api/files/${file.id}`} download>{file.name}</a>}
      {' '}<span className="quiet">{sizeOf(file.size)}{file.removed && ` · ${t('app.thread.removed')}`}</span>
      {children}
      {own && <button type="button" className="plain" aria-expanded={open} onClick={() => setOpen(!open)}>{t('app.thread.log')}</button>}
      {open && <Log id={file.id} />}
    </>
  )
}

function Log({ id }: { id: string }) {
  const log = useQuery({ queryKey: ['downloads', id], staleTime: 0, queryFn: () => ok(api.GET('/api/files/{id}/downloads', { params: { path: { id } } })) })
  if (log.isPending) return <Loading />
  if (log.error) return <Fault error={log.error} />
  if (log.data.items.length === 0) return <p className="quiet">{t('app.thread.log.none')}</p>
  return <ul>{log.data.items.map((d, n) => <li key={n}><Firm firm={d.enterprise} /> {d.person} · {moment(d.at)}</li>)}</ul>
}

const sizeOf = (bytes: number) => (bytes < 1 << 20 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`)
