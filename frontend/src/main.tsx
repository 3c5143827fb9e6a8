import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import '../pages/tokens.css'
import './app.css'
import { ApiError, lapsed } from './api'
import { forgetDesk, restoreDesk } from './fair/offline'
import { Shell } from './Shell'
import { loadTexts } from './text'

// Who was signed in and is no longer (too long away, signed out elsewhere) comes
// to the door, and from there back to where he was.
function onError(e: unknown) {
  if (!(e instanceof ApiError) || e.status !== 401 || !queries.getQueryData(['me'])) return
  sessionStorage.setItem(lapsed, '1')
  forgetDesk()
  queries.setQueryData(['me'], null)
}

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: { queries: { retry: (n, e) => !(e instanceof ApiError) && n < 3, refetchOnWindowFocus: true } },
})

void Promise.all([loadTexts(), restoreDesk(queries)]).then(() => {
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <BrowserRouter basename="/app">
          <Shell />
        </BrowserRouter>
      </QueryClientProvider>
    </StrictMode>,
  )
})
