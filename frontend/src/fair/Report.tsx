import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ok } from '../api'
import { t, tOf } from '../text'
import { Empty, Fault, Loading } from '../ui/ui'
import type { Fair } from './fair'

type Lines = Awaited<ReturnType<typeof load>>['lines']
const load = (id: string) => ok(api.GET('/api/fairs/{id}/report', { params: { path: { id } } }))

const filters: Record<string, (x: Lines[number]) => boolean> = {
  planned: (x) => x.time !== '', held: (x) => x.result !== '', agreed: (x) => x.agreed, unmet: (x) => x.time === '' && x.result === '', amount: (x) => x.amount !== '',
  none: (x) => x.result === 'none', intent: (x) => x.result === 'intent', sample: (x) => x.result === 'sample', order: (x) => x.result === 'order',
}

/** What the fair came to, live; every number opens the talks that it counts. */
export function Report({ fair }: { fair: Fair }) {
  const report = useQuery({ queryKey: ['fair', fair.id, 'report'], queryFn: () => load(fair.id), refetchInterval: 2000 })
  const [show, setShow] = useState('held')
  if (report.isPending) return <Loading />
  if (report.error) return <Fault error={report.error} />
  const f = report.data.figures
  const lines = report.data.lines.filter(filters[show] ?? ((x) => `${x.stage}/${x.strength}` === show || (show.startsWith('class:') && x.result !== '' && x.class === show.slice(6))))
  const figure = (key: string, n: number | string, name: string) => (
    <button key={key} type="button" className="stat" aria-pressed={show === key} onClick={() => setShow(key)}><b>{n}</b><span>{name}</span></button>
  )
  return (
    <>
      <div className="stats">
        <p><b>{f.arrived}</b> / {f.firms}<span>{t('fair.desk.firms')}</span></p>
        <p><b>{f.came}</b> / {f.people}<span>{t('fair.desk.people')}</span></p>
        {figure('planned', f.planned, t('fair.report.planned'))}
        {figure('held', f.held, t('fair.report.held'))}
        {figure('agreed', f.agreed, t('fair.report.agreed'))}
        {['order', 'sample', 'intent', 'none'].map((r) => figure(r, f.results[r] ?? 0, tOf('fair.result', r)))}
        {figure('amount', f.amount || 0, t('fair.amount'))}
        {figure('unmet', f.unmet, t('fair.report.unmet'))}
      </div>
      <p className="plan-bar"><a className="button" href={`/api/fairs/${fair.id}/report.xlsx`}>{t('fair.report.xlsx')}</a><button type="button" onClick={() => window.print()}>{t('fair.report.print')}</button></p>
      <div className="scroll" role="region" aria-label={t('fair.report.lines')} tabIndex={0}>
        {lines.length === 0 ? <Empty title={t('fair.report.none')} /> : (
          <table className="plans">
            <thead><tr><th scope="col">{t('fair.time')}</th><th scope="col">{t('fair.tableWord')}</th><th scope="col">{t('fair.talk')}</th><th scope="col">{t('fair.result')}</th><th scope="col">{t('fair.amount')}</th><th scope="col">{t('fair.stage')}</th></tr></thead>
            <tbody>{lines.map((x) => <tr key={x.a + x.b}><td>{x.time || '—'}</td><td>{x.table || '—'}</td><th scope="row"><a href={`/enterprises/${x.a}`}>{x.name_a}</a> × <a href={`/enterprises/${x.b}`}>{x.name_b}</a>{x.notes.map((n, k) => <q key={k} className="quiet said">{n}</q>)}</th><td>{x.result ? `${tOf('fair.result', x.result)}${x.agreed ? ` · ${t('fair.report.both')}` : ''}` : x.why || '—'}</td><td>{x.amount}</td><td>{x.stage && `${tOf('app.stage', x.stage)} · ${tOf('app.strength', x.strength)}`}</td></tr>)}</tbody>
          </table>
        )}
      </div>
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
      <h2>{t('fair.report.chains')}</h2>
      <div className="scroll" role="region" aria-label={t('fair.report.chains')} tabIndex={0}>
        <table className="plans">
          <thead><tr><th scope="col">{t('fair.report.chain')}</th><th scope="col">{t('fair.report.firms')}</th><th scope="col">{t('fair.report.held')}</th><th scope="col">{t('fair.report.strong')}</th><th scope="col">{t('fair.amount')}</th></tr></thead>
          <tbody>{f.chains.map((c) => <tr key={c.code}><th scope="row"><button type="button" className="plain" aria-pressed={show === `class:${c.code}`} onClick={() => setShow(`class:${c.code}`)}>{c.name}</button></th><td>{c.firms}</td><td>{c.held}</td><td>{c.strong}</td><td>{c.amount || '—'}</td></tr>)}</tbody>
        </table>
      </div>
      <h2>{t('fair.report.clusters')}</h2>
      <div className="scroll" role="region" aria-label={t('fair.report.clusters')} tabIndex={0}>
        <table className="plans">
          <thead><tr><th scope="col">{t('fair.report.cluster')}</th><th scope="col">{t('fair.report.firms')}</th><th scope="col">{t('fair.report.held')}</th><th scope="col">{t('fair.report.strong')}</th><th scope="col">{t('fair.amount')}</th></tr></thead>
          <tbody>{f.clusters.map((c) => <tr key={c.name}><th scope="row">{c.name}</th><td>{c.firms}</td><td>{c.held}</td><td>{c.strong}</td><td>{c.amount || '—'}</td></tr>)}</tbody>
        </table>
      </div>
      <Unmet fair={fair} />
    </>
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
