import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, fieldsOf, ok, type Me } from '../api'
import { t } from '../text'
import { Fault, Input } from '../ui/ui'

/** Signing in with a code of a device as well: set it up, or turn it off. */
export default function SecondStep({ me }: { me: Me }) {
  const [codes, setCodes] = useState<string[] | null>(null)
  if (codes) return <Codes codes={codes} />
  return me.second_step ? <Off /> : <Enrol must={me.must_enrol} done={setCodes} />
}

function Enrol({ must, done }: { must: boolean; done: (codes: string[]) => void }) {
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const begin = useMutation({ mutationFn: () => ok(api.POST('/api/my/totp', { body: { password } })) })
  const confirm = useMutation({ mutationFn: () => ok(api.POST('/api/my/totp/confirm', { body: { code } })), onSuccess: (r) => done(r.codes) })
  const secret = begin.data
  return (
    <form className="sheet narrow" noValidate onSubmit={(e) => { e.preventDefault(); if (secret) confirm.mutate(); else begin.mutate() }}>
      <h1>{t('app.totp')}</h1>
      {must && <p className="held">{t('app.totp.must')}</p>}
      <p className="aside">{t('app.totp.hint')}</p>
      {!secret ? (
        <>
          <Input label={t('app.password')} value={password} onChange={setPassword} error={fieldsOf(begin.error).password} type="password" autoComplete="current-password" required />
          {!fieldsOf(begin.error).password && <Fault error={begin.error} />}
          <button className="primary wide" disabled={begin.isPending}>{t('app.totp.begin')}</button>
        </>
      ) : (
        <>
          <p>{t('app.totp.scan')} <code className="secret">{secret.secret.replace(/(.{4})/g, '$1 ')}</code></p>
          <img className="qr" alt={t('app.totp.scan')} src={'data:image/svg+xml,' + encodeURIComponent(secret.qr)} />
          <Input label={t('app.totp.code')} value={code} onChange={setCode} error={fieldsOf(confirm.error).code} inputMode="numeric" autoComplete="one-time-code" maxLength={7} required />
          {!fieldsOf(confirm.error).code && <Fault error={confirm.error} />}
          <button className="primary wide" disabled={confirm.isPending}>{t('app.totp.confirm')}</button>
        </>
      )}
    </form>
  )
}

function Codes({ codes }: { codes: string[] }) {
  const queries = useQueryClient()
  return (
    <div className="sheet narrow">
      <h1>{t('app.totp.codes')}</h1>
      <p>{t('app.totp.codesHint')}</p>
      <ol className="codes">{codes.map((c) => <li key={c}><code>{c}</code></li>)}</ol>
      <button type="button" className="primary wide" onClick={() => void queries.invalidateQueries({ queryKey: ['me'] }).then(() => location.assign('/app/account'))}>{t('app.totp.kept')}</button>
    </div>
  )
}

function Off() {
  const queries = useQueryClient()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const send = useMutation({ mutationFn: () => ok(api.POST('/api/my/totp/off', { body: { password, code } })), onSuccess: () => queries.invalidateQueries({ queryKey: ['me'] }) })
  const errors = fieldsOf(send.error)
  return (
    <form className="sheet narrow" noValidate onSubmit={(e) => { e.preventDefault(); send.mutate() }}>
      <h1>{t('app.totp')} <span className="state agreed">{t('app.totp.on')}</span></h1>
      <Input label={t('app.password')} value={password} onChange={setPassword} error={errors.password} type="password" autoComplete="current-password" required />
      <Input label={t('app.totp.codeOr')} value={code} onChange={setCode} error={errors.code} autoComplete="one-time-code" required />
      {Object.keys(errors).length === 0 && <Fault error={send.error} />}
      <button className="wide" disabled={send.isPending}>{t('app.totp.off')}</button>
    </form>
  )
}
