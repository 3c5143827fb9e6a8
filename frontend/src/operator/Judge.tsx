import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { fieldsOf } from '../api'
import { t, tOf } from '../text'
import { Fault } from '../ui/ui'

export type Decision = {
  status: 'approved' | 'returned' | 'suspended'
  reason?: string
  level?: '' | 'reviewed' | 'visited'
  basis?: string
}

interface Props {
  of: 'enterprise' | 'listing' | 'claim' | 'honour'
  send: (d: Decision) => Promise<unknown>
  acts?: Decision['status'][]
  known?: boolean // it was verified before: nothing waits for an answer
  children?: ReactNode
}

/** Approve with a basis, or return and suspend with a reason. */
export function Judge({ of, send, children, known, acts = ['returned', 'suspended', 'approved'] }: Props) {
  const queries = useQueryClient()
  const [status, setStatus] = useState<Decision['status'] | ''>('')
  const [text, setText] = useState('')
  const [level, setLevel] = useState<'reviewed' | 'visited'>('reviewed')
  const decide = useMutation({
    mutationFn: (d: Decision) => send(d),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['reviews'] })
      void queries.invalidateQueries({ queryKey: ['firms'] })
    },
    onSuccess: () => setStatus(''),
  })
  const errors = fieldsOf(decide.error)
  const approvesFirm = status === 'approved' && of === 'enterprise'
  const submit = () => decide.mutate(status === 'approved' ? { status, level: approvesFirm ? level : '', basis: approvesFirm ? text : '' } : { status: status || 'returned', reason: text })
  return (
    <div className="foot judge">
      {children}
      {status === '' ? (
        <div className="acts">
          {acts.map((s) => (
            <button key={s} type="button" className={s === 'approved' ? (known ? '' : 'primary') : s === 'suspended' ? 'plain' : ''} disabled={decide.isPending}
              onClick={() => (s === 'approved' && of !== 'enterprise' ? decide.mutate({ status: s }) : (setStatus(s), setText('')))}>
              {s === 'approved' && known ? t('app.judge.again') : tOf('app.judge', s)}{!(s === 'approved' && of !== 'enterprise') && '…'}
            </button>
          ))}
        </div>
      ) : (
        <form className="acts" onSubmit={(e) => { e.preventDefault(); submit() }}>
          {approvesFirm && (
            <select aria-label={t('app.verified')} value={level} onChange={(e) => setLevel(e.target.value as typeof level)}>
              <option value="reviewed">{tOf('level', 'reviewed')}</option>
              <option value="visited">{tOf('level', 'visited')}</option>
            </select>
          )}
          <input aria-label={t(approvesFirm ? 'app.verified.basis' : 'app.judge.reason')} placeholder={t(approvesFirm ? 'app.verified.basisHint' : 'app.judge.reasonHint')}
            value={text} maxLength={200} aria-invalid={errors.reason || errors.basis ? true : undefined} onChange={(e) => setText(e.target.value)} />
          <button type="button" className="plain" onClick={() => setStatus('')}>{t('app.cancel')}</button>
          <button className="primary" disabled={decide.isPending}>{tOf('app.judge', status)}</button>
        </form>
      )}
      <Fault error={decide.error} />
    </div>
  )
}
