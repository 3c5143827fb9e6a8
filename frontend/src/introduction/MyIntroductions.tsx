import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, ok, type Introduction } from '../api'
import { t, tOf } from '../text'
import { Empty, Fault, Loading } from '../ui/ui'
import { IntroductionCard } from './IntroductionCard'
import { Vetoes } from './Vetoes'

const views = ['waiting', 'sent', 'agreed', 'closed'] as const

/** Who asked whom, and the contacts of those who both agreed; outcome shows what came of it. */
export function MyIntroductions({ outcome }: { outcome: (i: Introduction) => ReactNode }) {
  const [search, setSearch] = useSearchParams()
  const view = views.find((v) => v === search.get('view')) ?? 'waiting'
  const list = useInfiniteQuery({
    queryKey: ['introductions', view], initialPageParam: '',
    queryFn: ({ pageParam }) => ok(api.GET('/api/my/introductions', { params: { query: { view, after: pageParam || undefined } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const items = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <section>
      <h1>{t('app.nav.introductions')}</h1>
      <div className="tabs">
        {views.map((v) => <button key={v} type="button" aria-pressed={v === view} onClick={() => setSearch({ view: v })}>{tOf('app.talks', v)}</button>)}
      </div>
      {list.isPending && <Loading />}
      <Fault error={list.error} />
      {list.isSuccess && items.length === 0 && (
        <Empty title={tOf('app.talks.none', view)}>
          <p>{t('app.talks.hint')}</p>
          <p><Link className="primary" to="/proposals">{t('app.nav.proposals')}</Link> <a className="button" href="/">{t('app.nav.hall')}</a></p>
        </Empty>
      )}
      <div aria-live="polite">{items.map((i) => <IntroductionCard key={i.id} introduction={i}>{outcome(i)}</IntroductionCard>)}</div>
      {list.hasNextPage && <button type="button" className="wide" onClick={() => void list.fetchNextPage()}>{t('app.more')}</button>}
      {view === 'closed' && <Vetoes />}
    </section>
  )
}
