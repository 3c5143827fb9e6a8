import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import { api, ApiError, fieldsOf, ok, type Listing } from '../api'
import { inDays, t, tOf } from '../text'
import { RegionSelect } from '../ui/RegionSelect'
import { Fault, Field, Input, Loading, Select } from '../ui/ui'
import { blankForm, toForm, toInput, type Form } from './form'
import { Images } from './Images'
import { Reading } from './Reading'
import { Specs } from './Specs'

/** A new listing, or one to be edited. */
export default function ListingForm() {
  const { id } = useParams()
  const [search] = useSearchParams()
  const side = search.get('side') === 'supply' ? 'supply' : 'need'
  const kept = useQuery({ queryKey: ['listing', id], enabled: !!id, staleTime: Infinity, gcTime: 0, queryFn: () => ok(api.GET('/api/listings/{id}', { params: { path: { id: id! } } })) })
  if (id && kept.isPending) return <Loading />
  if (kept.error) return <Fault error={kept.error} />
  return <Sheet key={kept.data?.id ?? 'new'} kept={kept.data} side={side} />
}

const copyName = (id: string) => `lianqiao.listing.${id}`

/** What was typed and not yet kept by the server outlives a closed window. */
function firstForm(kept: Listing | undefined, side: string): Form {
  const copy = localStorage.getItem(copyName(kept?.id ?? 'new'))
  const base = kept ? toForm(kept) : blankForm(side, inDays(90))
  if (!copy) return base
  try {
    return { ...base, ...(JSON.parse(copy) as Form) }
  } catch {
    return base
  }
}

function Sheet({ kept, side }: { kept?: Listing; side: string }) {
  const queries = useQueryClient()
  const go = useNavigate()
  const [form, setForm] = useState(() => firstForm(kept, side))
  const [touched, setTouched] = useState(false)
  const [savedAt, setSavedAt] = useState('')
  const now = useRef<Listing | undefined>(kept)
  const key = useRef(crypto.randomUUID?.() ?? String(Math.random()))
  const queue = useRef<Promise<unknown>>(Promise.resolve())
  const change = (part: Partial<Form>) => {
    setTouched(true)
    setForm((f) => ({ ...f, ...part }))
  }
  useEffect(() => {
    if (touched) localStorage.setItem(copyName(kept?.id ?? 'new'), JSON.stringify(form))
  }, [form, touched, kept?.id])

  // Saves run one after the other: each needs the revision that the one before made.
  const save = (f: Form) => {
    const next = queue.current.then(async () => {
      const l = now.current
      now.current = l
        ? await ok(api.PUT('/api/listings/{id}', { params: { path: { id: l.id }, header: { 'If-Match': `"${l.rev}"` } }, body: toInput(f) }))
        : await ok(api.POST('/api/listings', { params: { header: { 'Idempotency-Key': key.current } }, body: toInput(f) }))
      setSavedAt(new Date().toTimeString().slice(0, 5))
      return now.current
    })
    queue.current = next.catch(() => undefined)
    return next
  }
  const isDraft = (now.current?.status ?? 'draft') === 'draft'
  const draft = useMutation({ mutationFn: save })
  const keep = draft.mutate
  useEffect(() => {
    if (!touched || !isDraft || !form.title.trim()) return
    const timer = setTimeout(() => keep(form), 1200)
    return () => clearTimeout(timer)
  }, [form, touched, isDraft, keep])

  const send = useMutation({
    mutationFn: async () => {
      const l = (await save(form))!
      if (l.status === 'live') return l
      return ok(api.POST('/api/listings/{id}/publish', { params: { path: { id: l.id }, header: { 'If-Match': `"${l.rev}"` } } }))
    },
    onSuccess: (l) => {
      localStorage.removeItem(copyName(kept?.id ?? 'new'))
      void queries.invalidateQueries({ queryKey: ['listings'] })
      void go(l.status === 'waiting' ? '/listings?status=waiting' : '/proposals')
    },
  })
  const errors = { ...fieldsOf(draft.error), ...fieldsOf(send.error) }
  const stale = [draft.error, send.error].some((e) => e instanceof ApiError && e.status === 412)
  return (
    <div className="two">
      <form className="sheet" noValidate onSubmit={(e) => { e.preventDefault(); send.mutate() }}>
        <h1>{kept ? t('app.edit') : t('app.post')}</h1>
        <What form={form} change={change} errors={errors} fixed={!isDraft} />
        <HowMuch form={form} change={change} errors={errors} />
        <Where form={form} change={change} errors={errors} />
        {stale && <p className="fault" role="alert">{t('app.stale')} <button type="button" onClick={() => { localStorage.removeItem(copyName(kept?.id ?? 'new')); location.reload() }}>{t('app.reload')}</button></p>}
        {!stale && <Fault error={send.error} />}
        <div className="bar">
          <span className="quiet" role="status">{draft.isPending ? t('app.saving') : savedAt && t('app.draftSaved', savedAt)}</span>
          <button className="primary" disabled={send.isPending}>{isDraft ? t('app.publish') : t('app.save')}</button>
        </div>
      </form>
      <Similar q={form.title} side={form.side === 'need' ? 'supply' : 'need'} />
    </div>
  )
}

export interface PartProps { form: Form; change: (part: Partial<Form>) => void; errors: Record<string, string> }

function What({ form, change, errors, fixed }: PartProps & { fixed: boolean }) {
  const classes = useQuery({ queryKey: ['classes'], staleTime: Infinity, queryFn: () => ok(api.GET('/api/classes')) })
  return (
    <>
      <h2><i>1</i>{t('app.form.what')}</h2>
      <div className="tabs" role="group" aria-label={t('app.form.side')}>
        {['need', 'supply'].map((s) => <button key={s} type="button" disabled={fixed} aria-pressed={form.side === s} onClick={() => change({ side: s })}>{tOf('app.form.side', s)}</button>)}
      </div>
      <Input label={t('app.form.title')} value={form.title} onChange={(title) => change({ title })} error={errors.title} hint={t('app.form.titleHint')} maxLength={80} required />
      <Reading form={form} change={change} />
      <Input label={t('app.form.product')} value={form.product} onChange={(product) => change({ product })} error={errors.product} maxLength={60} />
      <Select label={t('app.form.class')} value={form.class} onChange={(c) => change({ class: c })} error={errors.class}
        options={[{ value: '', name: t('app.choose') }, ...(classes.data?.items ?? []).map((c) => ({ value: c.code, name: `${'　'.repeat(Math.max(0, c.code.length - 2))}${c.code} ${c.name}` }))]} />
      <Specs specs={form.specs} onChange={(specs) => change({ specs })} errors={errors} need={form.side === 'need'} />
    </>
  )
}

function HowMuch({ form, change, errors }: PartProps) {
  return (
    <>
      <h2><i>2</i>{t('app.form.howMuch')}</h2>
      <div className="row">
        <Input label={t(form.side === 'need' ? 'app.form.amountNeed' : 'app.form.amountSupply')} value={form.amount} onChange={(amount) => change({ amount })} error={errors['quantity.amount']} inputMode="decimal" required={form.side === 'need'} />
        <Input label={t('app.form.unit')} value={form.unit} onChange={(unit) => change({ unit })} error={errors['quantity.unit']} maxLength={12} />
        <Select label={t('app.form.per')} value={form.per} onChange={(per) => change({ per })} options={['once', 'month'].map((p) => ({ value: p, name: tOf('app.per', p) }))} />
      </div>
      <div className="row">
        <Input label={t(form.side === 'need' ? 'app.form.priceNeed' : 'app.form.priceSupply')} value={form.negotiable ? '' : form.price} onChange={(price) => change({ price, negotiable: false })} error={errors['price.amount']} inputMode="decimal" />
        <Input label={t('app.form.priceUnit')} value={form.priceUnit} onChange={(priceUnit) => change({ priceUnit })} error={errors['price.unit']} maxLength={12} />
        <label className="check"><input type="checkbox" checked={form.negotiable} onChange={(e) => change({ negotiable: e.target.checked })} />{t('app.form.negotiable')}</label>
      </div>
      <div className="row">
        {form.side === 'supply' && <Input label={t('app.form.moq')} value={form.moq} onChange={(moq) => change({ moq })} error={errors.moq} inputMode="decimal" />}
        <Input label={t(form.side === 'need' ? 'app.form.leadNeed' : 'app.form.leadSupply')} value={form.lead} onChange={(lead) => change({ lead })} error={errors.lead_days} inputMode="numeric" />
        <Input label={t('app.form.validUntil')} type="date" value={form.validUntil} onChange={(validUntil) => change({ validUntil })} error={errors.valid_until} required />
      </div>
    </>
  )
}

function Where({ form, change, errors }: PartProps) {
  return (
    <>
      <h2><i>3</i>{t('app.form.where')}</h2>
      <RegionSelect value={form.region} onChange={(region) => change({ region })} error={errors.region} />
      <Input label={t(form.side === 'need' ? 'app.form.certsNeed' : 'app.form.certsSupply')} value={form.certificates} onChange={(certificates) => change({ certificates })} error={errors.certificates ?? errors['certificates[0]']} hint={t('app.form.certsHint')} />
      <Field label={t('app.form.text')} error={errors.text}>
        {(p) => <textarea {...p} rows={5} value={form.text} onChange={(e) => change({ text: e.target.value })} />}
      </Field>
      <Images ids={form.images} onChange={(images) => change({ images })} error={errors.images} />
    </>
  )
}

function Similar({ q, side }: { q: string; side: string }) {
  const [asked, setAsked] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setAsked(q.trim()), 500)
    return () => clearTimeout(timer)
  }, [q])
  const found = useQuery({ queryKey: ['similar', side, asked], enabled: asked.length >= 2, queryFn: () => ok(api.GET('/api/similar', { params: { query: { q: asked, side: side as 'supply' | 'need' } } })) })
  if (!found.data?.items.length) return null
  return (
    <aside className="similar">
      <h2>{t(side === 'supply' ? 'app.form.similarSupply' : 'app.form.similarNeed')}</h2>
      {found.data.items.map((l) => <a key={l.id} href={`/listings/${l.id}`} target="_blank" rel="noreferrer"><b>{l.title}</b><span>{l.enterprise.name}</span></a>)}
    </aside>
  )
}
