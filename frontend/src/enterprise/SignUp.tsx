import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, fieldsOf, ok } from '../api'
import { t, tOf } from '../text'
import { RegionSelect } from '../ui/RegionSelect'
import { FormFault, Input, Select } from '../ui/ui'

const blank = { login: '', password: '', name: '', firm: '', uscc: '', kind: 'maker', region: '', cluster: '', products: '', contact: '', phone: '' }

/** A firm and its first user. */
export default function SignUp() {
  const queries = useQueryClient()
  const [form, setForm] = useState(blank)
  const clusters = useQuery({ queryKey: ['clusters'], queryFn: () => ok(api.GET('/api/clusters')) })
  // The county says the cluster, until somebody says otherwise.
  const [chosen, setChosen] = useState(false)
  const setRegion = (region: string) => setForm((f) => ({ ...f, region, cluster: chosen ? f.cluster : (clusters.data?.items.find((c) => c.region === region)?.id ?? '') }))
  const set = (name: keyof typeof blank) => (value: string) => setForm((f) => ({ ...f, [name]: value }))
  const send = useMutation({
    mutationFn: () => ok(api.POST('/api/sign-up', {
      body: {
        login: form.login.trim(), password: form.password, name: form.name,
        enterprise: {
          name: form.firm, uscc: form.uscc.trim().toUpperCase(), kind: form.kind, region: form.region, cluster_id: form.cluster, main_products: form.products,
          contact: { name: form.contact || form.name, phone: form.phone || form.login, mail: '' },
        },
      },
    })),
    onSuccess: (me) => queries.setQueryData(['me'], me),
  })
  const errors = fieldsOf(send.error)
  return (
    <form className="sheet" noValidate onSubmit={(e) => { e.preventDefault(); send.mutate() }}>
      <h1>{t('app.signUp')}</h1>
      <h2>{t('app.signUp.firm')}</h2>
      <Input label={t('app.firm')} value={form.firm} onChange={set('firm')} error={errors['enterprise.name']} required />
      <Input label={t('app.uscc')} value={form.uscc} onChange={set('uscc')} error={errors['enterprise.uscc']} hint={t('app.uscc.hint')} maxLength={18} />
      <Select label={t('app.kind')} value={form.kind} onChange={set('kind')} error={errors['enterprise.kind']} options={['maker', 'trader', 'service'].map((k) => ({ value: k, name: tOf('app.kind', k) }))} />
      <RegionSelect value={form.region} onChange={setRegion} error={errors['enterprise.region']} />
      <Select label={t('app.cluster')} value={form.cluster} onChange={(id) => { setChosen(true); set('cluster')(id) }} error={errors['enterprise.cluster_id']} options={[{ value: '', name: t('app.cluster.none') }, ...(clusters.data?.items ?? []).map((c) => ({ value: c.id, name: c.name }))]} />
      <Input label={t('app.products')} value={form.products} onChange={set('products')} error={errors['enterprise.main_products']} />
      <h2>{t('app.signUp.user')}</h2>
      <Input label={t('app.yourName')} value={form.name} onChange={set('name')} error={errors.name ?? errors['enterprise.contact.name']} autoComplete="name" required />
      <Input label={t('app.login')} value={form.login} onChange={set('login')} error={errors.login} autoComplete="username" required />
      <Input label={t('app.password')} value={form.password} onChange={set('password')} error={errors.password} type="password" autoComplete="new-password" hint={t('app.password.hint')} required />
      <Input label={t('app.phone')} value={form.phone} onChange={set('phone')} error={errors['enterprise.contact.phone']} hint={t('app.phone.hint')} inputMode="tel" />
      <FormFault error={send.error} />
      <button className="primary wide" disabled={send.isPending}>{t('app.signUp')}</button>
      <p className="aside">{t('app.haveAccount')} <Link to={'/sign-in' + location.search}>{t('app.signIn')}</Link></p>
    </form>
  )
}
