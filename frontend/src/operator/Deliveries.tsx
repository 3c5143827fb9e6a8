import { useInfiniteQuery } from '@tanstack/react-query'
import { api, ok } from '../api'
import { moment, t, tOf } from '../text'
import { Empty, Fault, Loading } from '../ui/ui'

/** What was sent to the firms of one's clusters: neither where to nor what it said. */
export default function Deliveries() {
  const list = useInfiniteQuery({
    queryKey: ['deliveries'], initialPageParam: '',
    queryFn: ({ pageParam }) => ok(api.GET('/api/operator/deliveries', { params: { query: { after: pageParam || undefined, limit: 50 } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const items = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <>
      <h1>{t('delivery')}</h1>
      {list.data?.pages[0]?.set === false && <p className="held">{t('delivery.unset')}</p>}
      {list.isPending && <Loading />}
      <Fault error={list.error} />
      {list.isSuccess && items.length === 0 && <Empty title={t('delivery.none')}><p>{t('delivery.noneHint')}</p></Empty>}
      {items.length > 0 && (
        <p className="acts gap"><a className="button" href="/api/operator/deliveries.xlsx">{t('app.ledger.xlsx')}</a></p>
      )}
      {items.length > 0 && (
        <div className="card scroll gap" tabIndex={0} role="region" aria-label={t('delivery')}>
          <table>
            <thead><tr><th scope="col">{t('delivery.at')}</th><th scope="col">{t('delivery.firm')}</th><th scope="col">{t('delivery.topic')}</th><th scope="col">{t('delivery.state')}</th></tr></thead>
            <tbody>
              {items.map((d) => (
                <tr key={d.id}>
                  <td>{moment(d.created_at)}</td>
                  <td>{d.enterprise.name}</td>
                  <td>{d.topic ? tOf('notice.topic', d.topic) : t('delivery.digest')} <span className="quiet">{tOf('delivery.channel', d.channel)}</span></td>
                  <td>
                    <span className={`state ${d.state}`}>{tOf('delivery.state', d.state)}</span>{' '}
                    {d.reason && <span className="quiet">{d.tries > 0 ? t('delivery.tries', d.tries, d.reason) : d.reason}</span>}
                    {d.next_at && <span className="quiet"> {t('delivery.next', moment(d.next_at))}</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && <button type="button" className="wide" onClick={() => void list.fetchNextPage()}>{t('app.more')}</button>}
    </>
  )
}
