import { useQuery } from '@tanstack/react-query'
import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { api, ok } from '../api'
import { t } from '../text'
import { Field } from '../ui/ui'

/** As many as a record takes: market.linksMost. */
const most = 8
const shown = 30

interface Class { code: string; name: string }
interface Props { codes: string[]; onChange: (codes: string[]) => void; read: Class[]; errors: Record<string, string> }

/** The places in the chain where a firm says it stands: classes found by code, by name or by what they hold. */
export function Links({ codes, onChange, read, errors }: Props) {
  const classes = useQuery({ queryKey: ['classes'], staleTime: Infinity, queryFn: () => ok(api.GET('/api/classes')) })
  const all = classes.data?.items ?? []
  const nameOf = (code: string) => all.find((c) => c.code === code)?.name ?? code
  const add = (code: string) => onChange([...codes, code])
  const offered = codes.length === 0 ? read : []
  const fault = errors.links ?? Object.entries(errors).find(([field]) => field.startsWith('links['))?.[1]
  return (
    <div className="links-pick">
      {codes.length > 0 && (
        <ul className="picked">
          {codes.map((c, i) => (
            <li key={c} className={errors[`links[${i}]`] ? 'wrong' : undefined}>
              {nameOf(c)} <small className="quiet">{c}</small>
              <button type="button" className="plain" aria-label={t('record.links.drop', nameOf(c))} onClick={() => onChange(codes.filter((x) => x !== c))}>×</button>
            </li>
          ))}
        </ul>
      )}
      {offered.length > 0 && (
        <p className="acts">
          <span className="quiet">{t('record.links.read')}</span>
          {offered.map((c) => <span className="tag" key={c.code}>{c.name}</span>)}
          <button type="button" onClick={() => onChange(offered.map((c) => c.code))}>{t('record.links.take')}</button>
        </p>
      )}
      {codes.length < most ? <Search all={all.filter((c) => !codes.includes(c.code))} add={add} error={fault} /> : <p className="quiet">{t('record.links.most', most)}</p>}
    </div>
  )
}

/** A search box with its list: arrows choose, Enter takes, Escape closes. */
function Search({ all, add, error }: { all: Class[]; add: (code: string) => void; error?: string }) {
  const [text, setText] = useState('')
  const [open, setOpen] = useState(false)
  const [at, setAt] = useState(0)
  const list = useId()
  const box = useRef<HTMLInputElement>(null)
  const word = text.trim()
  const named = word ? all.filter((c) => c.code.startsWith(word) || c.name.includes(word)) : []
  // What no class is called, such as 铝棒, is read as a product.
  const product = useQuery({
    queryKey: ['classOf', word], enabled: open && word.length > 1 && named.length === 0 && all.length > 0, staleTime: Infinity,
    queryFn: () => ok(api.POST('/api/read', { body: { title: word } })),
  })
  const guess = product.data?.class
  const found = (named.length > 0 ? named : all.filter((c) => c.code === guess?.code)).slice(0, shown)
  const on = Math.min(at, found.length - 1)
  const take = (c: Class) => {
    add(c.code)
    setText('')
    setOpen(false)
    box.current?.focus()
  }
  const key = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return
    if (e.key === 'Escape') setOpen(false)
    if (e.key === 'Enter') {
      e.preventDefault() // the form is not sent from here
      if (open && found[on]) take(found[on])
    }
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault()
      setOpen(true)
      const next = (on + (e.key === 'ArrowDown' ? 1 : -1) + found.length) % Math.max(1, found.length)
      setAt(open ? next : 0)
      document.getElementById(`${list}-${next}`)?.scrollIntoView({ block: 'nearest' })
    }
  }
  const shows = open && word !== ''
  return (
    <div className="combo" onBlur={(e) => { if (!e.currentTarget.contains(e.relatedTarget)) setOpen(false) }}>
      <Field label={t('record.links.search')} error={error} hint={t('record.links.hint')}>
        {(p) => (
          <input {...p} ref={box} role="combobox" aria-expanded={shows} aria-controls={list} aria-autocomplete="list" aria-activedescendant={shows && found[on] ? `${list}-${on}` : undefined}
            autoComplete="off" value={text} onChange={(e) => { setText(e.target.value); setAt(0); setOpen(true) }} onFocus={() => setOpen(true)} onKeyDown={key} maxLength={40} />
        )}
      </Field>
      <ul id={list} role="listbox" aria-label={t('record.links')} hidden={!shows || found.length === 0}>
        {found.map((c, i) => (
          <li key={c.code} id={`${list}-${i}`} role="option" aria-selected={i === on} onMouseDown={(e) => e.preventDefault()} onClick={() => take(c)}>
            <span>{c.name}</span> <small className="quiet">{c.code}</small>
          </li>
        ))}
      </ul>
      {shows && found.length === 0 && !product.isFetching && <p className="quiet" role="status">{t('record.links.none')}</p>}
    </div>
  )
}
