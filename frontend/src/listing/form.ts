// The form's state and what the API takes: everything typed is text here, so
// that nothing typed is lost to a number that does not parse.
import type { Listing, ListingInput, Spec } from '../api'
import type { components } from '../schema'

/** What the server understood of a free text. */
export type ReadResult = components['schemas']['ReadResult']

export interface Form {
  side: string
  title: string
  class: string
  product: string
  specs: Required<Spec>[]
  amount: string
  unit: string
  per: string
  negotiable: boolean
  price: string
  priceUnit: string
  moq: string
  lead: string
  region: string
  certificates: string
  validUntil: string
  text: string
  images: string[]
}

export function blankForm(side: string, validUntil: string, region: string): Form {
  return {
    side, title: '', class: '', product: '', specs: [], amount: '', unit: '', per: side === 'need' ? 'once' : 'month', negotiable: false, price: '', priceUnit: '',
    moq: '', lead: '', region, certificates: '', validUntil, text: '', images: [],
  }
}

/** A form for the listing's counterpart (who sees 6061 bars on offer and wants some), or for one more like one's own. */
export function likeForm(l: Listing, side: string, validUntil: string, region: string): Form {
  const same = toForm(l)
  const blank = blankForm(side, validUntil, region)
  if (l.side === side) return { ...same, region: same.region || region, validUntil, images: [] }
  return {
    ...blank, title: same.title.replace(/^(求购|采购|寻|供应|出售)\s*/, '').replace(/^/, side === 'need' ? '求购 ' : '供应 ').slice(0, 80),
    class: same.class, product: same.product, unit: same.unit, priceUnit: same.priceUnit, specs: same.specs.map((s) => ({ ...s, must: side === 'need' && s.name === '牌号' })),
  }
}

export function toForm(l: Listing): Form {
  const plain = (v: string) => (v === '0' ? '' : v.replace(/\.0+$/, ''))
  return {
    side: l.side, title: l.title, class: l.class?.code ?? '', product: l.product, specs: l.specs.map((s) => ({ ...blankSpec(), ...s })),
    amount: plain(l.quantity.amount ?? ''), unit: l.quantity.unit ?? '', per: l.quantity.per || 'once',
    negotiable: l.price.negotiable ?? false, price: plain(l.price.amount ?? ''), priceUnit: l.price.unit ?? '', moq: plain(l.moq), lead: l.lead_days ? String(l.lead_days) : '',
    region: l.region?.code ?? '', certificates: l.certificates.join('，'), validUntil: l.valid_until, text: l.text, images: l.images.map((i) => i.id),
  }
}

/** 18，000 元 and １８０００ are 18000 to whoever types them. */
export function plainNumber(typed: string): string {
  return typed.replace(/[０-９．]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/[,，\s¥￥元]/g, '')
}

export function toInput(f: Form): ListingInput {
  return {
    side: f.side, title: f.title, class: f.class, product: f.product,
    specs: f.specs.filter((s) => s.name || s.value),
    quantity: { amount: plainNumber(f.amount), unit: f.unit.trim(), per: f.per },
    price: { negotiable: f.negotiable, amount: f.negotiable ? '' : plainNumber(f.price), unit: f.priceUnit.trim() || f.unit.trim() },
    moq: f.side === 'supply' ? plainNumber(f.moq) : '', lead_days: Number.parseInt(plainNumber(f.lead), 10) || 0, region: f.region,
    certificates: f.certificates.split(/[,，、;；]/).map((c) => c.trim()).filter(Boolean),
    valid_until: f.validUntil, text: f.text, images: f.images,
  }
}

export function blankSpec(): Required<Spec> {
  return { name: '', op: 'is', value: '', value2: '', unit: '', must: false }
}

/** Which faults of the server concern which part of the form. */
const faultOf: Partial<Record<keyof Form, string>> = {
  amount: 'quantity.amount', unit: 'quantity.unit', per: 'quantity.per', price: 'price.amount', negotiable: 'price.amount', priceUnit: 'price.unit', lead: 'lead_days', validUntil: 'valid_until',
}

/** The faults that are left after a part of the form was changed. */
export function without(faults: Record<string, string>, changed: Partial<Form>): Record<string, string> {
  const gone = (Object.keys(changed) as (keyof Form)[]).map((k) => faultOf[k] ?? k)
  return Object.fromEntries(Object.entries(faults).filter(([field]) => !gone.some((g) => field === g || field.startsWith(g + '['))))
}

/** What of the reading the form does not say yet. A place or a day that is written down stands before the usual one. */
export function taken(form: Form, r: ReadResult): Partial<Form> {
  const known = new Set(form.specs.map((s) => s.name))
  const q = r.quantity
  const terms: Partial<Form> = {
    ...(form.price || form.negotiable ? {} : { price: r.price.amount ?? '', negotiable: r.price.negotiable ?? false }),
    moq: form.moq || r.moq, lead: form.lead || (r.lead_days ? String(r.lead_days) : ''), certificates: form.certificates || r.certificates.join('，'),
    region: r.region?.code || form.region, validUntil: r.valid_until || form.validUntil,
  }
  const unit = q.unit || form.unit
  return {
    ...terms,
    product: form.product || r.product, class: form.class || (r.class?.code ?? ''),
    specs: [...form.specs, ...r.specs.filter((s) => !known.has(s.name)).map((s) => ({ ...blankSpec(), ...s }))],
    ...(form.amount || !unit ? {} : { amount: q.amount || '', unit, per: q.per || form.per }),
    ...(form.price ? {} : { priceUnit: r.price.unit || unit || form.priceUnit }),
  }
}
