import { t, tOf } from '../text'
import type { WholePlan } from './fair'

/** What every firm asked for and got, and what the plan's total is made of. */
export function Results({ plan: p }: { plan: WholePlan }) {
  return (
    <>
      <details className="card compare" open><summary>{t('fair.terms')}</summary>
        <p className="quiet">{t('fair.terms.hint', p.total)}</p>
        <div className="scroll" role="region" aria-label={t('fair.terms')} tabIndex={0}>
          <table className="plans">
            <thead><tr><th scope="col">{t('fair.term')}</th><th scope="col">{t('fair.count')}</th><th scope="col">{t('fair.weight')}</th><th scope="col">{t('fair.points')}</th></tr></thead>
            <tbody>{p.terms.map((x) => <tr key={x.name}><th scope="row">{tOf('fair.term', x.name)}</th><td>{x.count}</td><td>{x.weight}</td><td>{x.points}</td></tr>)}</tbody>
          </table>
        </div>
      </details>
      <div className="scroll" role="region" aria-label={t('fair.view.results')} tabIndex={0}>
        <table className="plans">
          <thead><tr><th scope="col">{t('fair.firm')}</th><th scope="col">{t('fair.role.ask')}</th><th scope="col">{t('fair.gotAsked')}</th><th scope="col">{t('fair.book.wished')}</th><th scope="col">{t('fair.book.musts')}</th><th scope="col">{t('fair.gaps')}</th><th scope="col">{t('fair.changes')}</th><th scope="col">{t('fair.why')}</th></tr></thead>
          <tbody>{p.firms.map((f) => (
            <tr key={f.enterprise_id} className={f.asked > 0 && f.got === 0 ? 'none' : undefined}>
              <th scope="row">{f.name}</th><td>{f.role && tOf('fair.role', f.role)}</td><td>{f.got} / {f.asked}</td><td>{f.wished_got} / {f.wished}</td><td>{f.musts_got} / {f.musts}</td><td>{f.gaps}</td><td>{f.table_changes}</td>
              <td><Open plan={p} firm={f.enterprise_id} /></td>
            </tr>
          ))}</tbody>
        </table>
      </div>
    </>
  )
}

/** A firm's talks that were not placed, each with its reason. */
function Open({ plan: p, firm }: { plan: WholePlan; firm: string }) {
  const open = p.meetings.filter((m) => m.slot === 0 && (m.a === firm || m.b === firm))
  if (open.length === 0) return null
  return (
    <details><summary>{t('fair.waiting', open.length)}</summary>
      <ul className="whys">{open.map((m) => <li key={m.a + m.b}>{p.names[m.a === firm ? m.b : m.a]}：{m.why}</li>)}</ul>
    </details>
  )
}
