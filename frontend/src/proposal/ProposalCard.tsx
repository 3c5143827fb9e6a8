import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ok, type ListingCard, type Proposal } from '../api'
import { amountOf, priceOf, t, tOf } from '../text'
import { Link } from 'react-router'
import { Fault, Firm, Side } from '../ui/ui'

const reasons = ['product', 'spec', 'price', 'moq', 'quantity', 'place', 'trader', 'firm', 'other']

/** Both sides, the total, every term of it, and the answer. */
export function ProposalCard({ proposal: p, onAnswered }: { proposal: Proposal; onAnswered: (answer: string) => void }) {
  const mine = p.my_side === 'need' ? p.need : p.supply
  const other = p.my_side === 'need' ? p.supply : p.need
  return (
    <article className="card proposal">
      <div className="pair">
        <Party listing={mine} label={tOf('app.mine', mine.side)} />
        <Ring total={p.total} />
        <Party listing={other} label={tOf('app.theirs', other.side)} firm />
      </div>
      <Terms proposal={p} />
      {p.answer ? <Given proposal={p} /> : p.status === 'open' ? <Answers proposal={p} onAnswered={onAnswered} /> : <p className="foot quiet">{t('app.withdrawn')}</p>}
    </article>
  )
}

function Party({ listing: l, label, firm }: { listing: ListingCard; label: string; firm?: boolean }) {
  return (
    <div className="party">
      <p><Side side={l.side} /> <span className="quiet">{label}</span></p>
      <h2><a href={`/listings/${l.id}`}>{l.title}</a></h2>
      <p className="quiet">{[amountOf(l.quantity), priceOf(l.price), l.region?.name].filter(Boolean).join(' · ')}</p>
      {firm && <p><Firm firm={l.enterprise} /></p>}
    </div>
  )
}

function Ring({ total }: { total: number }) {
  return (
    <svg className="ring" viewBox="0 0 64 64" role="img" aria-label={t('app.total', total)}>
      <circle cx="32" cy="32" r="28" />
      <circle cx="32" cy="32" r="28" className="part" pathLength={100} strokeDasharray={`${total} 100`} />
      <text x="32" y="39" textAnchor="middle">{total}</text>
    </svg>
  )
}

type Term = Proposal['terms'][number]

/** What decides at a glance: what weighs, and what does not fit. The rest is one tap away. */
const decisive = ['product', 'grade', 'spec', 'quantity', 'price', 'chain']
const weighs = (x: Term) => x.verdict === 'misses' || decisive.includes(x.name)

function Terms({ proposal: p }: { proposal: Proposal }) {
  const told = p.terms.filter((x) => x.verdict !== 'unknown')
  const silent = p.terms.filter((x) => x.verdict === 'unknown')
  const rest = told.filter((x) => !weighs(x))
  const [all, setAll] = useState(rest.length + silent.length < 3)
  const line = (x: Term, i: number) => (
    <div key={i} className={x.verdict}>
      <dt>{x.label || tOf('term', x.name)}</dt>
      <dd>{x.text}{x.mend && p.status === 'open' && <small className="mend">{x.mend}</small>}</dd>
      <dd className="points">{points(x.points)}<small>/{x.max}</small></dd>
    </div>
  )
  return (
    <div className="terms">
      <dl>
        {told.filter(weighs).map(line)}
        {all && rest.map(line)}
        {all && silent.length > 0 && <div className="unknown"><dt>{t('app.unsaid')}</dt><dd>{silent.map((x) => x.label || tOf('term', x.name)).join('、')}</dd><dd className="points">{points(silent.reduce((s, x) => s + x.points, 0))}</dd></div>}
      </dl>
      {!all && <button type="button" className="plain" onClick={() => setAll(true)}>{t('app.terms.rest', rest.length + silent.length, points([...rest, ...silent].reduce((s, x) => s + x.points, 0)))}</button>}
    </div>
  )
}

function points(n: number) {
  const text = Math.abs(n).toFixed(1).replace('.0', '')
  return (n > 0 ? '+' : n < 0 ? '−' : '') + text
}

function Given({ proposal: p }: { proposal: Proposal }) {
  const a = p.answer!
  return <p className="foot">{t('app.answered', tOf('app.answer', a.answer))}{a.reason && ` · ${tOf('app.reason', a.reason)}`}{a.note && ` · ${a.note}`}{p.other_interested && <b> · {t('app.otherInterested')}</b>}<Talk proposal={p} /></p>
}

/** What the answers came to, with the way there. */
function Talk({ proposal: p }: { proposal: Proposal }) {
  const i = p.introduction
  if (!i) return null
  const view = i.status === 'asked' ? (i.sent ? 'sent' : 'waiting') : i.status === 'agreed' ? 'agreed' : 'closed'
  return <> <span className={`state ${i.status}`}>{tOf('app.talk', i.status)}</span> <Link to={`/introductions?view=${view}`}>{t(i.status === 'agreed' ? 'app.talk.seeContact' : 'app.talk.see')}</Link></>
}

function Answers({ proposal: p, onAnswered }: { proposal: Proposal; onAnswered: (answer: string) => void }) {
  const queries = useQueryClient()
  const [why, setWhy] = useState<'' | 'unfit' | 'veto' | 'talk'>('')
  const [message, setMessage] = useState('')
  const [word, setWord] = useState('known')
  const [reason, setReason] = useState('spec')
  const [note, setNote] = useState('')
  const [always, setAlways] = useState(false)
  const rule = p.rules.find((r) => r.reason === reason)?.text
  const send = useMutation({
    mutationFn: (answer: string) => ok(api.POST('/api/proposals/{id}/answer', { params: { path: { id: p.id } }, body: { answer, ...(answer === 'unfit' ? { reason, note, always: always && !!rule } : {}), ...(answer === 'interested' ? { message } : {}) } })),
    onSuccess: (_, answer) => {
      onAnswered(answer)
      void queries.invalidateQueries({ queryKey: ['proposals'] })
      void queries.invalidateQueries({ queryKey: ['introductions'] })
      void queries.invalidateQueries({ queryKey: ['preferences'] })
      void queries.invalidateQueries({ queryKey: ['me'] })
    },
  })
  return (
    <div className="foot">
      <p className={why ? 'unseen' : 'quiet grow'}>{p.other_interested ? <b>{t('app.otherInterested')}</b> : t('app.privacy')}</p>
      {!why && (
        <div className="acts">
          <button type="button" className="plain" onClick={() => setWhy('unfit')}>{t('app.answer.unfit')}…</button>
          <button type="button" className="plain" onClick={() => setWhy('veto')}>{t('app.veto')}…</button>
          <button type="button" className="plain" onClick={() => setWhy('talk')}>{t('app.message')}…</button>
          <button type="button" className="primary" onClick={() => send.mutate('interested')} disabled={send.isPending}>{t('app.answer.interested')}</button>
        </div>
      )}
      {why === 'talk' && (
        <form className="acts" onSubmit={(e) => { e.preventDefault(); send.mutate('interested') }}>
          <input aria-label={t('app.ask.note')} placeholder={t('app.ask.note')} value={message} maxLength={500} onChange={(e) => setMessage(e.target.value)} />
          <button type="button" className="plain" onClick={() => setWhy('')}>{t('app.cancel')}</button>
          <button className="primary" disabled={send.isPending}>{t('app.message.send')}</button>
        </form>
      )}
      {why === 'veto' && (
        <form className="acts" onSubmit={(e) => { e.preventDefault(); send.mutate(word) }}>
          <select aria-label={t('app.veto')} value={word} onChange={(e) => setWord(e.target.value)}>{['known', 'competitor', 'never'].map((w) => <option key={w} value={w}>{tOf('app.answer', w)}</option>)}</select>
          <button type="button" className="plain" onClick={() => setWhy('')}>{t('app.cancel')}</button>
          <button className="primary" disabled={send.isPending}>{t('app.veto')}</button>
          <p className="quiet">{t('app.veto.hint')}</p>
        </form>
      )}
      {why === 'unfit' && (
        <form className="acts" onSubmit={(e) => { e.preventDefault(); send.mutate('unfit') }}>
          <select aria-label={t('app.reason')} value={reason} onChange={(e) => setReason(e.target.value)}>{reasons.map((r) => <option key={r} value={r}>{tOf('app.reason', r)}</option>)}</select>
          <input aria-label={t('app.note')} placeholder={t('app.note')} value={note} maxLength={500} onChange={(e) => setNote(e.target.value)} />
          {rule && <label className="tick"><input type="checkbox" checked={always} onChange={(e) => setAlways(e.target.checked)} /> {t('app.prefer.always', rule)}</label>}
          <button type="button" className="plain" onClick={() => setWhy('')}>{t('app.cancel')}</button>
          <button className="primary" disabled={send.isPending}>{t('app.answer.unfit')}</button>
        </form>
      )}
      <Fault error={send.error} />
    </div>
  )
}
