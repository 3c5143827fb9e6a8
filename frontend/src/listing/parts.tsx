import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api, ok } from '../api'
import { t, tOf } from '../text'
import { RegionSelect } from '../ui/RegionSelect'
import { Field, Input, Select } from '../ui/ui'
import type { components } from '../schema'
import type { Form } from './form'
import { Images } from './Images'
import { Reading } from './Reading'
import { Specs } from './Specs'

/** How people here count; other words can be typed, too. */
const units = ['吨', '千克', '件', '个', '只', '套', '台', '米', '平方米', '支', '卷', '箱', '万只', '万粒', '升']

type ReadResult = components['schemas']['ReadResult']

export interface PartProps { form: Form; change: (part: Partial<Form>) => void; errors: Record<string, string> }

export function What({ form, change, errors, reading, fixed, children }: PartProps & { reading: ReadResult | undefined; fixed: boolean; children: ReactNode }) {
  const classes = useQuery({ queryKey: ['classes'], staleTime: Infinity, queryFn: () => ok(api.GET('/api/classes')) })
  return (
    <>
      <h2><i>1</i>{t('app.form.what')}</h2>
      <div className="tabs" role="group" aria-label={t('app.form.side')}>
        {['need', 'supply'].map((s) => <button key={s} type="button" disabled={fixed} aria-pressed={form.side === s} onClick={() => change({ side: s })}>{tOf('app.form.side', s)}</button>)}
      </div>
      {children}
      <Input label={t('app.form.title')} value={form.title} onChange={(title) => change({ title })} error={errors.title} hint={t('app.form.titleHint')} maxLength={80} required focus={!fixed && !form.title} />
      <Reading reading={reading} form={form} change={change} />
      <Input label={t('app.form.product')} value={form.product} onChange={(product) => change({ product })} error={errors.product} maxLength={60} />
      <Select label={t('app.form.class')} value={form.class} onChange={(c) => change({ class: c })} error={errors.class}
        options={[{ value: '', name: t('app.choose') }, ...(classes.data?.items ?? []).map((c) => ({ value: c.code, name: `${'　'.repeat(Math.max(0, c.code.length - 2))}${c.code} ${c.name}` }))]} />
      <Specs specs={form.specs} onChange={(specs) => change({ specs })} errors={errors} need={form.side === 'need'} />
    </>
  )
}

export function HowMuch({ form, change, errors }: PartProps) {
  return (
    <>
      <h2><i>2</i>{t('app.form.howMuch')}</h2>
      <datalist id="units">{units.map((u) => <option key={u} value={u} />)}</datalist>
      <div className="row">
        <Input label={t(form.side === 'need' ? 'app.form.amountNeed' : 'app.form.amountSupply')} value={form.amount} onChange={(amount) => change({ amount })} error={errors['quantity.amount']} inputMode="decimal" required={form.side === 'need'} />
        <Input label={t('app.form.unit')} value={form.unit} onChange={(unit) => change({ unit, ...(form.priceUnit === form.unit ? { priceUnit: unit } : {}) })} error={errors['quantity.unit']} maxLength={12} list="units" />
        <Select label={t('app.form.per')} value={form.per} onChange={(per) => change({ per })} options={['once', 'month'].map((p) => ({ value: p, name: tOf('app.per', p) }))} />
      </div>
      <div className="row">
        <Input label={t(form.side === 'need' ? 'app.form.priceNeed' : 'app.form.priceSupply')} value={form.negotiable ? '' : form.price} onChange={(price) => change({ price, negotiable: false })} error={errors['price.amount']} inputMode="decimal" />
        <Input label={t('app.form.priceUnit')} value={form.priceUnit} onChange={(priceUnit) => change({ priceUnit })} error={errors['price.unit']} maxLength={12} list="units" />
        <label className="check"><input type="checkbox" checked={form.negotiable} onChange={(e) => change({ negotiable: e.target.checked })} />{t('app.form.negotiable')}</label>
      </div>
      <div className="row">
        {form.side === 'supply' && <Input label={t('app.form.moq') + (form.unit && `（${form.unit}）`)} value={form.moq} onChange={(moq) => change({ moq })} error={errors.moq} inputMode="decimal" />}
        <Input label={t(form.side === 'need' ? 'app.form.leadNeed' : 'app.form.leadSupply')} value={form.lead} onChange={(lead) => change({ lead })} error={errors.lead_days} inputMode="numeric" />
        <Input label={t('app.form.validUntil')} type="date" value={form.validUntil} onChange={(validUntil) => change({ validUntil })} error={errors.valid_until} required />
      </div>
    </>
  )
}

export function Where({ form, change, errors, contacts }: PartProps & { contacts: string[] }) {
  return (
    <>
      <h2><i>3</i>{t('app.form.where')}</h2>
      <RegionSelect value={form.region} onChange={(region) => change({ region })} error={errors.region} />
      <Input label={t(form.side === 'need' ? 'app.form.certsNeed' : 'app.form.certsSupply')} value={form.certificates} onChange={(certificates) => change({ certificates })} error={errors.certificates ?? errors['certificates[0]']} hint={t('app.form.certsHint')} />
      <Field label={t('app.form.text')} error={errors.text} hint={t('app.form.textHint')}>
        {(p) => <textarea {...p} rows={5} value={form.text} onChange={(e) => change({ text: e.target.value })} />}
      </Field>
      {contacts.length > 0 && <p className="held" role="status">{t('app.form.contacts', contacts.join('、'))}</p>}
      <Images ids={form.images} onChange={(images) => change({ images })} error={errors.images} />
    </>
  )
}
