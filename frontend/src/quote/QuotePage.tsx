import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'react-router'
import { api, ok } from '../api'
import { moment, t } from '../text'
import { Empty, Fault, Field, Loading, PageFault, Side } from '../ui/ui'
import { Compare } from './Compare'
import { QuoteForm } from './QuoteForm'

/** The answers to one need: side by side for the buyer, one's own for a supplier. */
export default function QuotePage() {
  const { id = '' } = useParams()
  const quotes = useQuery({ queryKey: ['introductions', 'quotes', id], queryFn: () => ok(api.GET('/api/listings/{id}/quotes', { params: { path: { id } } })) })
  if (quotes.isPending) return <Loading />
  if (quotes.error) return <PageFault error={quotes.error} />
  const q = quotes.data
  return (
    <section>
      <h1>{t(q.mine ? 'app.quotes' : 'app.quote')}</h1>
      <p className="subject"><Side side="need" /> <a href={`/listings/${q.need.id}`}>{q.need.title}</a> <span className="quiet">{q.mine ? t('app.quotes.frozen') : q.need.enterprise.name}</span></p>
      {q.clarifications.map((c, i) => <blockquote key={i}>{c.text} <span className="quiet">{moment(c.at)}</span></blockquote>)}
      {q.mine && q.items.length === 0 && <Empty title={t('app.quotes.none')}><p>{t('app.quotes.hint')}</p></Empty>}
      {q.mine && q.items.length > 0 && <Compare quotes={q} />}
      {q.mine && q.items.length > 0 && <Clarify id={id} />}
      {!q.mine && <QuoteForm key={q.items[0]?.updated_at ?? 'new'} id={id} quotes={q} />}
    </section>
  )
}

function Clarify({ id }: { id: string }) {
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const send = useMutation({
    mutationFn: () => ok(api.POST('/api/listings/{id}/clarifications', { params: { path: { id } }, body: { text } })),
    onSuccess: () => {
      setText('')
      void queries.invalidateQueries({ queryKey: ['introductions', 'quotes', id] })
    },
  })
  return (
    <form className="sheet" onSubmit={(e) => { e.preventDefault(); send.mutate() }}>
      <Field label={t('app.clarify')} hint={t('app.clarify.hint')}>{(p) => <textarea {...p} rows={2} maxLength={500} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <Fault error={send.error} />
      <button className="primary" disabled={send.isPending}>{t('app.clarify.send')}</button>
    </form>
  )
}
