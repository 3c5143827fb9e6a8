import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api, ok, type Me } from '../api'
import { t, tOf } from '../text'
import { Empty, Fault, Loading } from '../ui/ui'

/** The fairs one may see; operators also organise new ones. */
export function Fairs({ me }: { me: Me }) {
  const list = useQuery({ queryKey: ['fairs'], queryFn: () => ok(api.GET('/api/fairs')) })
  const runs = me.roles.some((r) => r === 'operator' || r === 'admin')
  if (list.isPending) return <Loading />
  if (list.error) return <Fault error={list.error} />
  return (
    <section>
      <div className="fair-head"><h1>{t('fair.title')}</h1>{runs && <Link className="primary" to="/fairs/new">{t('fair.new.make')}</Link>}</div>
      {list.data.items.length === 0 && <Empty title={t('fair.none')}><p>{t('fair.none.hint')}</p></Empty>}
      {list.data.items.map((f) => (
        <article className="card line" key={f.id}>
          <div>
            <h2><Link to={`/fairs/${f.id}`}>{f.name}</Link></h2>
            <p className="quiet">{[f.slots[0] && `${f.slots[0].day} ${f.slots[0].time}`, f.place, f.hosted].filter(Boolean).join(' · ')}</p>
          </div>
          <span className={`phase ${f.phase}`}>{tOf('fair.phase', f.phase)}</span>
          {f.runs && <Link className="button" to={`/fairs/new?like=${f.id}`}>{t('fair.copySetup')}<span className="hide"> {f.name}</span></Link>}
          {f.mine && <span className="phase mine">{t('fair.registered')}</span>}
        </article>
      ))}
    </section>
  )
}
