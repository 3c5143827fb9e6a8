import { useMutation, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { Link, useNavigate } from 'react-router'
import { api, ok, type Introduction, type ListingCard } from '../api'
import { amountOf, day, priceOf, t, tOf } from '../text'
import { Sure } from '../ui/Sure'
import { Fault, Firm, Loading, Side } from '../ui/ui'

const Thread = lazy(() => import('./Thread'))

const reasons = ['product', 'spec', 'price', 'moq', 'quantity', 'place', 'trader', 'firm', 'other']
const words = ['known', 'competitor', 'never'] as const

/** One introduction: about what, how far, and what can be done now. */
export function IntroductionCard({ introduction: i, children }: { introduction: Introduction; children?: ReactNode }) {
  return (
    <article className="card talk">
      <header className="talk-head">
        <span className={`state ${i.status}`}>{tOf('app.talk', i.status)}</span>
        <Firm firm={i.other} />
        <span className="quiet">{day(i.updated_at)}</span>
      </header>
      <div className="talk-body">
        <p className="quiet">{i.fair ? t('app.talk.met', i.fair) : t(i.by_operator ? 'app.talk.byOperator' : i.sent ? 'app.talk.sent' : 'app.talk.received')}</p>
        {i.listing && <Subject card={i.listing} />}
        {i.from && <Subject card={i.from} />}
        <QuoteLink introduction={i} />
        {i.note && <blockquote>{i.note}</blockquote>}
        {i.status === 'declined' && <p>{i.reason ? t('app.talk.reason', tOf('app.reason', i.reason)) : t('app.talk.noReason')}</p>}
        {i.status === 'agreed' && <Contact introduction={i} />}
        {i.status === 'asked' && <p className="quiet">{t('app.talk.until', day(i.expires_at))}</p>}
      </div>
      {i.thread && <Talk id={i.id} unread={i.unread} />}
      {children}
      <Moves introduction={i} />
    </article>
  )
}

/** The thread opens on demand: a page of introductions asks for none of them. */
function Talk({ id, unread }: { id: string; unread: number }) {
  const [open, setOpen] = useState(false)
  return (
    <div className="talk-body">
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>{t('app.thread')}{unread > 0 && <b className="count" aria-label={t('notice.unseen', unread)}>{unread}</b>}</button>
      {open && <Suspense fallback={<Loading />}><Thread id={id} /></Suspense>}
    </div>
  )
}

/** Where a need is the subject: quote on it, or compare what was quoted. */
function QuoteLink({ introduction: i }: { introduction: Introduction }) {
  const need = [i.listing, i.from].find((l) => l?.side === 'need')
  if (!need || (i.status !== 'asked' && i.status !== 'agreed')) return null
  const mine = need.enterprise.id !== i.other.id
  if (!mine && !i.consented) return null
  return <p><Link className="button" to={`/quotes/${need.id}`}>{t(mine ? 'app.quotes.compare' : 'app.quote.give')}</Link></p>
}

function Subject({ card: l }: { card: ListingCard }) {
  return <p className="subject"><Side side={l.side} /> <a href={`/listings/${l.id}`}>{l.title}</a> <span className="quiet">{[amountOf(l.quantity), priceOf(l.price)].filter(Boolean).join(' · ')}</span></p>
}

function Contact({ introduction: i }: { introduction: Introduction }) {
  if (!i.contact) return <p className="held">{t(i.held === 'own' ? 'app.talk.heldOwn' : 'app.talk.heldOther')}</p>
  return (
    <dl className="contact" aria-label={t('app.contact')}>
      <div><dt>{t('app.contact.person')}</dt><dd>{i.contact.name}</dd></div>
      <div><dt>{t('app.phone')}</dt><dd><a href={`tel:${i.contact.phone}`}>{i.contact.phone}</a></dd></div>
      {i.contact.mail && <div><dt>{t('app.mail')}</dt><dd><a href={`mailto:${i.contact.mail}`}>{i.contact.mail}</a></dd></div>}
      {i.people.map((p, k) => <div key={k}><dt>{p.duty || t('app.contact.person')}</dt><dd>{p.name} <a href={`tel:${p.phone}`}>{p.phone}</a> {p.mail}</dd></div>)}
    </dl>
  )
}

function Moves({ introduction: i }: { introduction: Introduction }) {
  const queries = useQueryClient()
  const go = useNavigate()
  const [asking, setAsking] = useState<'' | 'decline' | 'veto'>('')
  const [reason, setReason] = useState('')
  const [word, setWord] = useState<(typeof words)[number]>('known')
  const refresh = () => {
    for (const key of ['introductions', 'proposals', 'me', 'vetoes']) void queries.invalidateQueries({ queryKey: [key] })
  }
  const params = { path: { id: i.id }, header: { 'If-Match': `"${i.rev}"` } }
  const accept = useMutation({ mutationFn: () => ok(api.POST('/api/introductions/{id}/accept', { params })), onSettled: refresh, onSuccess: (now) => { if (now.status === 'agreed') void go('/introductions?view=agreed') } })
  const decline = useMutation({ mutationFn: () => ok(api.POST('/api/introductions/{id}/decline', { params, body: { reason } })), onSettled: refresh })
  const withdraw = useMutation({ mutationFn: () => ok(api.POST('/api/introductions/{id}/withdraw', { params })), onSettled: refresh })
  const veto = useMutation({ mutationFn: () => ok(api.POST('/api/introductions/{id}/veto', { params: { path: { id: i.id } }, body: { answer: word } })), onSettled: refresh })
  const mayAnswer = i.status === 'asked' && !i.consented
  const mayWithdraw = (i.status === 'asked' || i.status === 'agreed') && i.consented
  const busy = accept.isPending || decline.isPending || withdraw.isPending || veto.isPending
  if (!mayAnswer && !mayWithdraw) return null
  return (
    <div className="foot">
      <p className="quiet grow">{t(i.status === 'agreed' ? 'app.talk.withdrawHint' : mayAnswer ? 'app.talk.acceptHint' : 'app.talk.waitHint')}</p>
      {asking === '' && (
        <div className="acts">
          <button type="button" className="plain" onClick={() => setAsking('veto')}>{t('app.veto')}…</button>
          {mayAnswer && <button type="button" onClick={() => setAsking('decline')}>{t('app.talk.decline')}…</button>}
          {mayAnswer && <button type="button" className="primary" onClick={() => accept.mutate()} disabled={busy}>{t('app.talk.accept')}</button>}
          {mayWithdraw && <Sure ask={t(i.status === 'agreed' ? 'app.talk.withdraw.sure' : 'app.talk.unask.sure')} busy={busy} onSure={() => withdraw.mutate()}>{t('app.talk.withdraw')}</Sure>}
        </div>
      )}
      {asking === 'decline' && (
        <form className="acts" onSubmit={(e) => { e.preventDefault(); decline.mutate() }}>
          <select aria-label={t('app.reason')} value={reason} onChange={(e) => setReason(e.target.value)}>
            <option value="">{t('app.reason.none')}</option>
            {reasons.map((r) => <option key={r} value={r}>{tOf('app.reason', r)}</option>)}
          </select>
          <button type="button" className="plain" onClick={() => setAsking('')}>{t('app.cancel')}</button>
          <button className="primary" disabled={busy}>{t('app.talk.decline')}</button>
        </form>
      )}
      {asking === 'veto' && (
        <form className="acts" onSubmit={(e) => { e.preventDefault(); veto.mutate() }}>
          <select aria-label={t('app.veto')} value={word} onChange={(e) => setWord(e.target.value as typeof word)}>
            {words.map((w) => <option key={w} value={w}>{tOf('app.answer', w)}</option>)}
          </select>
          <button type="button" className="plain" onClick={() => setAsking('')}>{t('app.cancel')}</button>
          <button className="primary" disabled={busy}>{t('app.veto')}</button>
          <p className="quiet">{t('app.veto.hint')}</p>
        </form>
      )}
      <Fault error={accept.error ?? decline.error ?? withdraw.error ?? veto.error} />
    </div>
  )
}
