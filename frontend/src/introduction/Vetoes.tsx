import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, ok } from '../api'
import { t, tOf } from '../text'
import { Fault, Firm } from '../ui/ui'

/** Firms that one's own is never proposed to again, and the way back. */
export function Vetoes() {
  const queries = useQueryClient()
  const list = useQuery({ queryKey: ['vetoes'], queryFn: () => ok(api.GET('/api/my/vetoes')) })
  const back = useMutation({
    mutationFn: (id: string) => ok(api.DELETE('/api/my/vetoes/{id}', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['vetoes'] }),
  })
  if (!list.data?.items.length) return null
  return (
    <section>
      <h2 className="gap">{t('app.vetoes')}</h2>
      <p className="aside">{t('app.veto.hint')}</p>
      <Fault error={back.error} />
      {list.data.items.map((v) => (
        <article className="card line" key={v.enterprise.id}>
          <div><Firm firm={v.enterprise} /> <span className="quiet">{tOf('app.answer', v.answer)}</span></div>
          <button type="button" onClick={() => back.mutate(v.enterprise.id)}>{t('app.veto.back')}</button>
        </article>
      ))}
    </section>
  )
}
