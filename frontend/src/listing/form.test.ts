import { describe, expect, it } from 'vitest'
import en from '../../text/en.json'
import zh from '../../text/zh-CN.json'
import type { Listing } from '../api'
import { blankForm, blankSpec, likeForm, taken, toInput, without, type ReadResult } from './form'

describe('the posting form', () => {
  it('sends what was typed, as text', () => {
    const f = { ...blankForm('need', '2027-01-01', '130111'), title: '求购铝棒', unit: '吨', amount: ' 12.5 ', price: '１9,800元', certificates: 'ISO 9001，CE' }
    const sent = toInput(f)
    expect(sent.quantity).toEqual({ amount: '12.5', unit: '吨', per: 'once' })
    expect(sent.price).toEqual({ negotiable: false, amount: '19800', unit: '吨' })
    expect(sent.certificates).toEqual(['ISO 9001', 'CE'])
  })
  it('keeps no price with 面议 and no MOQ on a need', () => {
    const sent = toInput({ ...blankForm('need', '2027-01-01', '130111'), negotiable: true, price: '5', moq: '3' })
    expect((sent.price as { amount?: string }).amount).toBe('')
    expect(sent.moq).toBe('')
  })
  it('drops empty spec rows only', () => {
    const sent = toInput({ ...blankForm('supply', '', ''), specs: [blankSpec(), { ...blankSpec(), name: '牌号', value: '6061' }, { ...blankSpec(), name: '直径' }] })
    expect(sent.specs).toHaveLength(2)
  })
})

describe('faults', () => {
  it('go when their part is changed, and no others', () => {
    const faults = { title: 'a', 'quantity.amount': 'b', 'specs[1].value': 'c', 'price.amount': 'd' }
    expect(without(faults, { amount: '3' })).toEqual({ title: 'a', 'specs[1].value': 'c', 'price.amount': 'd' })
    expect(without(faults, { specs: [], negotiable: true })).toEqual({ title: 'a', 'quantity.amount': 'b' })
  })
})

describe('a text that was read', () => {
  const said = {
    product: '圆钢', class: null, grades: [], contacts: [], specs: [{ name: '牌号', op: 'is', value: '45#', value2: '', unit: '', must: true }],
    quantity: { amount: '20', unit: '吨', per: 'month' }, price: { negotiable: false, amount: '4350', unit: '吨' }, moq: '', lead_days: 7, region: { code: '130111', name: '' }, valid_until: '2026-12-05', certificates: ['ISO 9001'],
  } as unknown as ReadResult
  it('fills what is blank', () => {
    const f = { ...blankForm('need', '2027-01-01', '130100'), ...taken(blankForm('need', '2027-01-01', '130100'), said) }
    expect([f.product, f.amount, f.unit, f.per, f.price, f.priceUnit, f.lead, f.region, f.validUntil, f.certificates]).toEqual(['圆钢', '20', '吨', 'month', '4350', '吨', '7', '130111', '2026-12-05', 'ISO 9001'])
  })
  it('leaves what somebody typed', () => {
    const typed = { ...blankForm('need', '2027-01-01', '130100'), amount: '5', unit: '件', price: '1', priceUnit: '件', lead: '3', certificates: 'CE' }
    const f = { ...typed, ...taken(typed, said) }
    expect([f.amount, f.price, f.priceUnit, f.lead, f.certificates]).toEqual(['5', '1', '件', '3', 'CE'])
  })
})

describe('a listing like another', () => {
  const bars = {
    side: 'supply', title: '供应 6061 铝棒', class: { code: '3252', name: '' }, product: '铝棒', specs: [{ name: '牌号', op: 'is', value: '6061', value2: '', unit: '', must: false }],
    quantity: { amount: '60', unit: '吨', per: 'month' }, price: { negotiable: false, amount: '22600.00', unit: '吨' }, moq: '1', lead_days: 2, region: { code: '370000', name: '' }, certificates: [], valid_until: '2026-01-01', text: '我方库存', images: [{ id: 'x', url: '' }],
  } as unknown as Listing
  it('asks for what is offered, with one\'s own place and no words of the other', () => {
    const f = likeForm(bars, 'need', '2027-01-01', '130111')
    expect([f.side, f.title, f.product, f.unit, f.region, f.text, f.price, f.specs[0]?.must]).toEqual(['need', '求购 6061 铝棒', '铝棒', '吨', '130111', '', '', true])
  })
  it('is all of one\'s own again, but for the end and the pictures', () => {
    const f = likeForm(bars, 'supply', '2027-01-01', '130111')
    expect([f.title, f.price, f.moq, f.validUntil, f.images]).toEqual(['供应 6061 铝棒', '22600', '1', '2027-01-01', []])
  })
})

describe('the catalogues', () => {
  it('have the same keys', () => expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort()))
})
