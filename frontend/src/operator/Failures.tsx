import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, ok } from '../api'
import { t } from '../text'
import { Empty, Fault, Loading, Total } from '../ui/ui'

/** Changes that a worker gave up on: never dropped, shown here until asked for again. */
export function Failures() {
  const queries = useQueryClient()
  const list = useQuery({ queryKey: ['failures'], queryFn: () => ok(api.GET('/api/operator/failures', { params: { query: { limit: 100 } } })) })
  const retry = useMutation({
    mutationFn: (id: string) => ok(api.POST('/api/operator/failures/{id}/retry', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['failures'] }),
  })
  if (list.isPending) return <Loading />
  if (list.error) return <Fault error={list.error} />
  return (
    <section>
      <h1>{t('app.failures')} <Total n={list.data.items.length} /></h1>
      <Fault error={retry.error} />
      {list.data.items.length === 0 && <Empty title={t('app.failures.none')}><p>{t('app.failures.noneHint')}</p></Empty>}
      {list.data.items.map((f) => (
        <article className="card line" key={f.id}>
          <div><b>{f.kind} {f.of}</b><p className="quiet">{t('app.failures.tries', f.tries)} · {f.created_at.slice(0, 16).replace('T', ' ')} · {f.reason}</p>{f.detail && <p className="quiet"><code>{f.detail}</code></p>}</div>
          <button type="button" onClick={() => retry.mutate(f.id)} disabled={retry.isPending}>{t('app.failures.retry')}</button>
        </article>
      ))}
    </section>
  )
}
