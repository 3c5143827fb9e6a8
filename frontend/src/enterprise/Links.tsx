import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ok } from '../api'
import { t } from '../text'
import { Combo } from '../ui/Combo'

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

/** What no class is called, such as 铝棒, is read as a product. */
function Search({ all, add, error }: { all: Class[]; add: (code: string) => void; error?: string }) {
  const [text, setText] = useState('')
  const word = text.trim()
  const named = word ? all.filter((c) => c.code.startsWith(word) || c.name.includes(word)) : []
  const product = useQuery({
    queryKey: ['classOf', word], enabled: word.length > 1 && named.length === 0 && all.length > 0, staleTime: Infinity,
    queryFn: () => ok(api.POST('/api/read', { body: { title: word } })),
  })
  const guess = product.data?.class
  const found = (named.length > 0 ? named : all.filter((c) => c.code === guess?.code)).slice(0, shown)
  return (
    <Combo label={t('record.links.search')} hint={t('record.links.hint')} list={t('record.links')} none={t('record.links.none')} error={error} searching={product.isFetching}
      text={text} onText={setText} found={found.map((c) => ({ id: c.code, name: c.name, note: c.code }))} take={(o) => { add(o.id); setText('') }} />
  )
}
