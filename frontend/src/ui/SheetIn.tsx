import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { components } from '../schema'
import { t, tOf } from '../text'
import { Fault, Field } from './ui'

type Result = components['schemas']['SheetResult']
const shown = 200

/** The body of an upload of one file. */
export function fileBody(file: File) {
  const body = new FormData()
  body.append('file', file)
  return { body: body as never, bodySerializer: (b: unknown) => b as FormData }
}

/** A table from the officer's own folder: tried first, then the good rows are kept. */
export function SheetIn({ template, send, kept }: { template: string; send: (file: File, keep: boolean) => Promise<Result>; kept: () => void }) {
  const [file, setFile] = useState<File | null>(null)
  const look = useMutation({ mutationFn: (f: File) => send(f, false) })
  const keep = useMutation({ mutationFn: (f: File) => send(f, true), onSuccess: kept })
  const choose = (f: File) => { setFile(f); keep.reset(); look.mutate(f) }
  const again = () => { setFile(null); look.reset(); keep.reset() }
  const r = keep.data ?? look.data
  const good = r ? (r.count.created ?? 0) + (r.count.updated ?? 0) : 0
  const counts = r ? ['created', 'updated', 'same', 'firms', 'bad'].map((k) => r.count[k] ?? 0) : []
  return (
    <div className="sheet-in">
      <div className="row">
        <Field label={t('intake.file')}>{(p) => <input {...p} type="file" accept=".xlsx,.csv,.tsv,.txt" disabled={look.isPending || keep.isPending} onChange={(e) => { const f = e.target.files?.[0]; if (f) choose(f); e.target.value = '' }} />}</Field>
        <a className="button row-act" href={template}>{t('intake.template')}</a>
      </div>
      {file && <p className="quiet">{file.name}</p>}
      {(look.isPending || keep.isPending) && <p className="good" role="status">{t(keep.isPending ? 'intake.keeping' : 'intake.check')} <progress aria-label={t('intake.check')} /></p>}
      <Fault error={look.error ?? keep.error} />
      {r && !look.isPending && !keep.isPending && (
        <>
          <p className="good" role="status">{t(r.done ? 'intake.done' : 'intake.found', ...counts)}</p>
          {r.ignored.length > 0 && <p className="quiet">{t('intake.ignored', r.ignored.join('、'))}</p>}
          <p className="acts">
            {!r.done && file && <button type="button" className="primary" disabled={good === 0} onClick={() => keep.mutate(file)}>{good > 0 ? t('intake.keep', good) : t('intake.nothing')}</button>}
            <button type="button" onClick={again}>{t('intake.again')}</button>
          </p>
          <Bad result={r} name={file?.name ?? ''} />
          <Good result={r} />
        </>
      )}
    </div>
  )
}

function Bad({ result: r, name }: { result: Result; name: string }) {
  if (r.bad.length === 0) return null
  return (
    <div>
      <h2>{t('intake.bad')}</h2>
      <p className="acts"><span className="quiet grow">{t('intake.badHint')}</span><a className="button" download={`${name.replace(/\.\w+$/, '')}-${t('intake.bad')}.csv`} href={badBook(r)}>{t('intake.badBook')}</a></p>
      <div className="scroll" role="region" aria-label={t('intake.bad')} tabIndex={0}>
        <table>
          <thead><tr><th scope="col">{t('intake.row')}</th><th scope="col">{t('intake.column')}</th><th scope="col">{t('intake.value')}</th><th scope="col">{t('intake.remedy')}</th></tr></thead>
          <tbody>{r.bad.map((b, i) => <tr key={i}><td>{b.row}</td><td>{b.column}</td><td>{b.value || '—'}</td><td className="field-error">{b.remedy}</td></tr>)}</tbody>
        </table>
      </div>
    </div>
  )
}

/** The bad rows as CSV that Excel opens, no cell a formula. */
export function badBook(r: Pick<Result, 'bad'>): string {
  const cell = (x: string | number) => `"${String(x).replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`
  const lines = [[t('intake.row'), t('intake.column'), t('intake.value'), t('intake.remedy')], ...r.bad.map((b) => [b.row, b.column, b.value, b.remedy])]
  return 'data:text/csv;charset=utf-8,' + encodeURIComponent('\ufeff' + lines.map((l) => l.map(cell).join(',')).join('\r\n'))
}

function Good({ result: r }: { result: Result }) {
  if (r.good.length === 0) return null
  return (
    <div>
      <h2>{t('intake.good')}</h2>
      <div className="scroll" role="region" aria-label={t('intake.good')} tabIndex={0}>
        <table>
          <thead><tr><th scope="col">{t('intake.row')}</th><th scope="col">{t('intake.firm')}</th><th scope="col">{t('intake.read')}</th><th scope="col"><span className="hide">{t('intake')}</span></th></tr></thead>
          <tbody>{r.good.slice(0, shown).map((g) => (
            <tr key={g.row}><td>{g.row}</td><td>{g.firm_id ? <a href={`/enterprises/${g.firm_id}`}>{g.firm}</a> : g.firm}{g.fresh && <small> {t('intake.fresh')}</small>}</td><td>{g.text}{g.warning && <p className="held">{g.warning}</p>}</td><td>{tOf('intake', g.what)}</td></tr>
          ))}</tbody>
        </table>
      </div>
      {r.good.length > shown && <p className="quiet">{t('intake.more', shown)}</p>}
    </div>
  )
}
