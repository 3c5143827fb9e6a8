import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, ok } from '../api'
import { t } from '../text'
import { taken, type Form, type ReadResult } from './form'

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
  const parts = [
    r.product, r.class?.name, ...r.specs.map((s) => `${s.name} ${s.value}${s.value2 ? '–' + s.value2 : ''}${s.unit ?? ''}`), r.quantity.amount && `${r.quantity.amount} ${r.quantity.unit}`,
    r.price.negotiable ? t('app.negotiable') : r.price.amount && `¥${r.price.amount}${r.price.unit ? '/' + r.price.unit : ''}`,
    r.lead_days > 0 && t('app.days', r.lead_days), r.region?.name, ...r.certificates,
  ]
  return <p className="reading"><span>{t('app.form.read', parts.filter(Boolean).join(' · '))}</span><button type="button" onClick={() => change(taken(form, r))}>{t('app.form.take')}</button></p>
}
