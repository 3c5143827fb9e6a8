import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, fieldsOf, ok } from '../api'
import { day, moment, t, tOf } from '../text'
import { Fault, Firm, Input, Loading } from '../ui/ui'

/** What is stored about the person, who saw his phone, and the way out. */
export default function MyData() {
  const data = useQuery({ queryKey: ['my-data'], queryFn: () => ok(api.GET('/api/my/data')) })
  if (data.isPending) return <Loading />
  if (data.error) return <Fault error={data.error} />
  const d = data.data
  return (
    <section>
      <h1>{t('app.data')}</h1>
      <h2>{t('app.data.kept')}</h2>
      <p>{d.user.name} · {d.user.login} · {t('app.data.since', day(d.since))}</p>
      {d.roles.map((r) => <p key={r.role + r.of}>{tOf('app.role', r.role)}{r.of && ` · ${r.of}`}</p>)}
      {d.contact && <p>{t('app.contact')}: {d.contact.name} · {d.contact.phone} {d.contact.mail}</p>}
      <p>{t('app.data.counts', d.sessions, d.devices, d.messages, d.files)}</p>
      <p><a className="button" href="/api/my/data/export" download>{t('app.data.export')}</a></p>

      <h2 className="gap">{t('app.data.phone')}</h2>
      {d.disclosures.length === 0 && <p className="quiet">{t('app.data.phone.none')}</p>}
      {d.disclosures.map((x) => <article className="card line" key={x.introduction_id + x.at}><Firm firm={x.to} /> <span className="quiet">{moment(x.at)}</span></article>)}

      <h2 className="gap">{t('app.data.fetched')}</h2>
      {d.fetched.length === 0 && <p className="quiet">{t('app.data.fetched.none')}</p>}
      {d.fetched.map((x) => <article className="card line" key={x.file + x.by.id + x.at}>{x.file} <Firm firm={x.by} /> <span className="quiet">{moment(x.at)}</span></article>)}

      <h2 className="gap">{t('app.data.rules')}</h2>
      <table>
        <tbody>{d.kept.map((k) => <tr key={k.kind}><th scope="row">{tOf('app.kept', k.kind)}</th><td>{k.days ? t('app.data.days', k.days) : t('app.data.always')}</td></tr>)}</tbody>
      </table>
      <p className="aside">{t('app.data.why')}</p>

      <details className="gap">
        <summary>{t('app.data.deeds')}</summary>
        <ul>{d.deeds.map((x, n) => <li key={n}>{moment(x.at)} · {tOf('audit.deed', x.deed.split(' ')[0] ?? '')} · {tOf('audit.kind', x.kind)}</li>)}</ul>
      </details>
      <Erase />
    </section>
  )
}

function Erase() {
  const queries = useQueryClient()
  const [password, setPassword] = useState('')
  const erase = useMutation({
    mutationFn: () => ok(api.POST('/api/my/erase', { body: { password } })),
    onSuccess: () => { queries.clear(); location.assign('/') },
  })
  const errors = fieldsOf(erase.error)
  return (
    <details className="gap">
      <summary>{t('app.data.erase')}</summary>
      <form className="sheet" noValidate onSubmit={(e) => { e.preventDefault(); erase.mutate() }}>
        <p>{t('app.data.eraseHint')}</p>
        <Input label={t('app.password')} value={password} onChange={setPassword} error={errors.password} type="password" autoComplete="current-password" required />
        {Object.keys(errors).length === 0 && <Fault error={erase.error} />}
        <button className="primary wide" disabled={erase.isPending || password === ''}>{t('app.data.erase')}</button>
      </form>
    </details>
  )
}
