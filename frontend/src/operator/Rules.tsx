import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, ok } from '../api'
import { t, tOf } from '../text'
import { Fault, Loading, Select } from '../ui/ui'

const rules = ['none', 'first3', 'all'] as const

/** Which listings of a cluster are read before they are public. */
export function Rules() {
  const queries = useQueryClient()
  const list = useQuery({ queryKey: ['operated'], queryFn: () => ok(api.GET('/api/operator/clusters')) })
  const set = useMutation({
    mutationFn: ({ id, review }: { id: string; review: (typeof rules)[number] }) => ok(api.PUT('/api/operator/clusters/{id}/review', { params: { path: { id } }, body: { review } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['operated'] }),
  })
  if (list.isPending) return <Loading />
  return (
    <>
      <h1>{t('app.desk.rules')}</h1>
      <p className="aside">{t('app.rules.hint')}</p>
      <Fault error={list.error ?? set.error} />
      {list.data?.items.map((c) => (
        <article className="card line-block" key={c.id}>
          <Select label={c.name} value={c.review} onChange={(v) => set.mutate({ id: c.id, review: v as (typeof rules)[number] })} options={rules.map((r) => ({ value: r, name: tOf('app.rule', r) }))} />
        </article>
      ))}
      {set.isSuccess && <p className="good" role="status">{t('app.saved')}</p>}
    </>
  )
}
