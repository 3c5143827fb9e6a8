import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, ok } from '../api'
import type { components } from '../schema'
import { t } from '../text'
import type { Form } from './form'
import { blankSpec } from './form'

type ReadResult = components['schemas']['ReadResult']

/** What the server understands of title and text, while they are typed. */
export function useReading(form: Form): ReadResult | undefined {
  const [said, setSaid] = useState({ title: '', text: '' })
  useEffect(() => {
    const timer = setTimeout(() => setSaid({ title: form.title.trim(), text: form.text }), 400)
    return () => clearTimeout(timer)
  }, [form.title, form.text])
  const read = useQuery({ queryKey: ['read', form.side, said], enabled: said.title.length >= 3, placeholderData: (last) => last, queryFn: () => ok(api.POST('/api/read', { body: { side: form.side, ...said } })) })
  return said.title.length >= 3 ? read.data : undefined
}

/** What the title says already, offered for taking over. */
export function Reading({ reading: r, form, change }: { reading: ReadResult | undefined; form: Form; change: (part: Partial<Form>) => void }) {
  if (!r?.product || form.product) return null
  const parts = [r.product, r.class?.name, ...r.specs.map((s) => `${s.name} ${s.value}${s.value2 ? '–' + s.value2 : ''}${s.unit ?? ''}`), r.quantity.amount && `${r.quantity.amount} ${r.quantity.unit}`]
  return <p className="reading"><span>{t('app.form.read', parts.filter(Boolean).join(' · '))}</span><button type="button" onClick={() => change(taken(form, r))}>{t('app.form.take')}</button></p>
}

/** What of the reading the form does not say yet. */
export function taken(form: Form, r: ReadResult): Partial<Form> {
  const known = new Set(form.specs.map((s) => s.name))
  const q = r.quantity
  return {
    product: form.product || r.product, class: form.class || (r.class?.code ?? ''),
    specs: [...form.specs, ...r.specs.filter((s) => !known.has(s.name)).map((s) => ({ ...blankSpec(), ...s }))],
    ...(form.amount || !q.amount ? {} : { amount: q.amount, unit: q.unit || form.unit, priceUnit: form.price ? form.priceUnit : q.unit || form.priceUnit, per: q.per || form.per }),
  }
}
