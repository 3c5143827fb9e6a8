// What was typed into a form and not yet kept by the server outlives a closed
// window. It is one person's: another one at the same PC does not get to see it.
import { actingFor } from './api'

const prefix = 'lianqiao.form.'

/** The name of a copy: whose, for which firm, of what. */
export const copyName = (userId: string, of: string) => `${prefix}${userId}.${actingFor.get()}.${of}`

export function readCopy<T>(name: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null') as T | null
  } catch {
    return null
  }
}

export const keepCopy = (name: string, value: unknown) => localStorage.setItem(name, JSON.stringify(value))
export const dropCopy = (name: string) => localStorage.removeItem(name)

/** Leaves nothing behind at a PC that others use, too. */
export function dropCopies() {
  for (const name of Object.keys(localStorage)) if (name.startsWith(prefix)) localStorage.removeItem(name)
}
