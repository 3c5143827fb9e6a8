import type { components } from '../schema'
import { t } from '../text'
import { Side } from '../ui/ui'

/** New listings by month, drawn for the eye and told as a table. */
export function Months({ months }: { months: components['schemas']['Month'][] }) {
  const most = Math.max(1, ...months.flatMap((m) => [m.supplies, m.needs]))
  const bar = (n: number, side: string) => <i className={`of-${side}`} style={{ height: `${(100 * n) / most}%` }}>{n > 0 && <small>{n}</small>}</i>
  return (
    <section className="card block" aria-labelledby="months">
      <h2 id="months">{t('overview.months')}</h2>
      <p className="legend"><span><Side side="supply" /> {t('overview.newSupplies')}</span> <span><Side side="need" /> {t('overview.newNeeds')}</span></p>
      <div className="months" aria-hidden="true">
        {months.map((m) => <div key={m.month}><p>{bar(m.supplies, 'supply')}{bar(m.needs, 'need')}</p><span>{t('overview.monthOf', Number(m.month.slice(5)))}</span></div>)}
      </div>
      <details>
        <summary>{t('overview.asTable')}</summary>
        <table>
          <thead><tr><th scope="col">{t('overview.month')}</th><th scope="col">{t('overview.newSupplies')}</th><th scope="col">{t('overview.newNeeds')}</th></tr></thead>
          <tbody>{months.map((m) => <tr key={m.month}><th scope="row">{m.month}</th><td>{m.supplies}</td><td>{m.needs}</td></tr>)}</tbody>
        </table>
      </details>
    </section>
  )
}
