import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ok } from '../api'
import { saidOf, t, tOf } from '../text'
import { Empty, Fault, Loading } from '../ui/ui'
import type { Fair } from './fair'

type Data = Awaited<ReturnType<typeof load>>
type Lines = Data['lines']
const load = (id: string) => ok(api.GET('/api/fairs/{id}/report', { params: { path: { id } } }))

/** Stages that are a contract. */
const counts = (stage: string) => ['contract', 'delivered', 'reorder'].includes(stage)

const filters: Record<string, (x: Lines[number]) => boolean> = {
  planned: (x) => x.time !== '', held: (x) => x.result !== '', agreed: (x) => x.agreed, unmet: (x) => x.time === '' && x.result === '', contract: (x) => counts(x.stage), said: (x) => x.amount !== '' && !counts(x.stage),
  none: (x) => x.result === 'none', intent: (x) => x.result === 'intent', sample: (x) => x.result === 'sample', order: (x) => x.result === 'order',
}

/** What the fair came to, live; every number opens the talks that it counts. */
export function Report({ fair }: { fair: Fair }) {
  const report = useQuery({ queryKey: ['fair', fair.id, 'report'], queryFn: () => load(fair.id), refetchInterval: 2000 })
  const [show, setShow] = useState('held')
  if (report.isPending) return <Loading />
  if (report.error) return <Fault error={report.error} />
  const f = report.data.figures
  const members = new Set(show.startsWith('cluster:') ? report.data.firms.filter((x) => x.cluster === show.slice(8)).map((x) => x.id) : [])
  const lines = report.data.lines.filter(filters[show] ?? ((x) => `${x.stage}/${x.strength}` === show || (x.result !== '' && (show === `class:${x.class}` || show === `firm:${x.a}` || show === `firm:${x.b}` || members.has(x.a) || members.has(x.b)))))
  const figure = (key: string, n: number | string, name: string) => (
    <button key={key} type="button" className="stat" aria-pressed={show === key} onClick={() => setShow(key)}><b>{n}</b><span>{name}</span></button>
  )
  return (
    <>
      <div className="stats">
        {figure('firms', `${f.arrived} / ${f.firms}`, t('fair.desk.firms'))}
        {figure('people', `${f.came} / ${f.people}`, t('fair.desk.people'))}
        {figure('planned', f.planned, t('fair.report.planned'))}
        {figure('held', f.held, t('fair.report.held'))}
        {figure('agreed', f.agreed, t('fair.report.agreed'))}
        {['order', 'sample', 'intent', 'none'].map((r) => figure(r, f.results[r] ?? 0, tOf('fair.result', r)))}
        {figure('contract', f.sums.contract || 0, t('fair.report.contract'))}
        {figure('said', f.sums.said || 0, t('fair.report.said'))}
        {figure('unmet', f.unmet, t('fair.report.unmet'))}
      </div>
      <p className="plan-bar"><a className="button" href={`/api/fairs/${fair.id}/report.xlsx`}>{t('fair.report.xlsx')}</a><a className="button" href={`/fairs/${fair.id}/report`} target="_blank" rel="noreferrer">{t('fair.report.paper')}</a></p>
      {(show === 'firms' || show === 'people') && <Firms firms={report.data.firms} open={(id) => setShow(`firm:${id}`)} />}
      {show !== 'firms' && show !== 'people' && <div className="scroll" role="region" aria-label={t('fair.report.lines')} tabIndex={0}>
        {lines.length === 0 ? <Empty title={t('fair.report.none')} /> : (
          <table className="plans">
            <thead><tr><th scope="col">{t('fair.time')}</th><th scope="col">{t('fair.tableWord')}</th><th scope="col">{t('fair.talk')}</th><th scope="col">{t('fair.result')}</th><th scope="col">{t('fair.amount')}</th><th scope="col">{t('fair.stage')}</th></tr></thead>
            <tbody>{lines.map((x) => <tr key={x.a + x.b}><td>{x.time || '—'}</td><td>{x.table || '—'}</td><th scope="row"><a href={`/enterprises/${x.a}`}>{x.name_a}</a> × <a href={`/enterprises/${x.b}`}>{x.name_b}</a>{x.notes.map((n, k) => <q key={k} className="quiet said">{n}</q>)}</th><td>{x.result ? `${tOf('fair.result', x.result)}${x.agreed ? ` · ${t('fair.report.both')}` : ''}` : x.why || '—'}{fair.runs && x.result && <TakeBack fair={fair} line={x} />}</td><td>{saidOf(x)}</td><td>{x.stage && `${tOf('app.stage', x.stage)} · ${tOf('app.strength', x.strength)}`}</td></tr>)}</tbody>
          </table>
        )}
      </div>}
      {f.ledger.length > 0 && (
        <>
          <h2>{t('fair.report.ledger')}</h2>
          <div className="scroll" role="region" aria-label={t('fair.report.ledger')} tabIndex={0}>
            <table className="plans">
              <thead><tr><th scope="col">{t('fair.stage')}</th><th scope="col">{t('fair.strength')}</th><th scope="col">{t('fair.report.count')}</th><th scope="col">{t('fair.amount')}</th></tr></thead>
              <tbody>{f.ledger.map((x) => <tr key={x.stage + x.strength}><th scope="row"><button type="button" className="plain" aria-pressed={show === `${x.stage}/${x.strength}`} onClick={() => setShow(`${x.stage}/${x.strength}`)}>{tOf('app.stage', x.stage)}</button></th><td>{tOf('app.strength', x.strength)}</td><td>{x.count}</td><td>{x.amount || '—'}</td></tr>)}</tbody>
            </table>
          </div>
        </>
      )}
      <Quotes lines={report.data.lines} />
      <p className="quiet">{t('fair.report.how')}{f.sums.banded > 0 && ` ${t('ledger.bandedOf', f.sums.banded)}`}</p>
      <Parts name={t('fair.report.chains')} of={t('fair.report.chain')} parts={f.chains} total={report.data} on={show} show={(p) => setShow(`class:${p.code}`)} key0="class" />
      <Parts name={t('fair.report.clusters')} of={t('fair.report.cluster')} parts={f.clusters} total={report.data} on={show} show={(p) => setShow(`cluster:${p.code}`)} key0="cluster" />
      <Unmet fair={fair} />
    </>
  )
}

/** What one side tapped by mistake is taken back for it. */
function TakeBack({ fair, line: x }: { fair: Fair; line: Lines[number] }) {
  const queries = useQueryClient()
  const back = useMutation({
    mutationFn: (by: string) => ok(api.DELETE('/api/fairs/{id}/replies/{by}/{other}', { params: { path: { id: fair.id, by, other: by === x.a ? x.b : x.a } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['fair', fair.id] }),
  })
  const sides = [{ id: x.a, name: x.name_a, said: x.result_a }, { id: x.b, name: x.name_b, said: x.result_b }].filter((s) => s.said)
  return (
    <details className="takeback"><summary>{t('fair.takeBack')}<span className="hide"> {x.name_a} × {x.name_b}</span></summary>
      <p className="quiet">{t('fair.takeBack.sure')}</p>
      {sides.map((s) => <button key={s.id} type="button" disabled={back.isPending} onClick={() => back.mutate(s.id)}>{t('fair.takeBack.of', s.name)} · {tOf('fair.result', s.said)}</button>)}
      <Fault error={back.error} />
    </details>
  )
}

interface PartsProps { name: string; of: string; parts: Data['figures']['chains']; total: Data; on: string; show: (p: Data['figures']['chains'][number]) => void; key0: string }

/** Shares of the result, with amounts by how well they stand; a name opens its talks. */
function Parts({ name, of, parts, total, on, show, key0 }: PartsProps) {
  const f = total.figures
  const sums = (x: typeof f.sums) => <><td>{x.said || '—'}</td><td>{x.contracts}</td><td>{x.contract || '—'}</td><td>{x.claimed || '—'}</td><td>{x.confirmed || '—'}</td><td>{x.seen || '—'}</td></>
  return (
    <>
      <h2>{name}</h2>
      <div className="scroll" role="region" aria-label={name} tabIndex={0}>
        <table className="plans">
          <thead><tr><th scope="col">{of}</th><th scope="col">{t('fair.report.firms')}</th><th scope="col">{t('fair.report.held')}</th><th scope="col">{t('fair.report.strong')}</th><th scope="col">{t('fair.report.said')}</th><th scope="col">{t('fair.report.contracts')}</th><th scope="col">{t('fair.report.contract')}</th>{['claimed', 'confirmed', 'seen'].map((x) => <th scope="col" key={x}>{tOf('app.strength', x)}</th>)}</tr></thead>
          <tbody>
            {parts.map((c) => <tr key={c.code + c.name}><th scope="row"><button type="button" className="plain" aria-pressed={on === `${key0}:${c.code}`} onClick={() => show(c)}>{c.name}</button></th><td>{c.firms}</td><td>{c.held}</td><td>{c.strong}</td>{sums(c)}</tr>)}
            <tr className="sum"><th scope="row">{t('bureau.total')}</th><td>{key0 === 'class' ? f.talked : f.firms}</td><td>{f.held}</td><td>{f.held - (f.results.none ?? 0)}</td>{sums(f.sums)}</tr>
          </tbody>
        </table>
      </div>
    </>
  )
}

function Firms({ firms, open }: { firms: Data['firms']; open: (id: string) => void }) {
  return (
    <div className="scroll" role="region" aria-label={t('fair.report.firmList')} tabIndex={0}>
      <table className="plans">
        <thead><tr><th scope="col">{t('fair.firm')}</th><th scope="col">{t('fair.role.ask')}</th><th scope="col">{t('fair.report.came')}</th><th scope="col">{t('fair.report.held')}</th><th scope="col">{t('fair.report.strong')}</th><th scope="col">{t('fair.report.said')}</th><th scope="col">{t('fair.report.contract')}</th></tr></thead>
        <tbody>{firms.map((x) => <tr key={x.id}><th scope="row"><button type="button" className="plain" onClick={() => open(x.id)}>{x.name}</button></th><td>{tOf('fair.role', x.role)}</td><td>{x.absent ? t('fair.absent') : `${x.came} / ${x.people}`}</td><td>{x.held}</td><td>{x.strong}</td><td>{x.said || '—'}</td><td>{x.contract || '—'}</td></tr>)}</tbody>
      </table>
    </div>
  )
}

/** What firms wrote of their talks, in their own words. */
function Quotes({ lines }: { lines: Lines }) {
  const said = lines.filter((x) => x.notes.length > 0)
  if (said.length === 0) return null
  return (
    <section aria-label={t('fair.report.quotes')}>
      <h2>{t('fair.report.quotes')}</h2>
      {said.map((x) => <blockquote className="quote" key={x.a + x.b}>{x.notes.map((n, i) => <p key={i}>{n}</p>)}<footer className="quiet">{x.name_a} × {x.name_b}</footer></blockquote>)}
    </section>
  )
}

/** Needs of the fair's firms with which the fair did not help. */
function Unmet({ fair }: { fair: Fair }) {
  const unmet = useQuery({ queryKey: ['fair', fair.id, 'unmet'], queryFn: () => ok(api.GET('/api/fairs/{id}/unmet', { params: { path: { id: fair.id } } })) })
  if (unmet.isPending) return <Loading />
  if (unmet.error) return <Fault error={unmet.error} />
  return (
    <>
      <h2>{t('fair.report.needs')}</h2>
      {unmet.data.needs.length === 0 ? <p className="quiet">{t('fair.report.needsNone')}</p> : (
        <div className="scroll" role="region" aria-label={t('fair.report.needs')} tabIndex={0}>
          <table className="plans">
            <thead><tr><th scope="col">{t('fair.report.chain')}</th><th scope="col">{t('fair.report.need')}</th><th scope="col">{t('fair.firm')}</th></tr></thead>
            <tbody>{unmet.data.needs.map((x) => <tr key={x.id}><td>{x.class_name}</td><th scope="row"><a href={`/listings/${x.id}`}>{x.title}</a></th><td><a href={`/enterprises/${x.enterprise_id}`}>{x.enterprise}</a></td></tr>)}</tbody>
          </table>
        </div>
      )}
      {unmet.data.more && <p className="quiet">{t('fair.report.needsMore')}</p>}
    </>
  )
}
