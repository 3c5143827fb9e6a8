import type { Spec } from '../api'
import { t, tOf } from '../text'
import { blankSpec } from './form'

type Row = Required<Spec>
interface Props { specs: Row[]; onChange: (specs: Row[]) => void; errors: Record<string, string>; need: boolean }

/** The table of stated properties. */
export function Specs({ specs, onChange, errors, need }: Props) {
  const set = (i: number, part: Partial<Row>) => onChange(specs.map((s, n) => (n === i ? { ...s, ...part } : s)))
  return (
    <fieldset className="field specs">
      <legend>{t('app.form.specs')}</legend>
      {specs.map((s, i) => {
        const error = ['name', 'op', 'value', 'value2', 'unit'].map((f) => errors[`specs[${i}].${f}`]).find(Boolean)
        return (
          <div key={i} className="spec-row">
            <div className="spec">
              <input aria-label={t('app.spec.name')} placeholder={t('app.spec.name')} aria-invalid={errors[`specs[${i}].name`] ? true : undefined} value={s.name} onChange={(e) => set(i, { name: e.target.value })} />
              <select aria-label={t('app.spec.op')} value={s.op} onChange={(e) => set(i, { op: e.target.value })}>
                {['is', 'min', 'max', 'range'].map((o) => <option key={o} value={o}>{tOf('app.op', o)}</option>)}
              </select>
              <input aria-label={t('app.spec.value')} placeholder={t('app.spec.value')} aria-invalid={errors[`specs[${i}].value`] ? true : undefined} value={s.value} onChange={(e) => set(i, { value: e.target.value })} />
              {s.op === 'range' && <input aria-label={t('app.spec.value2')} placeholder={t('app.spec.value2')} aria-invalid={errors[`specs[${i}].value2`] ? true : undefined} value={s.value2} onChange={(e) => set(i, { value2: e.target.value })} />}
              <input className="short" aria-label={t('app.spec.unit')} placeholder={t('app.spec.unit')} value={s.unit} onChange={(e) => set(i, { unit: e.target.value })} />
              {need && <label className="check"><input type="checkbox" checked={s.must} onChange={(e) => set(i, { must: e.target.checked })} />{t('app.spec.must')}</label>}
              <button type="button" className="plain" aria-label={t('app.spec.remove', s.name)} onClick={() => onChange(specs.filter((_, n) => n !== i))}>×</button>
            </div>
            {error && <p className="field-error">{error}</p>}
          </div>
        )
      })}
      <button type="button" onClick={() => onChange([...specs, blankSpec()])}>{t('app.spec.add')}</button>
      {errors.specs && <p className="field-error">{errors.specs}</p>}
    </fieldset>
  )
}
