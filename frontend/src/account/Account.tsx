import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { Link } from 'react-router'
import { api, fieldsOf, ok, type Me } from '../api'
import { dropCopies } from '../copy'
import { language, moment, switchLanguage, t, tOf } from '../text'
import { Handed } from '../ui/Handed'
import { Fault, Input, Loading } from '../ui/ui'

const NoticeChoice = lazy(() => import('./NoticeChoice'))

/** One's password, browsers and colleagues. */
export default function Account({ me }: { me: Me }) {
  return (
    <section>
      <h1>{t('app.account')}</h1>
      <p className="quiet">{me.user.name} · {me.user.login} · {me.roles.map((r) => tOf('app.role', r)).join('、')}</p>
      {me.enterprise && <Members owner={me.roles.includes('owner')} />}
      <Sessions />
      {me.enterprise && <Suspense fallback={<Loading />}><NoticeChoice /></Suspense>}
      <Password />
      <div className="acts gap">
        <Link className="button" to="/account/second-step">{t('app.totp')}{me.second_step && ` · ${t('app.totp.on')}`}</Link>
        <Link className="button" to="/account/data">{t('app.data')}</Link>
        <button type="button" onClick={switchLanguage}>{language === 'en' ? '中文' : 'English'}</button>
      </div>
    </section>
  )
}

function Members({ owner }: { owner: boolean }) {
  const queries = useQueryClient()
  const list = useQuery({ queryKey: ['members'], queryFn: () => ok(api.GET('/api/enterprise/members')) })
  const invite = useMutation({ mutationFn: () => ok(api.POST('/api/enterprise/invitations')) })
  const remove = useMutation({
    mutationFn: (id: string) => ok(api.DELETE('/api/enterprise/members/{id}', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['members'] }),
  })
  const makeOwner = useMutation({
    mutationFn: (id: string) => ok(api.POST('/api/enterprise/members/{id}/owner', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['members'] }),
  })
  return (
    <>
      <h2 className="gap">{t('app.members')}</h2>
      <Fault error={list.error ?? invite.error ?? remove.error ?? makeOwner.error} />
      {list.data?.items.map((m) => (
        <article className="card line" key={m.id}>
          <div><b>{m.name}</b> <span className="quiet">{m.login} · {tOf('app.role', m.role)}{m.me && ` · ${t('app.me')}`}</span></div>
          {owner && m.role === 'member' && (
            <div className="acts">
              <button type="button" onClick={() => makeOwner.mutate(m.id)}>{t('app.members.makeOwner')}</button>
              <button type="button" onClick={() => remove.mutate(m.id)}>{t('app.members.remove')}</button>
            </div>
          )}
        </article>
      ))}
      {owner && <button type="button" onClick={() => invite.mutate()} disabled={invite.isPending}>{t('app.members.invite')}</button>}
      {invite.data && <Handed url={invite.data.url} until={invite.data.expires_at} />}
    </>
  )
}

function Sessions() {
  const queries = useQueryClient()
  const list = useQuery({ queryKey: ['sessions'], queryFn: () => ok(api.GET('/api/sessions')) })
  const end = useMutation({
    mutationFn: (id: string) => ok(api.DELETE('/api/sessions/{id}', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  })
  const everywhere = useMutation({ mutationFn: () => ok(api.POST('/api/sign-out-everywhere')), onSuccess: () => { dropCopies(); location.assign('/app/sign-in') } })
  const leave = useMutation({ mutationFn: () => ok(api.POST('/api/sign-out')), onSuccess: () => { dropCopies(); location.assign('/') } })
  return (
    <>
      <h2 className="gap">{t('app.sessions')}</h2>
      <Fault error={list.error ?? end.error ?? everywhere.error} />
      {list.data?.items.map((s) => (
        <article className="card line" key={s.id}>
          <div><b>{browserOf(s.agent)}</b> {s.here && <span className="state agreed">{t('app.sessions.here')}</span>}<p className="quiet">{t('app.sessions.since', moment(s.created_at), moment(s.seen_at))}</p></div>
          {!s.here && <button type="button" onClick={() => end.mutate(s.id)}>{t('app.signOut')}</button>}
        </article>
      ))}
      <div className="acts">
        <button type="button" onClick={() => leave.mutate()} disabled={leave.isPending}>{t('app.signOut')}</button>
        <button type="button" onClick={() => everywhere.mutate()} disabled={everywhere.isPending}>{t('app.sessions.everywhere')}</button>
      </div>
    </>
  )
}

/** A browser's name as people say it. */
function browserOf(agent: string): string {
  const known: [RegExp, string][] = [[/MicroMessenger/, '微信'], [/Edg\//, 'Edge'], [/QQBrowser/, 'QQ 浏览器'], [/Firefox/, 'Firefox'], [/Chrome/, 'Chrome'], [/Safari/, 'Safari']]
  const where: [RegExp, string][] = [[/iPhone/, 'iPhone'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS/, 'Mac'], [/Linux/, 'Linux']]
  const pick = (list: [RegExp, string][]) => list.find(([shape]) => shape.test(agent))?.[1]
  return [pick(known), pick(where)].filter(Boolean).join(' · ') || t('app.sessions.unknown')
}

function Password() {
  const [old, setOld] = useState('')
  const [fresh, setFresh] = useState('')
  const send = useMutation({
    mutationFn: () => ok(api.POST('/api/password', { body: { old, new: fresh } })),
    onSuccess: () => { setOld(''); setFresh('') },
  })
  const errors = fieldsOf(send.error)
  return (
    <form className="sheet" noValidate onSubmit={(e) => { e.preventDefault(); send.mutate() }}>
      <h1>{t('app.password.change')}</h1>
      <Input label={t('app.password.old')} value={old} onChange={setOld} error={errors.old} type="password" autoComplete="current-password" />
      <Input label={t('app.password.new')} value={fresh} onChange={setFresh} error={errors.new} type="password" autoComplete="new-password" hint={t('app.password.hint')} />
      {Object.keys(errors).length === 0 && <Fault error={send.error} />}
      {send.isSuccess && <p className="good" role="status">{t('app.password.changed')}</p>}
      <button className="primary wide" disabled={send.isPending}>{t('app.password.change')}</button>
    </form>
  )
}
