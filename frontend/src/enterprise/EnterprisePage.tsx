import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { api, fieldsOf, ok, type Me } from '../api'
import { t, tOf } from '../text'
import { RegionSelect } from '../ui/RegionSelect'
import { Trust } from './Trust'
import { Field, FormFault, Input, Loading, Select } from '../ui/ui'

const Record = lazy(() => import('./Record'))

type Enterprise = NonNullable<Me['enterprise']>

export default function EnterprisePage() {
  const me = useQuery<Me>({ queryKey: ['me'], enabled: false })
  const firm = me.data?.enterprise
  return firm ? <Forms key={firm.id} firm={firm} /> : null
}

/** Two forms of one record: saving one loses nothing that is typed in the other. */
function Forms({ firm }: { firm: Enterprise }) {
  const [rev, setRev] = useState(firm.rev)
  return (
    <div className="two">
      <div>
        <Edit kept={firm} rev={rev} saved={setRev} />
        <Suspense fallback={<Loading />}><Record kept={firm} rev={rev} saved={setRev} /></Suspense>
      </div>
      <Trust firm={firm} />
    </div>
  )
}

function Edit({ kept, rev, saved }: { kept: Enterprise; rev: number; saved: (rev: number) => void }) {
  const queries = useQueryClient()
  const [form, setForm] = useState({
    name: kept.name, uscc: kept.uscc, kind: kept.kind, region: kept.region.code, about: kept.about, main_products: kept.main_products,
    contactName: kept.contact?.name ?? '', phone: kept.contact?.phone ?? '', mail: kept.contact?.mail ?? '',
  })
  const set = (name: keyof typeof form) => (value: string) => setForm((f) => ({ ...f, [name]: value }))
  const save = useMutation({
    mutationFn: () => ok(api.PUT('/api/enterprise', {
      params: { header: { 'If-Match': `"${rev}"` } },
      body: {
        name: form.name, uscc: form.uscc, kind: form.kind, region: form.region, cluster_id: kept.cluster?.id ?? '', about: form.about,
        main_products: form.main_products, contact: { name: form.contactName, phone: form.phone, mail: form.mail },
      },
    })),
    onSuccess: (e) => { saved(e.rev); return queries.invalidateQueries({ queryKey: ['me'] }) },
  })
  const errors = fieldsOf(save.error)
  return (
    <form className="sheet" noValidate onSubmit={(e) => { e.preventDefault(); save.mutate() }}>
      <h1>{t('app.nav.enterprise')}</h1>
      <Input label={t('app.firm')} value={form.name} onChange={set('name')} error={errors.name} required />
      <Input label={t('app.uscc')} value={form.uscc} onChange={set('uscc')} error={errors.uscc} hint={form.uscc && !kept.uscc_ok ? t('app.uscc.warn') : t('app.uscc.hint')} maxLength={18} />
      <Select label={t('app.kind')} value={form.kind} onChange={set('kind')} error={errors.kind} options={['maker', 'trader', 'service'].map((k) => ({ value: k, name: tOf('app.kind', k) }))} />
      <RegionSelect value={form.region} onChange={set('region')} error={errors.region} />
      <Input label={t('app.products')} value={form.main_products} onChange={set('main_products')} error={errors.main_products} />
      <Field label={t('app.about')} error={errors.about}>{(p) => <textarea {...p} rows={4} value={form.about} onChange={(e) => set('about')(e.target.value)} />}</Field>
      <h2>{t('app.contact')}</h2>
      <p className="aside">{t('app.contact.hint')}</p>
      <Input label={t('app.yourName')} value={form.contactName} onChange={set('contactName')} error={errors['contact.name']} required />
      <Input label={t('app.phone')} value={form.phone} onChange={set('phone')} error={errors['contact.phone']} inputMode="tel" required />
      <Input label={t('app.mail')} value={form.mail} onChange={set('mail')} error={errors['contact.mail']} />
      <FormFault error={save.error} />
      {save.isSuccess && <p className="good" role="status">{t('app.saved')}</p>}
      <button className="primary wide" disabled={save.isPending}>{t('app.save')}</button>
    </form>
  )
}
