import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, ok } from '../api'
import { t } from '../text'
import type { Form } from './form'
import { blankSpec } from './form'

/** What the title says already, offered for taking over. */
export function Reading({ form, change }: { form: Form; change: (part: Partial<Form>) => void }) {
  const [title, setTitle] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setTitle(form.title.trim()), 400)
    return () => clearTimeout(timer)
  }, [form.title])
  const { data: r } = useQuery({ queryKey: ['read', title], enabled: title.length >= 3, queryFn: () => ok(api.POST('/api/read', { body: { side: form.side, title } })) })
  if (!r?.product || form.product) return null
  const parts = [r.product, r.class?.name, ...r.specs.map((s) => `${s.name} ${s.value}${s.value2 ? '–' + s.value2 : ''}${s.unit ?? ''}`), r.quantity.amount && `${r.quantity.amount} ${r.quantity.unit}`]
  const take = () => {
    const known = new Set(form.specs.map((s) => s.name))
    change({
      product: r.product, class: form.class || (r.class?.code ?? ''), specs: [...form.specs, ...r.specs.filter((s) => !known.has(s.name)).map((s) => ({ ...blankSpec(), ...s }))],
      ...(form.amount || !r.quantity.amount ? {} : { amount: r.quantity.amount, unit: r.quantity.unit || form.unit, priceUnit: r.quantity.unit || form.priceUnit, per: r.quantity.per || form.per }),
    })
  }
  return <p className="reading"><span>{t('app.form.read', parts.filter(Boolean).join(' · '))}</span><button type="button" onClick={take}>{t('app.form.take')}</button></p>
}
