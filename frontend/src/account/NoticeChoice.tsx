import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, fieldsOf, ok } from '../api'
import type { components } from '../schema'
import { t, tOf } from '../text'
import { Fault, Input, Loading, Select } from '../ui/ui'

type Choice = components['schemas']['NoticeChoice']
const topics = ['asked', 'opened', 'reminder', 'message', 'quote', 'review', 'fair', 'followup', 'answered', 'outcome', 'proposal']

/** Of what, when and where one is told outside the app. */
export default function NoticeChoice() {
  const choice = useQuery({ queryKey: ['notice-choice'], queryFn: () => ok(api.GET('/api/notices/choice')) })
  if (choice.isPending) return <Loading />
  if (choice.error) return <Fault error={choice.error} />
  return <Form kept={choice.data} />
}

function Form({ kept }: { kept: Choice }) {
  const queries = useQueryClient()
  const [form, setForm] = useState({ lang: kept.lang, mail: kept.mail, paces: kept.paces })
  const save = useMutation({
    mutationFn: () => ok(api.PUT('/api/notices/choice', { body: form })),
    onSuccess: (fresh) => queries.setQueryData(['notice-choice'], fresh),
  })
  const errors = fieldsOf(save.error)
  return (
    <form id="notices" className="sheet" noValidate onSubmit={(e) => { e.preventDefault(); save.mutate() }}>
      <h1>{t('notice.choice')}</h1>
      <p className="quiet">{t('notice.choice.about')}</p>
      {!kept.reached && <p className="held gap">{t('notice.choice.unreached')}</p>}
      {kept.mail !== '' && !kept.confirmed && <p className="held gap">{t('notice.choice.unconfirmed')}</p>}
      <Input label={t('notice.choice.mail')} value={form.mail} onChange={(mail) => setForm((f) => ({ ...f, mail }))} error={errors.mail} hint={t('notice.choice.mail.hint')} autoComplete="email" />
      <Select label={t('notice.choice.lang')} value={form.lang} onChange={(lang) => setForm((f) => ({ ...f, lang: lang === 'en' ? 'en' : 'zh-CN' }))} options={[{ value: 'zh-CN', name: '中文' }, { value: 'en', name: 'English' }]} />
      <table className="paces">
        <tbody>
          {topics.map((topic) => (
            <tr key={topic}>
              <th scope="row">{tOf('notice.topic', topic)}</th>
              <td>
                <select aria-label={tOf('notice.topic', topic)} value={form.paces[topic]} onChange={(e) => setForm((f) => ({ ...f, paces: { ...f.paces, [topic]: e.target.value } }))}>
                  {['now', 'digest', 'never'].filter((p) => topic !== 'proposal' || p !== 'now').map((p) => <option key={p} value={p}>{tOf('notice.pace', p)}</option>)}
                </select>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!errors.mail && <Fault error={save.error} />}
      {save.isSuccess && <p className="good" role="status">{t('notice.choice.saved')}</p>}
      <button className="primary wide" disabled={save.isPending}>{t('notice.choice.save')}</button>
    </form>
  )
}
