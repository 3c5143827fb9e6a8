// The one live connection: a hint names what changed, and what shows it asks again.
import type { QueryClient } from '@tanstack/react-query'

export function follow(queries: QueryClient): () => void {
  const source = new EventSource('/api/live')
  source.addEventListener('hint', () => {
    void queries.invalidateQueries({ queryKey: ['proposals'] })
    void queries.invalidateQueries({ queryKey: ['introductions'] })
    void queries.invalidateQueries({ queryKey: ['listings'] })
    void queries.invalidateQueries({ queryKey: ['me'] })
    void queries.invalidateQueries({ queryKey: ['fair'] })
    void queries.invalidateQueries({ queryKey: ['notices'] })
  })
  // After a lost connection hints may have been missed.
  source.addEventListener('open', () => {
    void queries.invalidateQueries({ queryKey: ['proposals'] })
    void queries.invalidateQueries({ queryKey: ['introductions'] })
    void queries.invalidateQueries({ queryKey: ['notices'] })
    void queries.invalidateQueries({ queryKey: ['fair'] })
    void queries.invalidateQueries({ queryKey: ['me'] })
  })
  return () => source.close()
}
