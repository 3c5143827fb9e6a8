// The worker of the desk's page (see offline.ts). It keeps the files of the app
// that the desk needs, which the build writes in below, and nothing that the
// server answers to a question: no name, no list.
const files = ['DESK_FILES']
const name = 'desk-' + 'DESK_VERSION'
const patience = 4000 // ms, as in offline.ts

self.addEventListener('install', (e) => {
  self.skipWaiting()
  e.waitUntil(caches.open(name).then((kept) => kept.addAll(files)))
})

self.addEventListener('activate', (e) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((n) => n !== name).map((n) => caches.delete(n))))
  e.waitUntil(old.then(() => self.clients.claim()))
})

self.addEventListener('fetch', (e) => {
  const url = new URL(e.request.url)
  if (e.request.method !== 'GET' || url.origin !== location.origin) return
  if (e.request.mode === 'navigate') e.respondWith(page(e.request))
  else if (url.pathname.startsWith('/app/assets/')) e.respondWith(kept(e.request.url).then((found) => found ?? fetch(e.request)))
})

const kept = (url) => caches.match(url, { ignoreVary: true })

/** The page from the network, and from the cupboard where that fails or hangs. */
async function page(request) {
  const asked = fetch(request)
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error('late')), patience))
  try {
    const answer = await Promise.race([asked, late])
    if (answer.status < 500) return answer
  } catch {
    // No network: below.
  }
  return (await kept('/app/')) ?? asked
}
