import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api, ok, type Preference } from '../api'
import { day, t, tOf } from '../text'
import { Empty, Fault, Loading } from '../ui/ui'

/** The firm's own rules about what it is offered, each with a switch. */
export default function Preferences() {
  const list = useQuery({ queryKey: ['preferences'], queryFn: () => ok(api.GET('/api/my/preferences')) })
  return (
    <section>
      <h1>{t('app.prefer')}</h1>
      <p className="quiet">{t('app.prefer.hint')}</p>
      {list.isPending && <Loading />}
      <Fault error={list.error} />
      {list.data?.items.length === 0 && <Empty title={t('app.prefer.none')}><p><Link className="button" to="/proposals">{t('app.nav.proposals')}</Link></p></Empty>}
      {list.data?.items.map((p) => <Rule key={p.id} rule={p} />)}
    </section>
  )
}

function Rule({ rule: p }: { rule: Preference }) {
  const queries = useQueryClient()
  const params = { path: { id: p.id }, header: { 'If-Match': `"${p.rev}"` } }
  const settled = () => {
    void queries.invalidateQueries({ queryKey: ['preferences'] })
    void queries.invalidateQueries({ queryKey: ['proposals'] })
  }
  const turn = useMutation({ mutationFn: (on: boolean) => ok(api.PUT('/api/my/preferences/{id}', { params, body: { on } })), onSettled: settled })
  const remove = useMutation({ mutationFn: () => ok(api.DELETE('/api/my/preferences/{id}', { params })), onSettled: settled })
  return (
    <article className="card line">
      <div className="grow">
        <h2>{p.text}</h2>
        <p className="quiet">{tOf('app.preferStatus', p.status)} · {p.why} · {day(p.since)}</p>
        <Fault error={turn.error ?? remove.error} />
      </div>
      <div className="acts">
        {p.status === 'on' ? <button type="button" onClick={() => turn.mutate(false)}>{t('app.prefer.off')}</button> : <button type="button" className="primary" onClick={() => turn.mutate(true)}>{t('app.prefer.on')}</button>}
        <button type="button" className="plain" onClick={() => remove.mutate()}>{t('app.prefer.remove')}</button>
      </div>
    </article>
  )
}
