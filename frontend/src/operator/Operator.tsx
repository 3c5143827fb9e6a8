import { lazy, Suspense } from 'react'
import { NavLink, Route, Routes } from 'react-router'
import type { Me } from '../api'
import { t } from '../text'
import { Audit } from './Audit'
import { Failures } from './Failures'
import { Firms } from './Firms'
import { Introduce } from './Introduce'
import { Ledger } from './Ledger'
import { Reviews } from './Reviews'
import { Rules } from './Rules'
import { Loading } from '../ui/ui'

const Overview = lazy(() => import('./Overview'))
const Lapsing = lazy(() => import('./Lapsing'))
const Intake = lazy(() => import('./Intake'))
const Calls = lazy(() => import('./Calls'))
const Deliveries = lazy(() => import('./Deliveries'))
const Bureau = lazy(() => import('./Bureau'))
const Duplicates = lazy(() => import('./Duplicates'))
const Words = lazy(() => import('./Words'))
const Officers = lazy(() => import('./Officers'))

/** The association's desk. */
export default function Operator({ me }: { me: Me }) {
  const acts = me.roles.includes('operator') || me.roles.includes('admin')
  const reviews = acts || me.roles.includes('reviewer')
  const reads = acts || me.roles.includes('viewer')
  return (
    <section>
      <nav className="desk" aria-label={t('app.nav.operator')}>
        <NavLink to="/operator" end>{t('overview')}</NavLink>
        {reviews && <NavLink to="/operator/reviews">{t('app.desk.reviews')}</NavLink>}
        {acts && <NavLink to="/operator/firms">{t('app.desk.firms')}</NavLink>}
        {acts && <NavLink to="/operator/intake">{t('intake')}</NavLink>}
        {reads && <NavLink to="/operator/outcomes">{t('app.ledger')}</NavLink>}
        {acts && <NavLink to="/operator/calls">{t('call')}</NavLink>}
        {reads && <NavLink to="/operator/bureau">{t('bureau')}</NavLink>}
        {acts && <NavLink to="/operator/introduce">{t('app.introduce')}</NavLink>}
        {acts && <NavLink to="/operator/rules">{t('app.desk.rules')}</NavLink>}
        {acts && <NavLink to="/operator/words">{t('words')}</NavLink>}
        {acts && <NavLink to="/operator/duplicates">{t('merge')}</NavLink>}
        {acts && <NavLink to="/operator/officers">{t('office')}</NavLink>}
        {acts && <NavLink to="/operator/audit">{t('audit')}</NavLink>}
        {acts && <NavLink to="/operator/deliveries">{t('delivery')}</NavLink>}
        {acts && <NavLink to="/operator/failures">{t('app.failures')}</NavLink>}
      </nav>
      <Suspense fallback={<Loading />}><Routes>
        <Route index element={<Overview me={me} />} />
        {reviews && <Route path="reviews" element={<Reviews />} />}
        {acts && <Route path="firms" element={<Firms />} />}
        {acts && <Route path="intake" element={<Intake />} />}
        {reads && <Route path="outcomes" element={<Ledger acts={acts} />} />}
        {reads && <Route path="bureau" element={<Bureau />} />}
        {acts && <Route path="duplicates" element={<Duplicates />} />}
        {acts && <Route path="words" element={<Words me={me} />} />}
        {acts && <Route path="officers" element={<Officers me={me} />} />}
        {acts && <Route path="introduce" element={<Introduce />} />}
        {acts && <Route path="rules" element={<Rules />} />}
        {acts && <Route path="audit" element={<Audit />} />}
        {acts && <Route path="calls" element={<Calls />} />}
        {acts && <Route path="deliveries" element={<Deliveries />} />}
        {acts && <Route path="lapsing" element={<Lapsing />} />}
        {acts && <Route path="failures" element={<Failures />} />}
      </Routes></Suspense>
    </section>
  )
}
