// The one HTTP client. Every answer that is not a success becomes an ApiError,
// whose texts the server has already written in the reader's language.
import createClient from 'openapi-fetch'
import type { components, paths } from './schema'

export type Listing = components['schemas']['Listing']
export type ListingInput = components['schemas']['ListingInput']
export type ListingCard = components['schemas']['ListingCard']
export type Proposal = components['schemas']['Proposal']
export type Preference = components['schemas']['Preference']
export type Introduction = components['schemas']['Introduction']
export type Message = components['schemas']['Message']
export type Review = components['schemas']['Review']
export type FileInfo = components['schemas']['FileInfo']
export type Quotes = components['schemas']['QuotesOutputBody']
export type Me = components['schemas']['Me']
export type Spec = components['schemas']['Spec']

/** The firm that an officer acts for in this window, if any. */
export const actingFor = {
  get: () => sessionStorage.getItem('acting-for') ?? '',
  begin: (firm: string) => { sessionStorage.setItem('acting-for', firm); location.assign('/app/listings') },
  end: () => { sessionStorage.removeItem('acting-for'); location.assign('/app/operator/firms') },
}

export const api = createClient<paths>({
  baseUrl: '',
  fetch: (r) => {
    if (actingFor.get()) r.headers.set('X-Acting-For', actingFor.get())
    return globalThis.fetch(r)
  },
})

/** Under this name this window remembers that its session ended by itself. */
export const lapsed = 'session-lapsed'

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly fields: Record<string, string>,
  ) {
    super(message)
  }
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** Unwraps an answer or throws an ApiError. */
export async function ok<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call
  if (response.ok) return data as T
  const problem = (error ?? {}) as { detail?: string; title?: string; errors?: { field: string; message: string }[] }
  const fields: Record<string, string> = {}
  for (const e of problem.errors ?? []) fields[e.field] ??= e.message
  throw new ApiError(response.status, problem.detail || problem.title || String(response.status), fields)
}

export function fieldsOf(error: unknown): Record<string, string> {
  return error instanceof ApiError ? error.fields : {}
}
