import type { Quotes } from '../api'
import { amountOf, moment, money, priceOf, t, tOf } from '../text'
import { SentFile } from '../ui/SentFile'
import { Firm } from '../ui/ui'
import { wantedOf } from './Lines'

/** Two records of one firm that were merged may both have quoted. */
const keyOf = (x: Quotes['items'][number]) => x.supplier.id + x.updated_at

/** One column a supplier, one row a question; the best price is marked among equal units. */
export function Compare({ quotes: q }: { quotes: Quotes }) {
  const given = q.items.filter((x) => !x.declined)
  const refused = q.items.filter((x) => x.declined)
  const sameUnit = new Set(given.map((x) => x.unit)).size === 1
  const best = sameUnit && given.length > 1 ? Math.min(...given.map((x) => Number(x.price))) : null
  const line = (x: (typeof given)[number], spec: string) => {
    const l = x.lines.find((l) => l.spec === spec)
    return l ? <><span className={`answer ${l.answer}`}>{tOf('app.line', l.answer)}</span> {l.note}</> : <span className="quiet">{t('app.quote.open')}</span>
  }
  return (
    <>
      {given.length > 0 && (
        <div className="card scroll compare" tabIndex={0} role="region" aria-label={t('app.quotes')}>
          <table>
            <thead><tr><th scope="col">{t('app.quote.supplier')}</th><th scope="col">{t('app.quote.wanted')}</th>{given.map((x) => <th scope="col" key={keyOf(x)}><Firm firm={x.supplier} /></th>)}</tr></thead>
            <tbody>
              <tr><th scope="row">{t('app.quote.price')}</th><td className="wanted">{priceOf(q.need.price)}</td>{given.map((x) => <td key={keyOf(x)}><b>¥{money(x.price)}/{x.unit}</b> {best !== null && Number(x.price) === best && <span className="state agreed">{t('app.quote.best')}</span>}</td>)}</tr>
              <tr><th scope="row">{t('app.quote.moq')}</th><td className="wanted">{amountOf(q.need.quantity) || '–'}</td>{given.map((x) => <td key={keyOf(x)}>{x.moq && x.moq !== '0' ? money(x.moq) : '–'}</td>)}</tr>
              <tr><th scope="row">{t('app.quote.lead')}</th><td className="wanted">{q.lead_days ? t('app.days', q.lead_days) : '–'}</td>{given.map((x) => <td key={keyOf(x)}>{x.lead_days ? t('app.days', x.lead_days) : '–'}</td>)}</tr>
              <tr><th scope="row">{t('app.quote.sample')}</th><td className="wanted">–</td>{given.map((x) => <td key={keyOf(x)}>{x.sample || '–'}</td>)}</tr>
              {q.specs.map((s) => <tr key={s.name}><th scope="row">{s.name}{s.must && <span className="must"> *</span>}</th><td className="wanted">{wantedOf(s)}</td>{given.map((x) => <td key={keyOf(x)}>{line(x, s.name)}</td>)}</tr>)}
              <tr><th scope="row">{t('app.quote.valid')}</th><td className="wanted">–</td>{given.map((x) => <td key={keyOf(x)}>{x.valid_until}</td>)}</tr>
              <tr><th scope="row">{t('app.quote.note')}</th><td className="wanted">–</td>{given.map((x) => <td key={keyOf(x)} className="wrap-text">{x.note || '–'}</td>)}</tr>
              {given.some((x) => x.files.length > 0) && <tr><th scope="row">{t('app.quote.files')}</th><td className="wanted">–</td>{given.map((x) => <td key={keyOf(x)}>{x.files.length > 0 ? <ul className="files">{x.files.map((f) => <li key={f.id}><SentFile file={f} own={false} /></li>)}</ul> : '–'}</td>)}</tr>}
              <tr><th scope="row">{t('app.quote.at')}</th><td className="wanted">–</td>{given.map((x) => <td key={keyOf(x)}>{moment(x.updated_at)}</td>)}</tr>
            </tbody>
          </table>
        </div>
      )}
      {given.some((x) => x.files.some((f) => f.stamped)) && <p className="aside">{t('app.quote.filesStamped')}</p>}
      {refused.map((x) => <p className="aside" key={keyOf(x)}><Firm firm={x.supplier} /> {t('app.quote.declined', tOf('app.declined', x.declined))} {x.note}</p>)}
    </>
  )
}
