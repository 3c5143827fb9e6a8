// Province, city and county as three plain selects: they fit any phone.
import { useQuery } from '@tanstack/react-query'
import { api, ok } from '../api'
import { t } from '../text'

interface Props { value: string; onChange: (code: string) => void; error?: string }

export function RegionSelect({ value, onChange, error }: Props) {
  const { data } = useQuery({ queryKey: ['regions'], staleTime: Infinity, queryFn: () => ok(api.GET('/api/regions')) })
  const all = data?.items ?? []
  const byCode = new Map(all.map((r) => [r.code, r]))
  const path: string[] = []
  for (let r = byCode.get(value); r; r = byCode.get(r.parent)) path.unshift(r.code)
  const levels = ['', ...path].map((parent) => ({ parent, options: all.filter((r) => (r.parent || '') === parent) })).filter((l) => l.options.length > 0)
  return (
    <fieldset className="field region">
      <legend>{t('app.region')}<span className="must" aria-hidden="true"> *</span></legend>
      <div className="row">
        {levels.map((level, i) => (
          <select key={level.parent} aria-label={t('app.region.level', i + 1)} aria-invalid={error ? true : undefined} value={path[i] ?? ''} onChange={(e) => onChange(e.target.value || path[i - 1] || '')}>
            <option value="">{t('app.choose')}</option>
            {level.options.map((r) => <option key={r.code} value={r.code}>{r.name}</option>)}
          </select>
        ))}
      </div>
      {error && <p className="field-error">{error}</p>}
    </fieldset>
  )
}
