import type { Quotes } from '../api'
import { t, tOf } from '../text'
import { Input } from '../ui/ui'
import './quote.css'

export type Line = { spec: string; answer: '' | 'can' | 'deviation' | 'cannot'; note: string }

/** What a need asks of a spec, in the buyer's words. */
export const wantedOf = (s: Quotes['specs'][number]) => `${{ is: '', min: '≥ ', max: '≤ ', range: '' }[s.op] ?? ''}${s.value}${s.value2 && `–${s.value2}`} ${s.unit}`.trim()

interface Props { specs: Quotes['specs']; lines: Line[]; onChange: (lines: Line[]) => void; errors: Record<string, string> }

/** An answer to each spec. None is given beforehand: what is promised was read. */
export function Lines({ specs, lines, onChange, errors }: Props) {
  if (lines.length === 0) return null
  const set = (i: number, change: Partial<Line>) => onChange(lines.map((l, n) => (n === i ? { ...l, ...change } : l)))
  const open = lines.filter((l) => !l.answer).length
  return (
    <div className="field">
      <span className="label">{t('app.quote.lines')} <small className="quiet">{t('app.quote.answered', lines.length - open, lines.length)}</small></span>
      {lines.map((l, i) => {
        const s = specs[i]!
        const error = errors[`lines[${i}].answer`]
        return (
          <fieldset className="quote-line" key={l.spec}>
            <legend>{s.name} <b>{wantedOf(s)}</b>{s.must && <span className="must"> *</span>}</legend>
            <div className="answers">
              {(['can', 'deviation', 'cannot'] as const).map((a) => (
                <label key={a} className={`chip ${l.answer === a ? a : ''}`}>
                  <input type="radio" name={`line-${i}`} checked={l.answer === a} aria-invalid={error && !l.answer ? true : undefined} onChange={() => set(i, { answer: a })} />{tOf('app.line', a)}
                </label>
              ))}
            </div>
            {l.answer === 'deviation' && <Input label={t('app.line.note')} value={l.note} onChange={(note) => set(i, { note })} error={errors[`lines[${i}].note`]} maxLength={120} required />}
            {error && !l.answer && <p className="field-error">{error}</p>}
          </fieldset>
        )
      })}
      {open > 0 && <button type="button" onClick={() => onChange(lines.map((l) => (l.answer ? l : { ...l, answer: 'can' })))}>{t('app.quote.allCan')}</button>}
    </div>
  )
}
