import { useParams, useSearchParams } from 'react-router'
import type { Me } from '../api'
import { t, tOf } from '../text'
import { Fault, Loading } from '../ui/ui'
import { Desk } from './Desk'
import { useFair } from './fair'
import { Member } from './Member'
import { Parties } from './Parties'
import { Plans } from './Plans'
import { Report } from './Report'
import { Setup } from './Setup'

const tabs = ['setup', 'parties', 'plans', 'desk', 'report'] as const

/** One fair: the console for who runs it, one's own part for who takes part. */
export default function FairPage({ me }: { me: Me }) {
  const { id } = useParams()
  const [search] = useSearchParams()
  if (!id) return <section><h1>{t('fair.new.make')}</h1>{search.get('like') ? <Like key={search.get('like')} id={search.get('like')!} me={me} /> : <Setup me={me} />}</section>
  return <One key={id} id={id} me={me} />
}

/** A new fair set up as an earlier one was. */
function Like({ id, me }: { id: string; me: Me }) {
  const fair = useFair(id)
  if (fair.isPending) return <Loading />
  if (fair.error) return <Fault error={fair.error} />
  return <Setup like={fair.data} me={me} />
}

function One({ id, me }: { id: string; me: Me }) {
  const [search, setSearch] = useSearchParams()
  const fair = useFair(id)
  if (!fair.data) return fair.error ? <Fault error={fair.error} /> : <Loading />
  const f = fair.data
  const tab = tabs.find((x) => x === search.get('tab')) ?? (f.phase === 'day' ? 'desk' : f.phase === 'after' ? 'report' : 'plans')
  return (
    <section className={f.runs && tab === 'plans' ? 'full' : undefined}>
      <div className="fair-head">
        <h1>{f.name}</h1><span className={`phase ${f.phase}`}>{tOf('fair.phase', f.phase)}</span>
        <p className="quiet">{[f.slots[0] && `${f.slots[0].day} ${f.slots[0].time}`, f.place, f.hosted].filter(Boolean).join(' · ')}</p>
      </div>
      {!f.runs && (f.reads ? <Report fair={f} /> : <Member fair={f} />)}
      {f.runs && (
        <>
          <div className="tabs" role="group" aria-label={t('fair.title')}>
            {tabs.map((x) => <button key={x} type="button" aria-pressed={x === tab} onClick={() => setSearch({ tab: x })}>{tOf('fair.tab', x)}</button>)}
          </div>
          {tab === 'setup' && <Setup key={f.rev} fair={f} me={me} />}
          {tab === 'parties' && <Parties fair={f} />}
          {tab === 'plans' && <Plans fair={f} />}
          {tab === 'desk' && <Desk fair={f} me={me} />}
          {tab === 'report' && <Report fair={f} />}
        </>
      )}
    </section>
  )
}
