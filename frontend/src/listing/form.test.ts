import { describe, expect, it } from 'vitest'
import en from '../../text/en.json'
import zh from '../../text/zh-CN.json'
import { blankForm, blankSpec, toInput } from './form'

describe('the posting form', () => {
  it('sends what was typed, as text', () => {
    const f = { ...blankForm('need', '2027-01-01'), title: '求购铝棒', amount: ' 12.5 ', price: '19800', certificates: 'ISO 9001，CE' }
    const sent = toInput(f)
    expect(sent.quantity).toEqual({ amount: '12.5', unit: '吨', per: 'once' })
    expect(sent.price).toEqual({ negotiable: false, amount: '19800', unit: '吨' })
    expect(sent.certificates).toEqual(['ISO 9001', 'CE'])
  })
  it('keeps no price with 面议 and no MOQ on a need', () => {
    const sent = toInput({ ...blankForm('need', '2027-01-01'), negotiable: true, price: '5', moq: '3' })
    expect((sent.price as { amount?: string }).amount).toBe('')
    expect(sent.moq).toBe('')
  })
  it('drops empty spec rows only', () => {
    const sent = toInput({ ...blankForm('supply', ''), specs: [blankSpec(), { ...blankSpec(), name: '牌号', value: '6061' }, { ...blankSpec(), name: '直径' }] })
    expect(sent.specs).toHaveLength(2)
  })
})

describe('the catalogues', () => {
  it('have the same keys', () => expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort()))
})
