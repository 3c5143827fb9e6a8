import { moment, t } from '../text'

/** A link to be handed over: shown once. */
export function Handed({ url, until }: { url: string; until: string }) {
  return (
    <div className="good handed" role="status">
      <p>{t('app.ticket.hand', moment(until))}</p>
      <input aria-label={t('app.ticket.link')} readOnly value={url} onFocus={(e) => e.target.select()} />
    </div>
  )
}
