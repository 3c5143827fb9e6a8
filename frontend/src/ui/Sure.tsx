import { useState, type ReactNode } from 'react'
import { t } from '../text'

/** A button for what cannot be taken back, or not at once: it asks first. */
export function Sure({ ask, onSure, busy, children }: { ask: string; onSure: () => void; busy?: boolean; children: ReactNode }) {
  const [asking, setAsking] = useState(false)
  if (!asking) return <button type="button" disabled={busy} onClick={() => setAsking(true)}>{children}</button>
  return (
    <span className="sure" role="alertdialog" aria-label={ask}>
      <span>{ask}</span>
      <button type="button" className="plain" autoFocus onClick={() => setAsking(false)}>{t('app.cancel')}</button>
      <button type="button" className="bad" disabled={busy} onClick={() => { setAsking(false); onSure() }}>{children}</button>
    </span>
  )
}
