// #region http
import { cacheResponse } from '@holdfast/http'
import { createCache, memoryStore } from 'holdfast'

const cache = createCache({ memory: memoryStore({ maxBytes: '64mb' }) })

const cached = cacheResponse(cache, {
  ttl: '1m',
  grace: '1h',
  tags: (request) => [`shop:${new URL(request.url).searchParams.get('shop')}`],
  invalidates: (request) => [`shop:${new URL(request.url).searchParams.get('shop')}`],
})

export const GET = cached(async (request) => Response.json(await listItems(request)))
// A mutation ends what it has made untrue before it is answered.
export const POST = cached(async (request) => Response.json(await addItem(request), { status: 201 }))
// #endregion http

// #region tenants
const forTenant = cacheResponse(cache, {
  ttl: '1m',
  // By what answers differ: without it, a request with credentials is never answered from another's.
  vary: ['Authorization'],
})
const account = forTenant((request) => Response.json({ for: request.headers.get('authorization') }))
// #endregion tenants

// #region languages
const localized = cacheResponse(cache, {
  ttl: '1h',
  // Of all that browsers send, this site knows two languages.
  vary: { 'Accept-Language': (value) => (value?.toLowerCase().startsWith('de') === true ? 'de' : 'en') },
})
// #endregion languages
const greeting = localized((request) => new Response(request.headers.get('accept-language')))

const items: string[] = ['lamp']

async function listItems(_request: Request): Promise<readonly string[]> {
  return items
}

async function addItem(request: Request): Promise<string> {
  items.push(await request.text())
  return items.at(-1)!
}

const url = 'https://shop.example/items?shop=1'
const before = await GET(new Request(url))
await before.text()
const hit = await GET(new Request(url))
await POST(new Request(url, { method: 'POST', body: 'chair' }))
const after = await GET(new Request(url))
console.log(before.headers.get('cache-status'), hit.headers.get('cache-status'), await after.text())
if (!hit.headers.get('cache-status')!.includes('hit') || items.length !== 2) process.exitCode = 1

const answers = ['ann', 'bob', 'ann'].map(async (authorization) => {
  const response = await account(new Request('https://shop.example/me', { headers: { authorization } }))
  return (await response.json()) as { readonly for: string }
})
const [ann, bob] = await Promise.all(answers)
if (ann!.for !== 'ann' || bob!.for !== 'bob') process.exitCode = 1

const hello = async (language: string): Promise<string> => {
  const response = await greeting(new Request('https://shop.example/', { headers: { 'accept-language': language } }))
  return response.text()
}
if ((await hello('de-AT')) !== (await hello('de'))) process.exitCode = 1
await cache.close()
