import type { Quotes } from '../api'
import { money, t, tOf } from '../text'
import { Firm } from '../ui/ui'

/** One column a supplier, one row a question; the best price is marked among equal units. */
export function Compare({ quotes: q }: { quotes: Quotes }) {
  const given = q.items.filter((x) => !x.declined)
  const refused = q.items.filter((x) => x.declined)
  const sameUnit = new Set(given.map((x) => x.unit)).size === 1
  const best = sameUnit && given.length > 1 ? Math.min(...given.map((x) => Number(x.price))) : null
  const line = (x: (typeof given)[number], spec: string) => {
    const l = x.lines.find((l) => l.spec === spec)
    return l ? <><span className={`answer ${l.answer}`}>{tOf('app.line', l.answer)}</span> {l.note}</> : '–'
  }
  return (
    <>
      {given.length > 0 && (
        <div className="card scroll compare" tabIndex={0} role="region" aria-label={t('app.quotes')}>
          <table>
            <thead><tr><th scope="col">{t('app.quote.supplier')}</th>{given.map((x) => <th scope="col" key={x.supplier.id}><Firm firm={x.supplier} /></th>)}</tr></thead>
            <tbody>
              <tr><th scope="row">{t('app.quote.price')}</th>{given.map((x) => <td key={x.supplier.id}><b>¥{money(x.price)}/{x.unit}</b> {best !== null && Number(x.price) === best && <span className="state agreed">{t('app.quote.best')}</span>}</td>)}</tr>
              <tr><th scope="row">{t('app.quote.moq')}</th>{given.map((x) => <td key={x.supplier.id}>{x.moq || '–'}</td>)}</tr>
              <tr><th scope="row">{t('app.quote.lead')}</th>{given.map((x) => <td key={x.supplier.id}>{x.lead_days ? t('app.days', x.lead_days) : '–'}</td>)}</tr>
              <tr><th scope="row">{t('app.quote.sample')}</th>{given.map((x) => <td key={x.supplier.id}>{x.sample || '–'}</td>)}</tr>
              {q.specs.map((s) => <tr key={s.name}><th scope="row">{s.name} {s.value}{s.value2 && `–${s.value2}`} {s.unit}{s.must && <span className="must"> *</span>}</th>{given.map((x) => <td key={x.supplier.id}>{line(x, s.name)}</td>)}</tr>)}
              <tr><th scope="row">{t('app.quote.valid')}</th>{given.map((x) => <td key={x.supplier.id}>{x.valid_until}</td>)}</tr>
              <tr><th scope="row">{t('app.quote.note')}</th>{given.map((x) => <td key={x.supplier.id} className="wrap-text">{x.note || '–'}</td>)}</tr>
            </tbody>
          </table>
        </div>
      )}
      {refused.map((x) => <p className="aside" key={x.supplier.id}><Firm firm={x.supplier} /> {t('app.quote.declined', tOf('app.declined', x.declined))} {x.note}</p>)}
    </>
  )
}
