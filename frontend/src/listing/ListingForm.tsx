import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { api, ApiError, fieldsOf, ok, type Listing, type Me } from '../api'
import { copyName, dropCopy, keepCopy, readCopy } from '../copy'
import { inDays, t } from '../text'
import { Fault, Loading, PageFault } from '../ui/ui'
import { blankForm, likeForm, toForm, toInput, without, type Form } from './form'
import { HowMuch, What, Where } from './parts'
import { Paste } from './Paste'
import { useReading } from './Reading'
import { Similar, usualUnit, useSimilar } from './Similar'

/** What this browser holds of a form: the text, and the draft that it became. */
interface Copy { form: Form; draft?: string }

const load = (id: string) => ok(api.GET('/api/listings/{id}', { params: { path: { id } } }))

/** A new listing, one like another (?like=), or one to be edited. */
export default function ListingForm() {
  const { id } = useParams()
  const [search] = useSearchParams()
  const me = useQuery<Me>({ queryKey: ['me'], enabled: false }).data
  const side = search.get('side') === 'supply' ? 'supply' : 'need'
  const like = search.get('like') ?? ''
  const name = copyName(me?.user.id ?? '', id ?? `new.${side}.${like}`)
  const [copy] = useState(() => readCopy<Copy>(name))
  const draft = id ?? copy?.draft
  const once = { staleTime: Infinity, gcTime: 0, retry: false }
  const kept = useQuery({ queryKey: ['listing', draft], enabled: !!draft, ...once, queryFn: () => load(draft!) })
  const model = useQuery({ queryKey: ['listing', like], enabled: !!like && !copy, ...once, queryFn: () => load(like) })
  if ((draft && kept.isPending) || (like && !copy && model.isPending)) return <Loading />
  if (id && kept.error) return <PageFault error={kept.error} />
  // A draft that is gone or published meanwhile begins anew.
  const stands = id || kept.data?.status === 'draft' ? kept.data : undefined
  const region = me?.enterprise?.region.code ?? ''
  const blank = model.data ? likeForm(model.data, side, inDays(90), region) : blankForm(side, inDays(90), region)
  const restored = copy && (id || !draft || stands) ? copy.form : undefined
  return <Sheet kept={stands} name={name} start={{ ...(stands ? toForm(stands) : blank), ...restored }} restored={!!restored} />
}

interface SheetProps { kept?: Listing; name: string; start: Form; restored: boolean }

function Sheet({ kept, name, start, restored }: SheetProps) {
  const queries = useQueryClient()
  const go = useNavigate()
  const sheet = useRef<HTMLFormElement>(null)
  const [form, setForm] = useState(start)
  const [touched, setTouched] = useState(restored) // what was restored is not kept by the server yet
  const [faults, setFaults] = useState<Record<string, string>>({})
  const { save, savedAt, now } = useSaving(kept)
  const other = form.side === 'need' ? 'supply' : 'need'
  const similar = useSimilar(form.title, other)
  const reading = useReading(form)
  const sent = useRef(false) // on its way or published: nothing is kept behind its back
  const change = (part: Partial<Form>) => {
    setTouched(true)
    setFaults((f) => without(f, part))
    setForm((f) => ({ ...f, ...part }))
  }
  useGuessedUnit(usualUnit(similar), setForm)
  useEffect(() => {
    if (touched && !sent.current) keepCopy(name, { form, draft: now.current?.id } satisfies Copy)
  }, [form, touched, name, now, savedAt])

  const isDraft = (now.current?.status ?? 'draft') === 'draft'
  const draft = useMutation({ mutationFn: save, onError: (e) => setFaults(fieldsOf(e)) })
  const keep = draft.mutate
  useEffect(() => {
    if (!touched || !isDraft || !form.title.trim()) return
    const timer = setTimeout(() => { if (!sent.current) keep(form) }, 1200)
    return () => clearTimeout(timer)
  }, [form, touched, isDraft, keep])

  const send = useMutation({
    mutationFn: async () => {
      sent.current = true
      const l = (await save(form))!
      if (l.status === 'live') return l
      return ok(api.POST('/api/listings/{id}/publish', { params: { path: { id: l.id }, header: { 'If-Match': `"${l.rev}"` } } }))
    },
    onSuccess: (l) => {
      dropCopy(name)
      void queries.invalidateQueries({ queryKey: ['listings'] })
      void go(l.status === 'waiting' ? '/listings?status=waiting' : `/proposals?listing=${l.id}&posted=1`)
    },
    onError: (e) => {
      sent.current = false
      setFaults(fieldsOf(e))
    },
  })
  useEffect(() => {
    if (send.error) sheet.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [send.error])
  const again = () => { dropCopy(name); location.reload() }
  const stale = [draft.error, send.error].some((e) => e instanceof ApiError && e.status === 412)
  const count = Object.keys(faults).length
  return (
    <div className="two">
      <form className="sheet" ref={sheet} noValidate onSubmit={(e) => { e.preventDefault(); send.mutate() }}>
        <h1>{kept && !restored ? t('app.edit') : t('app.post')}</h1>
        {!!kept?.quotes && <p className="held">{t('app.frozen')} <Link to={`/quotes/${kept.id}`}>{t('app.quotes.compare')}</Link></p>}
        {restored && <p className="held">{t('app.form.restored')} <button type="button" onClick={again}>{t('app.form.again')}</button></p>}
        <What form={form} change={change} errors={faults} reading={reading} fixed={!isDraft}>{!kept && <Paste form={form} change={change} />}</What>
        <HowMuch form={form} change={change} errors={faults} />
        <Where form={form} change={change} errors={faults} contacts={reading?.contacts ?? []} />
        {stale && <p className="fault" role="alert">{t('app.stale')} <button type="button" onClick={again}>{t('app.reload')}</button></p>}
        {!stale && send.error && (count > 0 ? <p className="fault" role="alert">{t('app.form.faults', count)}</p> : Object.keys(fieldsOf(send.error)).length === 0 && <Fault error={send.error} />)}
        <div className="bar">
          <span className="quiet" role="status">{draft.isPending ? t('app.saving') : savedAt && t('app.draftSaved', savedAt)}</span>
          <button className="primary" disabled={send.isPending}>{isDraft ? t('app.publish') : t('app.save')}</button>
        </div>
      </form>
      <Similar items={similar} side={other} />
    </div>
  )
}

/** Saves run one after the other: each needs the revision that the one before made. */
function useSaving(kept: Listing | undefined) {
  const now = useRef<Listing | undefined>(kept)
  const key = useRef(crypto.randomUUID?.() ?? String(Math.random()))
  const queue = useRef<Promise<unknown>>(Promise.resolve())
  const [savedAt, setSavedAt] = useState('')
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
  return { save, savedAt, now }
}

/** Counts as similar listings do, until somebody says otherwise. */
function useGuessedUnit(usual: string, setForm: (change: (f: Form) => Form) => void) {
  const last = useRef('')
  useEffect(() => {
    if (!usual || usual === last.current) return
    const before = last.current
    last.current = usual
    setForm((f) => (f.unit === before ? { ...f, unit: usual, priceUnit: f.priceUnit === before ? usual : f.priceUnit } : f))
  }, [usual, setForm])
}
