import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Navigate, NavLink, Route, Routes, useLocation } from 'react-router'
import { api, ApiError, ok, type Me } from './api'
import { EnterprisePage } from './enterprise/EnterprisePage'
import { SignIn } from './enterprise/SignIn'
import { SignUp } from './enterprise/SignUp'
import { ListingForm } from './listing/ListingForm'
import { MyListings } from './listing/MyListings'
import { follow } from './live'
import { Failures } from './operator/Failures'
import { MyProposals } from './proposal/MyProposals'
import { language, switchLanguage, t } from './text'
import { Fault, Loading } from './ui/ui'

/** The frame of the signed-in app, and the way in. */
export function Shell() {
  const { data: me, error, isPending } = useQuery({
    queryKey: ['me'],
    queryFn: async () => {
      try {
        return await ok(api.GET('/api/me'))
      } catch (e) {
        if (e instanceof ApiError && e.status === 401) return null
        throw e
      }
    },
  })
  if (isPending) return <Loading />
  if (error) return <Fault error={error} />
  return (
    <>
      <Header me={me} />
      <main id="main">{me ? <Work me={me} /> : <Door />}</main>
    </>
  )
}

function Header({ me }: { me: Me | null }) {
  const queries = useQueryClient()
  const signOut = async () => {
    await ok(api.POST('/api/sign-out'))
    queries.clear()
    location.assign('/')
  }
  return (
    <header className="top">
      <div className="wrap">
        <a className="brand" href="/"><span aria-hidden="true">链</span>{t('app.name')}</a>
        <nav aria-label={t('app.nav')}>
          <a href="/">{t('app.nav.hall')}</a>
          {me?.enterprise && <NavLink to="/listings" end>{t('app.nav.listings')}</NavLink>}
          {me?.enterprise && <NavLink to="/proposals">{t('app.nav.proposals')}{me.counts.proposals_open > 0 && <b className="count">{me.counts.proposals_open}</b>}</NavLink>}
          {me?.enterprise && <NavLink to="/enterprise">{t('app.nav.enterprise')}</NavLink>}
          {me && me.roles.some((r) => r !== 'owner') && <NavLink to="/operator">{t('app.nav.operator')}</NavLink>}
        </nav>
        <div className="acts">
          <button type="button" className="plain" onClick={switchLanguage}>{language === 'en' ? '中文' : 'English'}</button>
          {me && <button type="button" className="plain" onClick={() => void signOut()}>{t('app.signOut')}</button>}
          {me?.enterprise && <NavLink className="primary" to="/listings/new">{t('app.post')}</NavLink>}
        </div>
      </div>
    </header>
  )
}

/** What a visitor sees: sign in, sign up, and back to where he wanted to go. */
function Door() {
  const here = useLocation()
  const wanted = here.pathname + here.search
  return (
    <Routes>
      <Route path="/sign-in" element={<SignIn />} />
      <Route path="/sign-up" element={<SignUp />} />
      <Route path="*" element={<Navigate to={`/sign-in?to=${encodeURIComponent(wanted === '/' ? '/proposals' : wanted)}`} replace />} />
    </Routes>
  )
}

function Work({ me }: { me: Me }) {
  const queries = useQueryClient()
  useEffect(() => follow(queries), [queries])
  const home = me.enterprise ? '/proposals' : '/operator'
  const wanted = new URLSearchParams(useLocation().search).get('to')
  const back = wanted?.startsWith('/') && !wanted.startsWith('//') ? wanted : home
  return (
    <Routes>
      <Route path="/listings" element={<MyListings />} />
      <Route path="/listings/new" element={<ListingForm key="new" />} />
      <Route path="/listings/:id/edit" element={<ListingForm />} />
      <Route path="/proposals" element={<MyProposals />} />
      <Route path="/enterprise" element={<EnterprisePage />} />
      <Route path="/operator" element={<Failures />} />
      <Route path="*" element={<Navigate to={back} replace />} />
    </Routes>
  )
}
