import { useState } from 'react'
import type { components } from '../schema'
import { t, tOf } from '../text'
import { Fault, Input } from '../ui/ui'
import { roles, type Fair } from './fair'

type Party = components['schemas']['FairPartyInput']
type Rep = components['schemas']['FairRep']

/** Who comes for a firm, and when each can meet. The first registration is one press on the role. */
export function PartyForm({ fair, party, error, busy, onSave }: { fair: Fair; party?: Party | null; error: unknown; busy: boolean; onSave: (p: Party) => void }) {
  const [reps, setReps] = useState<Rep[]>(party?.reps ?? [])
  const [away, setAway] = useState<number[]>(party?.away ?? [])
  const [parallel, setParallel] = useState(party?.parallel ?? 1)
  const put = (i: number, part: Partial<Rep>) => setReps(reps.map((x, n) => (n === i ? { ...x, ...part } : x)))
  const save = (role: string) => onSave({ ...party, role: role as Party['role'], reps: reps.filter((r) => r.name), away, parallel })
  return (
    <div className="partyform">
      {reps.map((r, i) => (
        <div key={i} className="rep">
          <div className="spec">
            <input aria-label={t('fair.rep.name', i + 1)} placeholder={t('fair.rep')} value={r.name} onChange={(e) => put(i, { name: e.target.value })} />
            <input aria-label={`${t('app.phone')} ${i + 1}`} placeholder={t('app.phone')} inputMode="tel" value={r.phone ?? ''} onChange={(e) => put(i, { phone: e.target.value })} />
            <button type="button" className="plain" aria-label={t('fair.rep.drop', i + 1)} onClick={() => setReps(reps.filter((_, n) => n !== i))}>×</button>
          </div>
          {reps.length > 1 && <Away fair={fair} label={t('fair.rep.away', r.name || i + 1)} away={r.away ?? []} onChange={(v) => put(i, { away: v })} />}
        </div>
      ))}
      <button type="button" className="plain" onClick={() => setReps([...reps, { name: '', phone: '' }])}>＋ {t('fair.rep')}</button>
      {reps.length > 1 && <Input label={t('fair.parallel')} hint={t('fair.parallel.hint')} value={String(parallel)} onChange={(v) => setParallel(Number(v) || 1)} inputMode="numeric" />}
      <Away fair={fair} label={t('fair.away')} away={away} onChange={setAway} />
      <Fault error={error} />
      <div className="acts" role="group" aria-label={t('fair.role.ask')}>{roles.map((r) => <button key={r} type="button" className={r === party?.role || !party ? 'primary' : undefined} disabled={busy} onClick={() => save(r)}>{t(party && r === party.role ? 'fair.register.do' : 'fair.registerAs', tOf('fair.role', r))}</button>)}</div>
    </div>
  )
}

function Away({ fair, label, away, onChange }: { fair: Fair; label: string; away: number[]; onChange: (list: number[]) => void }) {
  const flip = (n: number) => onChange(away.includes(n) ? away.filter((x) => x !== n) : [...away, n])
  return (
    <details className="field"><summary>{label}{away.length > 0 && ` · ${away.length}`}</summary>
      <div className="acts">{fair.slots.map((s) => <button key={s.number} type="button" aria-pressed={away.includes(s.number)} className={away.includes(s.number) ? 'gone' : undefined} onClick={() => flip(s.number)}>{s.time}</button>)}</div>
    </details>
  )
}
