import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, fieldsOf, ok, type Me } from '../api'
import { moment, t, tOf } from '../text'
import { Empty, Fault, Input, Loading, Select } from '../ui/ui'

type Kind = 'same' | 'relation'
const most = 20

/** The words that an association adds for its own firms: names of the same thing, and what goes into a product. */
export default function Words({ me }: { me: Me }) {
  const clusters = useQuery({ queryKey: ['operated'], queryFn: () => ok(api.GET('/api/operator/clusters')) })
  const [chosen, setChosen] = useState('')
  if (clusters.isPending) return <Loading />
  if (clusters.error) return <Fault error={clusters.error} />
  const options = clusters.data.items.map((c) => ({ value: c.id, name: c.name }))
  if (me.roles.includes('admin')) options.push({ value: '', name: t('words.all') })
  const cluster = options.some((o) => o.value === chosen) ? chosen : options[0]?.value ?? ''
  return (
    <>
      <h1>{t('words')}</h1>
      <p className="aside">{t(cluster ? 'words.hint' : 'words.hintAll')}</p>
      {options.length > 1 && <Select label={t('words.cluster')} value={cluster} onChange={setChosen} options={options} />}
      <Add key={`add ${cluster}`} cluster={cluster} />
      <List key={cluster} cluster={cluster} />
    </>
  )
}

function Add({ cluster }: { cluster: string }) {
  const queries = useQueryClient()
  const [kind, setKind] = useState<Kind>('same')
  const [words, setWords] = useState(['', ''])
  const [weight, setWeight] = useState('1')
  const save = useMutation({
    mutationFn: () => ok(api.POST('/api/operator/words', { body: { cluster_id: cluster, kind, words: words.filter((w, i) => i < 2 || w.trim()), ...(kind === 'relation' ? { weight: Number(weight) } : {}) } })),
    onSuccess: () => { setWords(['', '']); void queries.invalidateQueries({ queryKey: ['words'] }) },
  })
  const errors = fieldsOf(save.error)
  const labels = kind === 'same' ? [t('words.name'), t('words.other')] : [t('words.material'), t('words.product')]
  const change = (i: number, value: string) => setWords((list) => list.map((w, n) => (n === i ? value : w)))
  return (
    <form className="card line-block" noValidate onSubmit={(e) => { e.preventDefault(); save.mutate() }} onChange={() => save.reset()}>
      <Select label={t('words.kind')} value={kind} onChange={(k) => { setKind(k as Kind); setWords((list) => list.slice(0, 2)) }} options={(['same', 'relation'] as const).map((k) => ({ value: k, name: tOf('words.kind', k) }))} />
      <div className="row words">{words.map((w, i) => <Input key={i} label={labels[Math.min(i, 1)]!} value={w} onChange={(v) => change(i, v)} error={errors[`words[${i}]`]} required={i < 2} maxLength={40} />)}</div>
      {kind === 'same' && words.length < most && <p><button type="button" onClick={() => setWords((list) => [...list, ''])}>{t('words.more')}</button></p>}
      {kind === 'relation' && <Select label={t('words.weight')} value={weight} onChange={setWeight} error={errors.weight} options={['1', '0.6'].map((v) => ({ value: v, name: tOf('words.weight', v) }))} />}
      <Fault error={errors.words ? new Error(errors.words) : Object.keys(errors).length === 0 ? save.error : null} />
      <button className="primary" disabled={save.isPending}>{t('words.add')}</button>
      {save.isSuccess && <p className="good gap" role="status">{t('words.added')}</p>}
    </form>
  )
}

function List({ cluster }: { cluster: string }) {
  const queries = useQueryClient()
  const [q, setQ] = useState('')
  const list = useInfiniteQuery({
    queryKey: ['words', cluster, q], initialPageParam: '',
    queryFn: ({ pageParam }) => ok(api.GET('/api/operator/words', { params: { query: { cluster, q: q.trim() || undefined, after: pageParam || undefined, limit: 50 } } })),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
  })
  const remove = useMutation({
    mutationFn: (id: string) => ok(api.DELETE('/api/operator/words/{id}', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['words'] }),
  })
  const items = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <section aria-label={t('words.list')}>
      <Input label={t('words.find')} value={q} onChange={setQ} maxLength={40} />
      {list.isPending && <Loading />}
      <Fault error={list.error ?? remove.error} />
      {list.isSuccess && items.length === 0 && <Empty title={t(q.trim() ? 'words.notFound' : 'words.none')} />}
      {items.map((a) => (
        <article className="card line" key={a.id}>
          <div>
            <b>{a.words.join(a.kind === 'relation' ? ' → ' : ' = ')}{a.kind === 'class' && ` ${a.class}`}</b>
            <p className="quiet">
              {tOf('words.kind', a.kind)}{a.kind === 'relation' && ` · ${tOf('words.weight', String(a.weight))}`} · {a.by || t('words.imported')} · {moment(a.created_at)}
            </p>
          </div>
          <button type="button" disabled={remove.isPending} aria-label={t('words.removeOne', a.words.join(' '))} onClick={() => remove.mutate(a.id)}>{t('words.remove')}</button>
        </article>
      ))}
      {list.hasNextPage && <button type="button" className="wide" onClick={() => void list.fetchNextPage()}>{t('app.more')}</button>}
    </section>
  )
}
