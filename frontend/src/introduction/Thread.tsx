import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { api, fieldsOf, ok, type Message } from '../api'
import { moment, t } from '../text'
import { SentFile } from '../ui/SentFile'
import { Fault, Field, Loading } from '../ui/ui'
import './thread.css'

/** What the two firms of an introduction write and send to each other. */
export default function Thread({ id }: { id: string }) {
  const list = useInfiniteQuery({
    queryKey: ['introductions', 'thread', id], initialPageParam: '',
    queryFn: ({ pageParam }) => ok(api.GET('/api/introductions/{id}/messages', { params: { path: { id }, query: { before: pageParam || undefined } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const newest = list.data?.pages[0]?.items[0]?.id
  useSeen(id, newest)
  if (list.isPending) return <Loading />
  if (list.error) return <Fault error={list.error} />
  const items = list.data.pages.flatMap((p) => p.items).reverse()
  return (
    <div className="thread">
      {list.hasNextPage && <button type="button" className="plain" onClick={() => void list.fetchNextPage()}>{t('app.thread.older')}</button>}
      {items.length === 0 && <p className="quiet">{t('app.thread.none')}</p>}
      <ol aria-live="polite" aria-label={t('app.thread')}>{items.map((m) => <Line key={m.id} message={m} />)}</ol>
      {list.data.pages[0]?.open ? <Write id={id} /> : <p className="quiet">{t('app.thread.closed')}</p>}
    </div>
  )
}

/** What stands open before the reader is read. */
function useSeen(id: string, newest: string | undefined) {
  const queries = useQueryClient()
  useEffect(() => {
    if (!newest) return
    void api.POST('/api/introductions/{id}/messages/seen', { params: { path: { id } }, body: { upto: newest } })
      .then(() => queries.invalidateQueries({ queryKey: ['introductions'] }))
  }, [id, newest, queries])
}

function Line({ message: m }: { message: Message }) {
  return (
    <li className={m.own ? 'own' : 'theirs'}>
      <p className="quiet">{m.by} · <time dateTime={m.at}>{moment(m.at)}</time></p>
      {m.text && <p className="said">{m.text}</p>}
      {m.file && (
        <div className="said">
          <SentFile file={m.file} own={m.own}>{!m.own && m.file.stamped && !m.file.removed && <p className="quiet">{t('app.thread.stamped')}</p>}</SentFile>
        </div>
      )}
    </li>
  )
}

function Write({ id }: { id: string }) {
  const queries = useQueryClient()
  const [text, setText] = useState('')
  // One key for each thing sent: a second try after a lost answer writes it once.
  const key = useRef(crypto.randomUUID())
  const refresh = () => queries.invalidateQueries({ queryKey: ['introductions', 'thread', id] })
  const done = () => { key.current = crypto.randomUUID() }
  const params = () => ({ path: { id }, header: { 'Idempotency-Key': key.current } })
  const write = useMutation({
    mutationFn: () => ok(api.POST('/api/introductions/{id}/messages', { params: params(), body: { text } })),
    onSuccess: () => { setText(''); done() }, onSettled: refresh,
  })
  const send = useMutation({
    mutationFn: (file: File) => ok(api.POST('/api/introductions/{id}/files', {
      params: params(), body: { file: '' },
      bodySerializer: () => { const form = new FormData(); form.append('file', file); return form },
    })),
    onSuccess: done, onSettled: refresh,
  })
  const busy = write.isPending || send.isPending
  const fault = send.error ?? (fieldsOf(write.error).text ? null : write.error)
  return (
    <form onSubmit={(e) => { e.preventDefault(); write.mutate() }}>
      <Field label={t('app.thread.write')} error={fieldsOf(write.error).text}>
        {(p) => <textarea {...p} rows={2} maxLength={1000} value={text} onChange={(e) => { setText(e.target.value); done() }} />}
      </Field>
      <div className="acts">
        <label className="button">
          {t('app.thread.file')}
          <input type="file" className="unseen" accept=".pdf,.png,.jpg,.jpeg,.dxf,.dwg,.step,.stp,.xlsx,.docx" disabled={busy}
            onChange={(e) => { const file = e.target.files?.[0]; e.target.value = ''; if (file) { done(); send.mutate(file) } }} />
        </label>
        <button className="primary" disabled={busy || text.trim() === ''}>{t('app.thread.send')}</button>
      </div>
      <p className="field-hint">{t('app.thread.fileHint')}</p>
      <Fault error={fault} />
    </form>
  )
}
