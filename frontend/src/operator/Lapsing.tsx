import { useQuery } from '@tanstack/react-query'
import { api, ok } from '../api'
import { moment, t } from '../text'
import { Empty, Fault, Firm, Loading, Total } from '../ui/ui'

/** What officers suggested to two firms and nobody has answered in full: time for a call. */
export default function Lapsing() {
  const list = useQuery({ queryKey: ['lapsing'], queryFn: () => ok(api.GET('/api/operator/lapsing')) })
  return (
    <>
      <h1>{t('overview.wait.lapsing')} <Total n={list.data?.items.length} /></h1>
      <p className="aside">{t('overview.lapsingHint')}</p>
      {list.isPending && <Loading />}
      <Fault error={list.error} />
      {list.data?.items.length === 0 && <Empty title={t('overview.lapsingNone')} />}
      {!!list.data?.items.length && <p className="acts gap"><a className="button" href="/api/operator/lapsing.xlsx">{t('app.ledger.xlsx')}</a></p>}
      {list.data?.items.map((i) => (
        <article className="card line-block" key={i.id}>
          <p><Firm firm={i.by} /> × <Firm firm={i.to} /></p>
          {i.subject && <p className="subject">{i.subject}</p>}
          <p className="quiet">{t('overview.ends', moment(i.expires_at))}</p>
        </article>
      ))}
    </>
  )
}
