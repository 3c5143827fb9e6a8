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

export function switchLanguage(): void {
  const next = language === 'en' ? 'zh-CN' : 'en'
  document.cookie = `lang=${next}; path=/; max-age=31536000; samesite=lax`
  location.reload()
}
