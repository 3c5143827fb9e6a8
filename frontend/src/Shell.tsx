import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useRef, type ReactNode } from 'react'
import { Navigate, NavLink, Route, Routes, useLocation } from 'react-router'
import { actingFor, api, ApiError, ok, type Me } from './api'
import { SignIn } from './enterprise/SignIn'
import { Fairs } from './fair/Fairs'
import { dropDesk, leaveDesk } from './fair/offline'
import './fair/fair.css'
import { MyIntroductions } from './introduction/MyIntroductions'
import { MyListings } from './listing/MyListings'
import { dropCopies } from './copy'
import { follow } from './live'
import { OutcomePanel } from './outcome/OutcomePanel'
import { MyProposals } from './proposal/MyProposals'
import { language, switchLanguage, t, tOf, type Key } from './text'
import { Fault, Loading } from './ui/ui'

// What most people open seldom, or not first.
const Account = lazy(() => import('./account/Account'))
const UseTicket = lazy(() => import('./account/UseTicket'))
const SignUp = lazy(() => import('./enterprise/SignUp'))
const EnterprisePage = lazy(() => import('./enterprise/EnterprisePage'))
const Ask = lazy(() => import('./introduction/Ask'))
const ListingForm = lazy(() => import('./listing/ListingForm'))
const SecondStep = lazy(() => import('./account/SecondStep'))
const MyData = lazy(() => import('./account/MyData'))
const Preferences = lazy(() => import('./proposal/Preferences'))
const Notices = lazy(() => import('./notice/Notices'))
const Operator = lazy(() => import('./operator/Operator'))
const QuotePage = lazy(() => import('./quote/QuotePage'))
const FairPage = lazy(() => import('./fair/FairPage'))

/** What a screen is called in the browser's tab, and at the top of WeChat. */
const titles: [string, Key][] = [
  ['/listings/new', 'app.post'], ['/listings', 'app.nav.listings'], ['/proposals', 'app.nav.proposals'], ['/preferences', 'app.prefer'], ['/introductions', 'app.nav.introductions'],
  ['/ask', 'app.ask'], ['/quotes', 'app.quotes'], ['/notices', 'notice'], ['/account/data', 'app.data'], ['/account', 'app.account'], ['/enterprise', 'app.nav.enterprise'],
  ['/fairs', 'fair.title'], ['/operator', 'app.nav.operator'], ['/sign-in', 'app.signIn'], ['/sign-up', 'app.signUp'],
]

function useTitle() {
  const { pathname } = useLocation()
  useEffect(() => {
    const own = titles.find(([path]) => pathname.startsWith(path))?.[1]
    document.title = own ? `${t(own)} · ${t('app.name')}` : t('app.name')
  }, [pathname])
}

/** The frame of the signed-in app, and the way in. */
export function Shell() {
  useTitle()
  const { data: me, error, fetchStatus } = useQuery({
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
  // What is known stays on the screen when asking again fails: a desk works on without a network.
  if (me === undefined && fetchStatus === 'paused') return <p className="fault" role="alert">{t('app.offline')}</p>
  if (me === undefined) return error ? <Fault error={error} /> : <Loading />
  return (
    <>
      <Header me={me} />
      {me?.behalf && <p className="behalf" role="status"><span className="wrap">{t('app.behalf', me.enterprise?.name ?? '')} <button type="button" onClick={actingFor.end}>{t('app.behalf.end')}</button></span></p>}
      <main id="main"><Suspense fallback={<Loading />}>{me ? <Work me={me} /> : <Door />}</Suspense></main>
    </>
  )
}

function Header({ me }: { me: Me | null }) {
  const queries = useQueryClient()
  const signOut = useMutation({
    networkMode: 'always', // without a network it says so, and does not wait for one
    mutationFn: async () => {
      await leaveDesk()
      await ok(api.POST('/api/sign-out'))
      dropCopies()
      await dropDesk()
      queries.clear()
      location.assign('/')
    },
  })
  return (
    <header className="top">
      <div className="wrap">
        <a className="brand" href="/"><span aria-hidden="true">链</span>{t('app.name')}</a>
        <Nav>
          <a href="/">{t('app.nav.hall')}</a>
          {me?.enterprise && <NavLink to="/listings" end>{t('app.nav.listings')}</NavLink>}
          {me?.enterprise && <NavLink to="/proposals">{t('app.nav.proposals')}{me.counts.proposals_open > 0 && <b className="count">{me.counts.proposals_open}</b>}</NavLink>}
          {me?.enterprise && !me.behalf && <NavLink to="/introductions">{t('app.nav.introductions')}{me.counts.introductions_waiting > 0 && <b className="count">{me.counts.introductions_waiting}</b>}</NavLink>}
          {me?.enterprise && <NavLink to="/enterprise">{t('app.nav.enterprise')}</NavLink>}
          {me && <NavLink to="/fairs">{t('fair.title')}</NavLink>}
          {me && officer(me) && <NavLink to="/operator">{t('app.nav.operator')}</NavLink>}
        </Nav>
        <div className="acts">
          <button type="button" className={me ? 'plain out' : 'plain'} onClick={switchLanguage}>{language === 'en' ? '中文' : 'English'}</button>
          {me?.enterprise && !me.behalf && <Bell count={me.counts.notices} />}
          {me && !me.behalf && <NavLink className="button plain" to="/account">{t('app.account')}</NavLink>}
          {me && <button type="button" className="plain out" onClick={() => signOut.mutate()}>{t('app.signOut')}</button>}
          {me?.enterprise && <NavLink className="primary" to="/listings/new">{t('app.post')}</NavLink>}
        </div>
      </div>
      <Fault error={signOut.error} />
    </header>
  )
}

/** On a phone the menu is wider than the screen: where one is comes into view. */
function Nav({ children }: { children: ReactNode }) {
  const nav = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  useEffect(() => {
    const here = nav.current?.querySelector<HTMLElement>('.active')
    if (nav.current && here) nav.current.scrollLeft = here.offsetLeft - (nav.current.clientWidth - here.clientWidth) / 2
  }, [pathname])
  return <nav ref={nav} aria-label={t('app.nav')}>{children}</nav>
}

/** The way to what is new; more than 99 is no figure to read. */
function Bell({ count }: { count: number }) {
  return (
    <NavLink className="button plain bell" to="/notices" aria-label={count > 0 ? t('notice.unseen', count) : t('notice')} title={t('notice')}>
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M6 16V10a6 6 0 0 1 12 0v6l2 2H4zM10 21h4" /></svg>
      {count > 0 && <b className="count">{count > 99 ? '99+' : count}</b>}
    </NavLink>
  )
}

function officer(me: Me) {
  return me.roles.some((r) => r === 'operator' || r === 'admin' || r === 'reviewer' || r === 'viewer')
}

/** What a visitor sees: sign in, sign up, and back to where he wanted to go. */
function Door() {
  const here = useLocation()
  const wanted = here.pathname + here.search
  return (
    <Routes>
      <Route path="/sign-in" element={<SignIn />} />
      <Route path="/sign-up" element={<SignUp />} />
      <Route path="/ticket" element={<UseTicket />} />
      <Route path="*" element={<Navigate to={`/sign-in?to=${encodeURIComponent(wanted === '/' ? '/proposals' : wanted)}`} replace />} />
    </Routes>
  )
}

/** Somebody who is in, and waits for his association to say that the firm is his. */
function NoFirm({ me }: { me: Me }) {
  return (
    <div className="sheet narrow">
      <h1>{t('app.claim', me.claim?.enterprise ?? '')}</h1>
      <p>{me.claim ? <><span className={`state ${me.claim.status}`}>{tOf('app.claimed', me.claim.status)}</span> {me.claim.reason}</> : t('app.claim.noFirm')}</p>
      <p className="aside">{t('app.claim.wait')}</p>
    </div>
  )
}

function Work({ me }: { me: Me }) {
  const queries = useQueryClient()
  useEffect(() => (me.must_enrol ? undefined : follow(queries)), [queries, me.must_enrol])
  const home = me.enterprise ? '/proposals' : '/operator'
  const here = useLocation()
  const wanted = new URLSearchParams(here.search).get('to')
  const back = wanted?.startsWith('/') && !wanted.startsWith('//') ? wanted : home
  if (me.must_enrol) return <SecondStep me={me} />
  if (!me.enterprise && !officer(me) && here.pathname !== '/ticket' && back !== '/ticket') return <NoFirm me={me} />
  return (
    <Routes>
      <Route path="/listings" element={<MyListings />} />
      <Route path="/listings/new" element={<ListingForm key="new" />} />
      <Route path="/listings/:id/edit" element={<ListingForm />} />
      <Route path="/proposals" element={<MyProposals />} />
      <Route path="/preferences" element={<Preferences />} />
      <Route path="/introductions" element={<MyIntroductions outcome={(i) => <OutcomePanel introduction={i} />} />} />
      <Route path="/notices" element={<Notices />} />
      <Route path="/ask/:id" element={<Ask />} />
      <Route path="/quotes/:id" element={<QuotePage />} />
      <Route path="/account" element={<Account me={me} />} />
      <Route path="/account/data" element={<MyData />} />
      <Route path="/account/second-step" element={<SecondStep me={me} />} />
      <Route path="/ticket" element={<UseTicket me={me} />} />
      <Route path="/enterprise" element={<EnterprisePage />} />
      <Route path="/fairs" element={<div className="fairs"><Fairs me={me} /></div>} />
      <Route path="/fairs/new" element={<div className="fairs"><FairPage me={me} /></div>} />
      <Route path="/fairs/:id" element={<div className="fairs"><FairPage me={me} /></div>} />
      <Route path="/operator/*" element={<Operator me={me} />} />
      <Route path="*" element={<Navigate to={back} replace />} />
    </Routes>
  )
}
