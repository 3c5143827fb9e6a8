import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import '../pages/tokens.css'
import './app.css'
import { ApiError } from './api'
import { Shell } from './Shell'
import { loadTexts } from './text'

const queries = new QueryClient({
  defaultOptions: { queries: { retry: (n, e) => !(e instanceof ApiError) && n < 3, refetchOnWindowFocus: true } },
})

void loadTexts().then(() => {
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
