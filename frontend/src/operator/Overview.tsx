import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, ok, type Me } from '../api'
import type { components } from '../schema'
import { day, money, t, tOf } from '../text'
import { Fault, Loading, Select, Side } from '../ui/ui'
import { Months } from './Months'
import './overview.css'

type Figures = components['schemas']['Overview']
type Balance = components['schemas']['ClassBalance']

/** The desk's first page: what there is, what waits, what is missing, what comes next. */
export default function Overview({ me }: { me: Me }) {
  const [search, setSearch] = useSearchParams()
  const cluster = search.get('cluster') ?? ''
  const figures = useQuery({ queryKey: ['overview', cluster], refetchInterval: 60_000, queryFn: () => ok(api.GET('/api/operator/overview', { params: { query: { cluster: cluster || undefined } } })) })
  if (figures.isPending) return <Loading />
  if (figures.error) return <Fault error={figures.error} />
  const o = figures.data
  return (
    <>
      <div className="overview-head">
        <h1>{t('overview')}</h1>
        {o.clusters.length > 1 && <Select label={t('app.cluster')} value={cluster} onChange={(v) => setSearch(v ? { cluster: v } : {})} options={[{ value: '', name: t('app.all') }, ...o.clusters.map((c) => ({ value: c.id, name: c.name }))]} />}
        <a className="button" href={`/api/operator/overview.xlsx?${new URLSearchParams(cluster ? { cluster } : {})}`}>{t('app.ledger.xlsx')}</a>
      </div>
      <Stock o={o} me={me} cluster={cluster} />
      <div className="overview-grid">
        <div>
          <Months months={o.months} />
          <Balances o={o} />
        </div>
        <div>
          {me.roles.some((r) => r !== 'viewer') && <ToDo waiting={o.waiting} />}
          <NextFair fair={o.fair} />
        </div>
      </div>
    </>
  )
}

const whole = (n: number) => n.toLocaleString('zh-CN')

/** What the clusters have, and what came of it this year. */
function Stock({ o, me, cluster }: { o: Figures; me: Me; cluster: string }) {
  const only: Record<string, string> = cluster ? { cluster } : {}
  const acts = me.roles.includes('admin') || (cluster ? [cluster] : o.clusters.map((c) => c.id)).every((id) => me.clusters.includes(id))
  const firms = (show: string) => (acts ? `/operator/firms?${new URLSearchParams({ ...only, ...(show && { show }) })}` : me.roles.includes('viewer') && show !== 'unclaimed' ? '/operator/bureau' : '')
  const results = (strength: string) => `/operator/outcomes?${new URLSearchParams({ ...only, from: o.from, to: o.to, ...(strength && { strength }) })}`
  const banded = o.outcomes.reduce((n, s) => n + s.banded, 0)
  return (
    <div className="figures">
      <section className="card figure" aria-labelledby="of-firms">
        <h2 id="of-firms">{t('bureau.firms')}</h2>
        <p className="big"><To to={firms('')}>{whole(o.firms.all)}</To></p>
        <p className="parts"><To to={firms('known')}>{t('overview.known', whole(o.firms.known))}</To> <To to={firms('unclaimed')}>{t('overview.unclaimedOf', whole(o.firms.unclaimed))}</To></p>
      </section>
      <section className="card figure" aria-labelledby="of-listings">
        <h2 id="of-listings">{t('overview.live')}</h2>
        <p className="big sides">{(['supply', 'need'] as const).map((side) => <a key={side} href={hall(o, { side })}><Side side={side} /> {whole(side === 'supply' ? o.supplies : o.needs)}</a>)}</p>
        <p className="parts quiet">{t('overview.liveHint')}</p>
      </section>
      {o.agreed !== null && (
        <section className="card figure" aria-labelledby="of-agreed">
          <h2 id="of-agreed">{t('bureau.disclosed')}</h2>
          <p className="big"><Link to={results('')}>{whole(o.agreed)}</Link></p>
          <p className="parts quiet">{t('overview.thisYear')}</p>
        </section>
      )}
      {o.outcomes.length > 0 && (
        <section className="card figure" aria-labelledby="of-outcomes">
          <h2 id="of-outcomes">{t('overview.outcomes')} <small className="quiet">{t('overview.thisYear')}</small></h2>
          <ul className="strengths">
            {o.outcomes.map((s) => (
              <li key={s.strength}><Link to={results(s.strength)}><span className={`state ${s.strength}`}>{tOf('app.strength', s.strength)}</span> <b>¥{money(s.amount)}</b> <small>{t('overview.cases', s.count)}</small></Link></li>
            ))}
          </ul>
          {banded > 0 && <p className="parts quiet">{t('ledger.bandedOf', banded)}</p>}
        </section>
      )}
    </div>
  )
}

/** A figure that leads to its records, where the reader has a list of them. */
const To = ({ to, children }: { to: string; children: ReactNode }) => (to ? <Link to={to}>{children}</Link> : <span>{children}</span>)

/** The public search over the same clusters. */
function hall(o: Figures, more: Record<string, string>): string {
  return `/?${new URLSearchParams({ ...more, ...(o.search && { cluster: o.search }) })}`
}

const desk: Record<string, string> = { call: '/operator/calls', failure: '/operator/failures', lapsing: '/operator/lapsing' }

function ToDo({ waiting }: { waiting: Figures['waiting'] }) {
  const age = (at: string) => {
    const days = Math.floor((Date.now() - Date.parse(at)) / 86_400_000)
    return days < 1 ? t('overview.sinceToday') : t('overview.sinceDays', days)
  }
  return (
    <section className="card block" aria-labelledby="waits">
      <h2 id="waits">{t('overview.waiting')}</h2>
      {waiting.length === 0 && <p className="calm">{t('overview.nothing')}</p>}
      <ul className="to-do">
        {waiting.map((w) => (
          <li key={w.kind}>
            <Link to={desk[w.kind] ?? `/operator/reviews?kind=${w.kind}`}>
              <span className="grow">{tOf('overview.wait', w.kind)} <small className="quiet">{w.kind === 'lapsing' ? t('overview.endsFrom', day(w.at)) : age(w.at)}</small></span>
              <b>{w.count}</b>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Live supplies against needs: what is missing first, what is left over below. */
function Balances({ o }: { o: Figures }) {
  const most = Math.max(1, ...[...o.gaps, ...o.surplus].flatMap((b) => [b.supplies, b.needs]))
  return (
    <section className="card block" aria-labelledby="balance">
      <h2 id="balance">{t('overview.balance')}</h2>
      <p className="legend"><span><Side side="supply" /> {t('bureau.supplies')}</span> <span><Side side="need" /> {t('bureau.needs')}</span></p>
      <BalanceTable o={o} name={t('overview.gapsTop', o.gaps.length)} lines={o.gaps} most={most} none={t('overview.noGaps')} />
      <BalanceTable o={o} name={t('overview.surplusTop', o.surplus.length)} lines={o.surplus} most={most} none={t('overview.noSurplus')} />
      {o.coarse.supplies + o.coarse.needs > 0 && <p className="quiet">{t('overview.coarse', o.coarse.supplies, o.coarse.needs)}</p>}
    </section>
  )
}

function BalanceTable({ o, name, lines, most, none }: { o: Figures; name: string; lines: Balance[]; most: number; none: string }) {
  if (lines.length === 0) return <p className="calm">{none}</p>
  const size = (n: number) => ({ width: `${(100 * n) / most}%` })
  return (
    <table className="balance">
      <caption>{name}</caption>
      <thead className="hide"><tr><th scope="col">{t('overview.class')}</th><th scope="col">{t('bureau.supplies')}</th><td /><th scope="col">{t('bureau.needs')}</th><th scope="col">{t('overview.balanceWord')}</th></tr></thead>
      <tbody>
        {lines.map((b) => (
          <tr key={b.class}>
            <th scope="row"><a href={hall(o, { class: b.class })}>{b.name}</a></th>
            <td className="n"><a href={hall(o, { side: 'supply', class: b.class })} aria-label={t('overview.suppliesOf', b.name, b.supplies)}>{b.supplies}</a></td>
            <td className="bars" aria-hidden="true"><span><i className="of-supply" style={size(b.supplies)} /></span><span><i className="of-need" style={size(b.needs)} /></span></td>
            <td className="n"><a href={hall(o, { side: 'need', class: b.class })} aria-label={t('overview.needsOf', b.name, b.needs)}>{b.needs}</a></td>
            <td className={b.needs > b.supplies ? 'apart lacks' : 'apart'}>{b.needs > b.supplies ? t('overview.lacks', b.needs - b.supplies) : t('overview.spare', b.supplies - b.needs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function NextFair({ fair }: { fair: Figures['fair'] }) {
  return (
    <section className="card block" aria-labelledby="fair">
      <h2 id="fair">{t('overview.fair')}</h2>
      {fair ? (
        <>
          <p className="fair-name"><b>{fair.name}</b> <span className="state">{tOf('fair.phase', fair.phase)}</span></p>
          <p className="quiet">{[fair.day, fair.place, t('overview.partiesOf', fair.parties)].filter(Boolean).join(' · ')}</p>
          <p className="acts"><Link className="button" to={`/fairs/${fair.id}`}>{t('overview.openFair')}</Link></p>
        </>
      ) : <p className="calm">{t('overview.noFair')} <Link to="/fairs">{t('fair.title')}</Link></p>}
    </section>
  )
}
