// Small own controls: no kit, so that the whole app stays light on an old PC.
import { useEffect, useId, type ReactNode } from 'react'
import { fieldsOf } from '../api'
import { t, tOf } from '../text'

export function Side({ side }: { side: string }) {
  return <span className={`side ${side}`}>{tOf('app.side', side)}</span>
}

/** A firm's name with what is known of it. */
export function Firm({ firm }: { firm: { id: string; name: string; level: string; honours: string[] } }) {
  return (
    <span className="firm">
      <a href={`/enterprises/${firm.id}`}>{firm.name}</a> <Level level={firm.level} />
      {firm.honours.map((h) => <span key={h} className="honour">{tOf('honour', h)}</span>)}
    </span>
  )
}

/** How well the association knows a firm: three words, never blurred. */
export function Level({ level }: { level: string }) {
  return <span className={`level ${level}`}>{tOf('level', level)}</span>
}

export function Loading() {
  return <p className="loading" role="status">{t('app.loading')}</p>
}

/** How many a list has, beside its heading. */
export function Total({ n }: { n?: number }) {
  return n === undefined ? null : <small className="total">{t('app.total', n)}</small>
}

export function Fault({ error }: { error: unknown }) {
  if (!error) return null
  const known = error instanceof Error && error.name !== 'TypeError' ? error.message : t('app.offline')
  return <p className="fault" role="alert">{known}</p>
}

/** Why a form was not taken: fields say it themselves, and the first of them has the focus. */
export function FormFault({ error }: { error: unknown }) {
  const count = Object.keys(fieldsOf(error)).length
  useEffect(() => {
    if (count > 0) document.querySelector<HTMLElement>('form [aria-invalid=true]')?.focus()
  }, [error, count])
  return count > 0 ? <p className="fault" role="alert">{t('app.form.faults', count)}</p> : <Fault error={error} />
}

/** Instead of a screen that cannot be shown: why, and the ways on. */
export function PageFault({ error }: { error: unknown }) {
  return (
    <div className="sheet narrow">
      <h1>{t('app.fault')}</h1>
      <Fault error={error} />
      <p className="acts gap"><a className="primary" href="/app/listings">{t('app.nav.listings')}</a> <a className="button" href="/">{t('app.nav.hall')}</a></p>
    </div>
  )
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  )
}

interface FieldProps {
  label: string
  error?: string
  hint?: string
  required?: boolean
  children: (props: { id: string; 'aria-invalid'?: true; 'aria-describedby'?: string }) => ReactNode
}

/** A labelled control with its error beneath, tied together for screen readers. */
export function Field({ label, error, hint, required, children }: FieldProps) {
  const id = useId()
  const note = error ?? hint
  return (
    <div className="field">
      <label htmlFor={id}>{label}{required && <span className="must" aria-hidden="true"> *</span>}</label>
      {children({ id, ...(error ? { 'aria-invalid': true as const } : {}), ...(note ? { 'aria-describedby': id + 'n' } : {}) })}
      {note && <p id={id + 'n'} className={error ? 'field-error' : 'field-hint'}>{note}</p>}
    </div>
  )
}

interface InputProps {
  label: string
  value: string
  onChange: (value: string) => void
  error?: string
  hint?: string
  required?: boolean
  type?: string
  autoComplete?: string
  maxLength?: number
  inputMode?: 'decimal' | 'numeric' | 'tel'
  focus?: boolean
  list?: string
}

export function Input({ label, value, onChange, error, hint, required, focus, ...rest }: InputProps) {
  return (
    <Field label={label} error={error} hint={hint} required={required}>
      {(p) => <input {...p} {...rest} required={false} autoFocus={focus} value={value} onChange={(e) => onChange(e.target.value)} />}
    </Field>
  )
}

interface SelectProps {
  label: string
  value: string
  onChange: (value: string) => void
  options: { value: string; name: string }[]
  error?: string
  required?: boolean
}

export function Select({ label, value, onChange, options, error, required }: SelectProps) {
  return (
    <Field label={label} error={error} required={required}>
      {(p) => (
        <select {...p} value={value} onChange={(e) => onChange(e.target.value)}>
          {options.map((o) => <option key={o.value} value={o.value}>{o.name}</option>)}
        </select>
      )}
    </Field>
  )
}
