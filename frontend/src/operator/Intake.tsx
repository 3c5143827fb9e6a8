import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ok } from '../api'
import { t, tOf } from '../text'
import { fileBody, SheetIn } from '../ui/SheetIn'
import { Fault, Loading, Select } from '../ui/ui'

const kinds = ['listings', 'firms'] as const

/** The association's own tables: what its firms offer and seek, and the firms themselves. */
export default function Intake() {
  const queries = useQueryClient()
  const clusters = useQuery({ queryKey: ['operated'], queryFn: () => ok(api.GET('/api/operator/clusters')) })
  const [kind, setKind] = useState<(typeof kinds)[number]>('listings')
  const [chosen, setChosen] = useState('')
  if (clusters.isPending) return <Loading />
  if (clusters.error) return <Fault error={clusters.error} />
  const cluster = chosen || (clusters.data.items[0]?.id ?? '')
  return (
    <>
      <h1>{t('intake')}</h1>
      <p className="aside">{t('intake.hint')}</p>
      <div className="card line-block">
        <div className="row">
          <Select label={t('intake.what')} value={kind} onChange={(k) => setKind(k as typeof kind)} options={kinds.map((k) => ({ value: k, name: tOf('intake.kind', k) }))} />
          {clusters.data.items.length > 1 && <Select label={t('intake.cluster')} value={cluster} onChange={setChosen} options={clusters.data.items.map((c) => ({ value: c.id, name: c.name }))} />}
        </div>
        <SheetIn key={kind + cluster} template={`/api/operator/sheets/${kind}`} kept={() => void queries.invalidateQueries()}
          send={(file, keep) => ok(api.POST('/api/operator/sheets/{kind}', { params: { path: { kind }, query: { cluster, keep } }, ...fileBody(file) }))} />
      </div>
    </>
  )
}
