import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, ok } from '../api'
import { t, tOf } from '../text'
import { Empty, Fault, Loading } from '../ui/ui'
import type { components } from '../schema'
import { slotTime, type Fair } from './fair'
import { PartyForm } from './PartyForm'
import { Pick } from './Pick'

/** A firm's own part: register, say whom it wants to meet, see its talks. */
export function Member({ fair }: { fair: Fair }) {
  if (!fair.mine) return fair.open ? <Register fair={fair} /> : <Empty title={t('fair.closed')} />
  const early = fair.phase === 'register' || fair.phase === 'wish'
  return (
    <>
      <Mine fair={fair} />
      {(early || fair.picks) && <Wishes fair={fair} />}
      {early && <details className="card compare"><summary>{t('fair.registration')}</summary><Register fair={fair} /></details>}
    </>
  )
}

function Register({ fair }: { fair: Fair }) {
  const queries = useQueryClient()
  const path = { id: fair.id }
  const refresh = () => { void queries.invalidateQueries({ queryKey: ['fair', fair.id] }); void queries.invalidateQueries({ queryKey: ['fairs'] }) }
  const save = useMutation({ mutationFn: (body: components['schemas']['FairPartyInput']) => ok(api.PUT('/api/fairs/{id}/registration', { params: { path }, body })), onSuccess: refresh })
  const leave = useMutation({ mutationFn: () => ok(api.DELETE('/api/fairs/{id}/registration', { params: { path } })), onSuccess: refresh })
  return (
    <div className="sheet">
      {!fair.mine && <p className="aside">{t('fair.register.hint')}</p>}
      <PartyForm fair={fair} party={fair.mine} error={save.error ?? leave.error} busy={save.isPending} onSave={(p) => save.mutate(p)} />
      {fair.mine && <button type="button" className="plain" onClick={() => leave.mutate()}>{t('fair.leave')}</button>}
    </div>
  )
}

function Mine({ fair }: { fair: Fair }) {
  const table = useQuery({ queryKey: ['fair', fair.id, 'mine'], refetchInterval: 10_000, queryFn: () => ok(api.GET('/api/fairs/{id}/timetable', { params: { path: { id: fair.id } } })) })
  if (!table.data) return <Fault error={table.error} />
  const d = table.data
  const talks = (fair.pauses ?? []).filter((p) => p.talk)
  return (
    <section>
      <p className="plan-bar"><span className="grow">{d.release > 0 ? t('fair.mine.got', d.got, d.asked) : t('fair.noRelease')}</span>{d.badges.map((b) => <a key={b.url} className="button" href={b.url}>{t('fair.badge', b.name)}</a>)}</p>
      {d.items.map((x) => (
        <article className="card line" key={x.other.id}>
          <b className="when">{slotTime(fair, x.slot.number)}</b>
          <div><h2><a href={`/enterprises/${x.other.id}`}>{x.other.name}</a></h2>{x.change && <p className="changed">{x.change === 'new' ? t('fair.new') : t('fair.moved', x.was)}</p>}</div>
          <span className="phase day">{[x.hall, t('fair.table', x.table)].filter(Boolean).join(' ')}</span>
        </article>
      ))}
      {talks.length > 0 && <p className="quiet">{t('fair.notice.agenda')}：{talks.map((p) => `${p.day.slice(5)} ${p.from}–${p.to} ${p.title}`).join('；')}</p>}
      {d.gone.length > 0 && <p className="fault">{t('fair.gone')}：{d.gone.map((x) => x.name).join('、')}</p>}
    </section>
  )
}

const marks = ['must', 'want', 'no'] as const

function Wishes({ fair }: { fair: Fair }) {
  const queries = useQueryClient()
  const queryKey = ['fair', fair.id, 'counterparts']
  const list = useQuery({ queryKey, queryFn: () => ok(api.GET('/api/fairs/{id}/counterparts', { params: { path: { id: fair.id } } })) })
  const mark = useMutation({
    mutationFn: (x: { enterprise: string; mark: string }) => ok(api.PUT('/api/fairs/{id}/wishes/{enterprise}', { params: { path: { id: fair.id, enterprise: x.enterprise } }, body: { mark: x.mark as never } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['fair', fair.id] }),
  })
  if (list.isPending) return <Loading />
  if (list.error) return <Fault error={list.error} />
  return (
    <section>
      <h2 className="fair-h2">{t('fair.whom', list.data.items.filter((c) => c.mark === 'must' || c.mark === 'want').length)}</h2>
      <p className="quiet">{t(fair.regime === 'pick' ? 'fair.whom.pick' : 'fair.whom.private')}</p>
      <Fault error={mark.error} />
      {list.data.items.map((c) => (
        <article className="card line counterpart" key={c.enterprise.id}>
          <div>
            <h2><a href={`/enterprises/${c.enterprise.id}`}>{c.enterprise.name}</a> {c.total > 0 && <span className="phase day">{t('app.total', c.total)}</span>}{c.asks && !c.met && <span className="phase wish">{t('fair.asks')}</span>}</h2>
            <p className="quiet">{[tOf('fair.role', c.role), c.region?.name, c.products].filter(Boolean).join(' · ')}</p>
            {(c.met || (c.asks && fair.picks)) && <Pick fair={fair} counterpart={c} />}
            {c.proposal && <ul className="reasons">{c.proposal.terms.filter((x) => x.verdict === 'fits' || x.verdict === 'misses').slice(0, 4).map((x, i) => <li key={i} className={x.verdict}>{x.text}</li>)}</ul>}
          </div>
          {fair.wishes && <div className="acts" role="group" aria-label={c.enterprise.name}>
            {marks.map((m) => <button key={m} type="button" aria-pressed={c.mark === m} className={c.mark === m ? `mark ${m}` : undefined} onClick={() => mark.mutate({ enterprise: c.enterprise.id, mark: c.mark === m ? '' : m })}>{t(`fair.mark.${m}`)}</button>)}
          </div>}
        </article>
      ))}
    </section>
  )
}
