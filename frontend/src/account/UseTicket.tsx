import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, fieldsOf, ok, type Me } from '../api'
import { t, tOf } from '../text'
import { Fault, FormFault, Input, Loading } from '../ui/ui'

/** Where a handed link leads: a new password, or a place in a firm. */
export default function UseTicket({ me }: { me?: Me }) {
  const [token] = useState(() => location.hash.slice(1) || sessionStorage.getItem('ticket') || '')
  const ticket = useQuery({ queryKey: ['ticket', token], queryFn: () => ok(api.POST('/api/tickets/read', { body: { token } })), retry: false })
  if (ticket.isPending) return <Loading />
  if (ticket.error) return <div className="sheet narrow"><h1>{t('app.ticket.over')}</h1><p>{t('app.ticket.overHint')}</p></div>
  if (ticket.data.purpose === 'office') return <Office token={token} role={ticket.data.role} scope={ticket.data.scope} me={me} />
  return ticket.data.purpose === 'reset' ? <Reset token={token} login={ticket.data.login} second={ticket.data.second_step} /> : <Join token={token} firm={ticket.data.enterprise} claim={ticket.data.purpose === 'claim'} />
}

/** A new user, perhaps in a browser of another: begin with nothing in memory. */
const done = () => { sessionStorage.removeItem('ticket'); location.replace('/app/') }

/** An office: with the account that is signed in, or with a new one. */
function Office({ token, role, scope, me }: { token: string; role: string; scope: string; me?: Me }) {
  const [fresh, setFresh] = useState(false)
  const take = useMutation({ mutationFn: () => ok(api.POST('/api/tickets/accept', { body: { token } })), onSuccess: done })
  if (fresh) return <Join token={token} firm={`${tOf('app.role', role)} · ${scope}`} claim={false} />
  return (
    <div className="sheet narrow">
      <h1>{t('office.take', tOf('app.role', role))}</h1>
      <p>{t('office.takeScope', scope)}</p>
      <Fault error={take.error} />
      {me ? (
        <>
          <p className="quiet">{me.user.name} · {me.user.login}</p>
          <button type="button" className="primary wide" disabled={take.isPending} onClick={() => take.mutate()}>{t('office.take.send')}</button>
        </>
      ) : (
        <>
          <button type="button" className="primary wide" onClick={() => setFresh(true)}>{t('office.take.new')}</button>
          <p><Link to="/sign-in?to=/ticket" onClick={() => sessionStorage.setItem('ticket', token)}>{t('office.take.signIn')}</Link></p>
        </>
      )}
    </div>
  )
}

function Reset({ token, login, second }: { token: string; login: string; second: boolean }) {
  const [code, setCode] = useState('')
  const [password, setPassword] = useState('')
  const send = useMutation({ mutationFn: () => ok(api.POST('/api/reset-password', { body: { token, password, code } })), onSuccess: done })
  return (
    <form className="sheet narrow" noValidate onSubmit={(e) => { e.preventDefault(); send.mutate() }}>
      <h1>{t('app.reset')}</h1>
      <p className="aside">{login}</p>
      <Input label={t('app.password.new')} value={password} onChange={setPassword} error={fieldsOf(send.error).password} type="password" autoComplete="new-password" hint={t('app.password.hint')} required />
      {second && <Input label={t('app.totp.codeOr')} value={code} onChange={setCode} error={fieldsOf(send.error).code} autoComplete="one-time-code" required />}
      <FormFault error={send.error} />
      <button className="primary wide" disabled={send.isPending}>{t('app.save')}</button>
    </form>
  )
}

function Join({ token, firm, claim }: { token: string; firm: string; claim: boolean }) {
  const [form, setForm] = useState({ uscc: '', name: '', login: '', password: '' })
  const set = (name: keyof typeof form) => (value: string) => setForm((f) => ({ ...f, [name]: value }))
  const send = useMutation({ mutationFn: () => ok(api.POST('/api/join', { body: { token, ...form } })), onSuccess: done })
  const errors = fieldsOf(send.error)
  return (
    <form className="sheet narrow" noValidate onSubmit={(e) => { e.preventDefault(); send.mutate() }}>
      <h1>{t(claim ? 'app.claim' : 'app.join', firm)}</h1>
      {claim && <Input label={t('app.uscc')} value={form.uscc} onChange={set('uscc')} error={errors.uscc} hint={t('app.claim.uscc')} maxLength={18} required />}
      <Input label={t('app.yourName')} value={form.name} onChange={set('name')} error={errors.name} autoComplete="name" required />
      <Input label={t('app.login')} value={form.login} onChange={set('login')} error={errors.login} autoComplete="username" required />
      <Input label={t('app.password')} value={form.password} onChange={set('password')} error={errors.password} type="password" autoComplete="new-password" hint={t('app.password.hint')} required />
      <FormFault error={send.error} />
      <button className="primary wide" disabled={send.isPending}>{t(claim ? 'app.claim.send' : 'app.join.send')}</button>
    </form>
  )
}
