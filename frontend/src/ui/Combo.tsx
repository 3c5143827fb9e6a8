import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { Field } from './ui'

export interface Option { id: string; name: string; note: string }

interface Props {
  label: string
  text: string
  onText: (text: string) => void
  found: Option[]
  take: (option: Option) => void
  searching: boolean
  none: string // said when nothing is found
  list: string // the name of the list
  error?: string
  hint?: string
  required?: boolean
}

/** A search box with its list: arrows choose, Enter takes, Escape closes. */
export function Combo({ label, text, onText, found, take, searching, none, list, error, hint, required }: Props) {
  const [open, setOpen] = useState(false)
  const [at, setAt] = useState(0)
  const id = useId()
  const box = useRef<HTMLInputElement>(null)
  const on = Math.min(at, found.length - 1)
  const choose = (o: Option) => {
    take(o)
    setOpen(false)
    box.current?.focus()
  }
  const key = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return
    if (e.key === 'Escape') setOpen(false)
    if (e.key === 'Enter') {
      e.preventDefault() // the form is not sent from here
      if (open && found[on]) choose(found[on])
    }
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault()
      const next = open ? (on + (e.key === 'ArrowDown' ? 1 : -1) + found.length) % Math.max(1, found.length) : 0
      setOpen(true)
      setAt(next)
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' })
    }
  }
  const shows = open && text.trim() !== ''
  return (
    <div className="combo" onBlur={(e) => { if (!e.currentTarget.contains(e.relatedTarget)) setOpen(false) }}>
      <Field label={label} error={error} hint={hint} required={required}>
        {(p) => (
          <input {...p} ref={box} role="combobox" aria-expanded={shows && found.length > 0} aria-controls={id} aria-autocomplete="list" aria-activedescendant={shows && found[on] ? `${id}-${on}` : undefined}
            autoComplete="off" maxLength={60} value={text} onChange={(e) => { onText(e.target.value); setAt(0); setOpen(true) }} onFocus={() => setOpen(true)} onKeyDown={key} />
        )}
      </Field>
      <ul id={id} role="listbox" aria-label={list} hidden={!shows || found.length === 0}>
        {found.map((o, i) => (
          <li key={o.id} id={`${id}-${i}`} role="option" aria-selected={i === on} onMouseDown={(e) => e.preventDefault()} onClick={() => choose(o)}>
            <span>{o.name}</span> <small className="quiet">{o.note}</small>
          </li>
        ))}
      </ul>
      {shows && found.length === 0 && !searching && <p className="quiet" role="status">{none}</p>}
    </div>
  )
}
