import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { actingFor, api, ok, type Me } from '../api'
import { day, moment, t, tOf } from '../text'
import { Fault, Firm, Level } from '../ui/ui'

/** Who stands behind one's firm, what officers did to it, who has its contact. */
export function Trust({ firm: e }: { firm: NonNullable<Me['enterprise']> }) {
  const queries = useQueryClient()
  const log = useQuery({ queryKey: ['officers-log'], queryFn: () => ok(api.GET('/api/enterprise/log')) })
  const seen = useQuery({ queryKey: ['disclosures'], enabled: !actingFor.get(), queryFn: () => ok(api.GET('/api/my/disclosures')) })
  const ask = useMutation({ mutationFn: () => ok(api.POST('/api/enterprise/review')), onSettled: () => queries.invalidateQueries({ queryKey: ['me'] }) })
  const known = e.verified.level !== 'unverified'
  return (
    <aside className="similar trust">
      <h2>{t('app.verified')}</h2>
      <p><Level level={e.verified.level} /> {e.standing !== 'active' && <span className={`state ${e.standing}`}>{tOf('app.standing', e.standing)}</span>}</p>
      {known && e.verified.at && <p className="aside">{t('app.verified.line', e.verified.by, day(e.verified.at), e.verified.basis)}</p>}
      {e.reason && <p className="held">{e.reason}</p>}
      {!known && <p className="aside">{t('app.verified.hint')}</p>}
      {!known && e.standing !== 'suspended' && <button type="button" onClick={() => ask.mutate()} disabled={ask.isPending}>{t(e.standing === 'returned' ? 'app.verified.again' : 'app.verified.ask')}</button>}
      {ask.isSuccess && <p className="good" role="status">{t('app.verified.asked')}</p>}
      <Fault error={ask.error ?? log.error ?? seen.error} />
      {!!seen.data?.items.length && <h2 className="gap">{t('app.disclosed')}</h2>}
      {seen.data?.items.map((d) => <p key={d.introduction_id} className="aside"><Firm firm={d.to} /> {moment(d.at)}</p>)}
      {!!log.data?.items.length && <h2 className="gap">{t('app.log')}</h2>}
      {log.data?.items.map((l, i) => <p key={i} className="aside">{moment(l.at)} {l.who} {tOf('app.deed', l.deed)}</p>)}
    </aside>
  )
}
