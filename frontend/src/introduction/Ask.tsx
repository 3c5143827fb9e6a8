import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { api, ok } from '../api'
import { t } from '../text'
import { Fault, Field, Firm, Loading, PageFault, Side } from '../ui/ui'

/** Asks a firm for an introduction on one of its listings. */
export default function Ask() {
  const { id = '' } = useParams()
  const go = useNavigate()
  const queries = useQueryClient()
  const [note, setNote] = useState('')
  const listing = useQuery({ queryKey: ['listing', id], queryFn: () => ok(api.GET('/api/listings/{id}', { params: { path: { id } } })) })
  const send = useMutation({
    mutationFn: () => ok(api.POST('/api/listings/{id}/introductions', { params: { path: { id } }, body: { note } })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['introductions'] })
      void go('/introductions?view=sent')
    },
  })
  if (listing.isPending) return <Loading />
  if (listing.error) return <PageFault error={listing.error} />
  const l = listing.data
  return (
    <form className="sheet" onSubmit={(e) => { e.preventDefault(); send.mutate() }}>
      <h1>{t('app.ask')}</h1>
      <p className="subject"><Side side={l.side} /> <a href={`/listings/${l.id}`}>{l.title}</a></p>
      <p className="gap"><Firm firm={l.enterprise} /></p>
      <Field label={t('app.ask.note')} hint={t('app.ask.hint')}>
        {(p) => <textarea {...p} rows={4} maxLength={500} value={note} onChange={(e) => setNote(e.target.value)} />}
      </Field>
      <p className="aside">{t('app.ask.privacy')}</p>
      <Fault error={send.error} />
      <button className="primary wide" disabled={send.isPending}>{t('app.ask.send')}</button>
    </form>
  )
}
