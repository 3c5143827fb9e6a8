// Texts come from the same two catalogues that the server's pages use.
import type zh from '../text/zh-CN.json'

export type Key = keyof typeof zh

export const language = /(?:^|; )lang=en/.test(document.cookie) ? 'en' : 'zh-CN'
let catalogue: Record<string, string> = {}

export async function loadTexts(): Promise<void> {
  const loaded = language === 'en' ? await import('../text/en.json') : await import('../text/zh-CN.json')
  catalogue = loaded.default
  document.documentElement.lang = language
}

/** The text of a key with {0}, {1} … replaced. */
export function t(key: Key, ...args: (string | number)[]): string {
  return (catalogue[key] ?? key).replace(/\{(\d)\}/g, (_, n: string) => String(args[Number(n)] ?? ''))
}

/** For keys built from data, such as a status. */
export function tOf(prefix: string, name: string): string {
  return catalogue[`${prefix}.${name}`] ?? name
}

/** A day or a moment as people here read it. */
const china = 8 * 3_600_000
/** The clock of China, whatever the browser's: fairs, deadlines and days of the ledger are counted by it. */
const inChina = (ms: number): string => new Date(ms + china).toISOString()
export const day = (iso: string): string => new Date(iso).toLocaleDateString(language, { month: 'numeric', day: 'numeric' })
export const today = (): string => inDays(0)
export const inDays = (n: number): string => inChina(Date.now() + n * 86_400_000).slice(0, 10)
/** The time of day at a fair, and with the day before it. */
export const clock = (iso: string): string => inChina(Date.parse(iso)).slice(11, 16)
export const dayClock = (iso: string): string => inChina(Date.parse(iso)).slice(5, 16).replace('T', ' ')
export const moment = (iso: string): string => new Date(iso).toLocaleString(language, { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' })

export function switchLanguage(): void {
  const next = language === 'en' ? 'zh-CN' : 'en'
  document.cookie = `lang=${next}; path=/; max-age=31536000; samesite=lax`
  location.reload()
}

/** Yuan as people write them: 22600.00 is 22,600. */
export const money = (yuan: string): string => Number(yuan).toLocaleString('zh-CN', { maximumFractionDigits: 2 })

/** A sum of yuan: with both digits of fen where it has any. */
const sum = (yuan: string): string => Number(yuan).toLocaleString('zh-CN', { minimumFractionDigits: Number.isInteger(Number(yuan)) ? 0 : 2, maximumFractionDigits: 2 })

interface Said { amount: string; amount_to?: string; band?: boolean }

/** The lower ends of the bands in which an amount can be said; each ends where the next begins: market.Bands. */
const bandStarts = ['1000', '10000', '100000', '500000', '1000000', '5000000']
export const bands: Said[] = bandStarts.map((amount, i) => ({ amount, amount_to: bandStarts[i + 1] ?? '', band: true }))

/** An amount as it was said: ¥820,000, or 50–100 万元. */
export function saidOf(s: Said): string {
  if (!s.band) return s.amount && `¥${sum(s.amount)}`
  const [from, to] = [Number(s.amount), Number(s.amount_to || 0)]
  if (language === 'en') return to ? t('band.yuan', money(s.amount), money(String(to))) : t('band.up', money(s.amount))
  if (!to) return t('band.up', from / 10_000)
  return from < 10_000 ? t('band.yuan', money(s.amount), to / 10_000) : t('band.wan', from / 10_000, to / 10_000)
}

interface Amount { amount?: string; unit?: string; per?: string }

/** How much, how often; empty when it is not said. */
export const amountOf = (q: Amount): string => (q.amount && q.amount !== '0' ? `${money(q.amount)} ${q.unit ?? ''}${q.per === 'month' ? t('app.perMonth') : ''}` : '')

export const priceOf = (p: { negotiable?: boolean; amount?: string; unit?: string }): string => (p.negotiable || !p.amount ? t('app.negotiable') : `¥${money(p.amount)}/${p.unit ?? ''}`)
