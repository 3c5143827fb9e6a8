import { useMutation, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { api, fieldsOf, ok } from '../api'
import type { components } from '../schema'
import { t } from '../text'
import { Combo } from '../ui/Combo'
import { Fault, Field, Firm, Side } from '../ui/ui'

type Card = components['schemas']['ListingCard']

/** The id in a listing's address, where one was pasted. */
const idOf = (text: string) => /\/listings\/([\w-]+)/.exec(text)?.[1]

/** The association brings two firms together; both have to agree. */
export function Introduce() {
  const [from, setFrom] = useState<Card>()
  const [to, setTo] = useState<Card>()
  const [note, setNote] = useState('')
  const [tried, setTried] = useState(false) // sent while a listing was missing
  const send = useMutation({
    mutationFn: () => ok(api.POST('/api/operator/introductions', { body: { from: from?.id ?? '', listing: to?.id ?? '', note } })),
    onSuccess: () => { setFrom(undefined); setTo(undefined); setNote('') },
  })
  const errors = fieldsOf(send.error)
  return (
    <form className="sheet" noValidate onSubmit={(e) => { e.preventDefault(); setTried(!from || !to); if (from && to) send.mutate() }}>
      <h1>{t('app.introduce')}</h1>
      <p className="aside">{t('app.introduce.hint')}</p>
      <Pick label={t('app.introduce.from')} chosen={from} choose={setFrom} error={errors.from ?? (tried && !from ? t('app.introduce.missing') : undefined)} />
      <Pick label={t('app.introduce.to')} chosen={to} choose={setTo} side={from && (from.side === 'need' ? 'supply' : 'need')} error={errors.listing ?? (tried && !to ? t('app.introduce.missing') : undefined)} />
      <Field label={t('app.introduce.note')}>{(p) => <textarea {...p} rows={3} maxLength={500} value={note} onChange={(e) => setNote(e.target.value)} />}</Field>
      {Object.keys(errors).length === 0 && <Fault error={send.error} />}
      {send.isSuccess && <p className="good" role="status">{t('app.introduce.sent')}</p>}
      <button className="primary wide" disabled={send.isPending}>{t('app.introduce.send')}</button>
    </form>
  )
}

interface PickProps { label: string; chosen: Card | undefined; choose: (card: Card | undefined) => void; side?: 'supply' | 'need'; error?: string }

/** One live listing, found by what it says, by its firm or by its address. */
function Pick({ label, chosen, choose, side, error }: PickProps) {
  const [text, setText] = useState('')
  const word = useDeferredValue(text.trim())
  const id = idOf(word)
  const found = useQuery({
    queryKey: ['pick', word, side], enabled: word.length > 1, staleTime: 30_000,
    queryFn: async (): Promise<Card[]> => (id
      ? [await ok(api.GET('/api/listings/{id}', { params: { path: { id } } })) as unknown as Card]
      : (await ok(api.GET('/api/listings', { params: { query: { q: word, side, limit: 8 } } }))).items),
    retry: false,
  })
  if (chosen) {
    return (
      <div className="picked-one">
        <p className="label">{label}</p>
        <p><Side side={chosen.side} /> <a href={`/listings/${chosen.id}`} target="_blank" rel="noreferrer">{chosen.title}</a> <button type="button" className="plain" onClick={() => choose(undefined)}>{t('app.introduce.other')}</button></p>
        <p className="quiet"><Firm firm={chosen.enterprise} /></p>
        {error && <p className="field-error" role="alert">{error}</p>}
      </div>
    )
  }
  const cards = found.data ?? []
  return (
    <Combo label={label} hint={t('app.introduce.find')} list={label} none={t('app.introduce.none')} error={error} searching={found.isFetching || word !== text.trim() || word.length < 2} required
      text={text} onText={setText} found={cards.map((c) => ({ id: c.id, name: c.title, note: c.enterprise.name }))}
      take={(o) => { choose(cards.find((c) => c.id === o.id)); setText('') }} />
  )
}
