// The form's state and what the API takes: everything typed is text here, so
// that nothing typed is lost to a number that does not parse.
import type { Listing, ListingInput, Spec } from '../api'

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

export function blankForm(side: string, validUntil: string): Form {
  return {
    side, title: '', class: '', product: '', specs: [], amount: '', unit: '吨', per: side === 'need' ? 'once' : 'month', negotiable: false, price: '', priceUnit: '吨',
    moq: '', lead: '', region: '', certificates: '', validUntil, text: '', images: [],
  }
}

export function toForm(l: Listing): Form {
  const plain = (v: string) => (v === '0' ? '' : v)
  return {
    side: l.side, title: l.title, class: l.class?.code ?? '', product: l.product, specs: l.specs.map((s) => ({ ...blankSpec(), ...s })),
    amount: plain(l.quantity.amount ?? ''), unit: l.quantity.unit ?? '', per: l.quantity.per || 'once',
    negotiable: l.price.negotiable ?? false, price: l.price.amount ?? '', priceUnit: l.price.unit ?? '', moq: plain(l.moq), lead: l.lead_days ? String(l.lead_days) : '',
    region: l.region?.code ?? '', certificates: l.certificates.join('，'), validUntil: l.valid_until, text: l.text, images: l.images.map((i) => i.id),
  }
}

export function toInput(f: Form): ListingInput {
  return {
    side: f.side, title: f.title, class: f.class, product: f.product,
    specs: f.specs.filter((s) => s.name || s.value),
    quantity: { amount: f.amount.trim(), unit: f.unit, per: f.per },
    price: { negotiable: f.negotiable, amount: f.negotiable ? '' : f.price.trim(), unit: f.priceUnit },
    moq: f.side === 'supply' ? f.moq.trim() : '', lead_days: Number.parseInt(f.lead, 10) || 0, region: f.region,
    certificates: f.certificates.split(/[,，、;；]/).map((c) => c.trim()).filter(Boolean),
    valid_until: f.validUntil, text: f.text, images: f.images,
  }
}

export function blankSpec(): Required<Spec> {
  return { name: '', op: 'is', value: '', value2: '', unit: '', must: false }
}
