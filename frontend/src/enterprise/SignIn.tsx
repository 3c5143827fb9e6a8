import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, fieldsOf, lapsed, ok } from '../api'
import { t } from '../text'
import { Fault, Input } from '../ui/ui'

export function SignIn() {
  const queries = useQueryClient()
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [second, setSecond] = useState(false)
  const send = useMutation({
    mutationFn: () => ok(api.POST('/api/sign-in', { body: { login: login.trim(), password, code } })),
    onSuccess: (me) => {
      sessionStorage.removeItem(lapsed)
      queries.setQueryData(['me'], me)
    },
    onError: (e) => { if (fieldsOf(e).code) setSecond(true) },
  })
  const forgot = useMutation({ mutationFn: () => ok(api.POST('/api/forgot-password', { body: { login: login.trim() } })) })
  const [nameless, setNameless] = useState(false)
  const [again] = useState(() => sessionStorage.getItem(lapsed) !== null)
  const errors = fieldsOf(send.error)
  return (
    <form className="sheet narrow" noValidate onSubmit={(e) => { e.preventDefault(); send.mutate() }}>
      <h1>{t('app.signIn')}</h1>
      {again && <p className="held">{t('app.signIn.again')}</p>}
      <Input label={t('app.login')} value={login} onChange={setLogin} error={errors.login ?? (nameless && !login.trim() ? t('app.forgot.whose') : undefined)} autoComplete="username" focus required />
      <Input label={t('app.password')} value={password} onChange={setPassword} error={errors.password} type="password" autoComplete="current-password" required />
      {second && <Input label={t('app.totp.codeOr')} value={code} onChange={setCode} error={errors.code} autoComplete="one-time-code" focus required />}
      {!errors.code && <Fault error={send.error} />}
      <button className="primary wide" disabled={send.isPending}>{t('app.signIn')}</button>
      <Fault error={forgot.error} />
      {forgot.isSuccess && <p className="good gap" role="status">{t('app.forgot.sent')}</p>}
      <p className="aside"><button type="button" className="plain" onClick={() => (login.trim() ? forgot.mutate() : setNameless(true))} disabled={forgot.isPending}>{t('app.forgot')}</button></p>
      <p className="aside">{t('app.noAccount')} <Link to={'/sign-up' + location.search}>{t('app.signUp')}</Link></p>
    </form>
  )
}
