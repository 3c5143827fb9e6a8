import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ok } from '../api'
import { t, tOf } from '../text'
import { Empty, Fault, Level, Loading } from '../ui/ui'

/** Records that may be of one firm: compared side by side, and made one. */
export default function Duplicates() {
  const list = useQuery({ queryKey: ['duplicates'], queryFn: () => ok(api.GET('/api/operator/duplicates')) })
  const [open, setOpen] = useState('')
  return (
    <>
      <h1>{t('merge')}</h1>
      <p className="aside">{t('merge.hint')}</p>
      {list.isPending && <Loading />}
      <Fault error={list.error} />
      {list.data?.items.length === 0 && <Empty title={t('merge.none')} />}
      {list.data?.items.map((d) => {
        const key = d.a.id + d.b.id
        return (
          <article className="card line-block" key={key}>
            <p>{d.why.map((x) => <span className="state waiting" key={x}>{tOf('merge.why', x)}</span>)} <b>{d.a.name}</b> — <b>{d.b.name}</b> <button type="button" aria-expanded={open === key} onClick={() => setOpen(open === key ? '' : key)}>{t('merge.compare')}</button></p>
            {open === key && <Compare a={d.a.id} b={d.b.id} />}
          </article>
        )
      })}
    </>
  )
}

function Compare({ a, b }: { a: string; b: string }) {
  const queries = useQueryClient()
  const sides = useQuery({ queryKey: ['compare', a, b], queryFn: () => ok(api.GET('/api/operator/compare', { params: { query: { a, b } } })), retry: false })
  const [keep, setKeep] = useState<'a' | 'b' | ''>('')
  const merge = useMutation({
    mutationFn: () => {
      const [stays, goes] = keep === 'a' ? [sides.data!.a, sides.data!.b] : [sides.data!.b, sides.data!.a]
      return ok(api.POST('/api/operator/merge', { body: { keep: stays.enterprise.id, keep_rev: stays.enterprise.rev, drop: goes.enterprise.id, drop_rev: goes.enterprise.rev } }))
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['duplicates'] }),
    onError: () => queries.invalidateQueries({ queryKey: ['compare', a, b] }),
  })
  if (sides.isPending) return <Loading />
  if (sides.error) return <Fault error={sides.error} />
  const both = [sides.data.a, sides.data.b] as const
  const row = (name: string, cell: (s: (typeof both)[0]) => React.ReactNode) => {
    const [x, y] = both.map(cell)
    return <tr key={name} className={x === y ? undefined : 'differs'}><th scope="row">{name}</th><td>{x}</td><td>{y}</td></tr>
  }
  const [stays, goes] = keep === 'b' ? [both[1], both[0]] : both
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label={t('merge.compare')}>
        <table className="compared">
          <thead>
            <tr><th scope="col">{t('merge.field')}</th>{both.map((s, i) => <th scope="col" key={s.enterprise.id}><label className="keeps"><input type="radio" name={a + b} checked={keep === 'ab'[i]} onChange={() => setKeep(i ? 'b' : 'a')} /> {t('merge.keep')}</label></th>)}</tr>
          </thead>
          <tbody>
            {row(t('app.firm'), (s) => s.enterprise.name)}
            {row(t('app.uscc'), (s) => s.enterprise.uscc || t('app.none'))}
            {row(t('app.kind'), (s) => tOf('app.kind', s.enterprise.kind))}
            {row(t('app.region'), (s) => s.enterprise.region.name)}
            {row(t('app.products'), (s) => s.enterprise.main_products)}
            {row(t('record.honours'), (s) => s.enterprise.honours.map((h) => tOf('honour', h.kind)).join('、'))}
            <tr><th scope="row">{t('merge.since')}</th>{both.map((s) => <td key={s.enterprise.id}><Level level={s.enterprise.verified.level} /></td>)}</tr>
            {row(t('merge.listings'), (s) => `${s.listings} (${s.live})`)}
            {row(t('merge.introductions'), (s) => s.introductions)}
            {row(t('merge.messages'), (s) => s.messages)}
            {row(t('merge.outcomes'), (s) => s.outcomes)}
            {row(t('merge.fairs'), (s) => s.fairs)}
            {row(t('merge.people'), (s) => s.people)}
          </tbody>
        </table>
      </div>
      <Fault error={merge.error} />
      {keep && <p className="held">{t('merge.confirm', stays.enterprise.name, goes.enterprise.name)} <button type="button" className="primary" disabled={merge.isPending} onClick={() => merge.mutate()}>{t('merge.send')}</button></p>}
    </>
  )
}
