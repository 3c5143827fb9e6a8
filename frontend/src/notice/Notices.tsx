import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api, ok } from '../api'
import { moment, t, tOf } from '../text'
import { Empty, Fault, Loading } from '../ui/ui'

/** What happened that concerns one's firm, newest first. */
export default function Notices() {
  const queries = useQueryClient()
  const list = useInfiniteQuery({
    queryKey: ['notices'], initialPageParam: '',
    queryFn: ({ pageParam }) => ok(api.GET('/api/notices', { params: { query: { after: pageParam || undefined } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const see = useMutation({
    mutationFn: (upto: string) => ok(api.POST('/api/notices/seen', { body: { upto } })),
    onSettled: () => { for (const key of ['notices', 'me']) void queries.invalidateQueries({ queryKey: [key] }) },
  })
  const items = list.data?.pages.flatMap((p) => p.items) ?? []
  const newest = items[0]
  return (
    <section>
      <h1>{t('notice')}</h1>
      <p className="acts gap">
        <button type="button" onClick={() => newest && see.mutate(newest.id)} disabled={!newest?.new || see.isPending}>{t('notice.seeAll')}</button>
        <Link className="button plain" to="/account#notices">{t('notice.choice')}</Link>
      </p>
      {list.isPending && <Loading />}
      <Fault error={list.error ?? see.error} />
      {list.isSuccess && items.length === 0 && <Empty title={t('notice.none')}><p>{t('notice.none.next')}</p></Empty>}
      <div aria-live="polite">
        {items.map((n) => (
          <article className={n.new ? 'card line fresh' : 'card line'} key={n.id}>
            <div>
              <Way path={n.path}>{tOf('notice', n.topic).replace('{0}', n.other?.name ?? '')}</Way>
              <p className="quiet">{n.new && <span className="state asked">{t('notice.new')}</span>} <time dateTime={n.at}>{moment(n.at)}</time></p>
            </div>
          </article>
        ))}
      </div>
      {list.hasNextPage && <button type="button" className="wide" onClick={() => void list.fetchNextPage()}>{t('app.more')}</button>}
    </section>
  )
}

/** Some ways lead through the app, some to a page. */
function Way({ path, children }: { path: string; children: string }) {
  return path.startsWith('/app/') ? <Link to={path.slice(4)}>{children}</Link> : <a href={path}>{children}</a>
}
