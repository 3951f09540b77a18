import { createRequire } from 'node:module'
import { createKit } from 'holdfast'
import { createCacheHandler, createIsrCacheHandler } from 'holdfast/next'

// #region config
const { resolve } = createRequire(import.meta.url)

const nextConfig = {
  cacheComponents: true,
  cacheHandlers: { default: resolve('holdfast/next/use-cache') }, // 'use cache'
  cacheHandler: resolve('holdfast/next/isr'), // pages, routes, fetch, images
  cacheMaxMemorySize: 0, // no memory of Next's own besides
}
// #endregion config

// #region handlers
// What the application caches itself, and what Next caches for it: one connection, one memory, one vocabulary of tags.
const { cache, cacheWrapper, CacheInvalidator, close } = createKit({ tags: { POSTS: 'posts' } })

const useCacheHandler = createCacheHandler({ cache }) // the default export of the file that `cacheHandlers` names
const IsrHandler = createIsrCacheHandler({ cache, maxAge: '7d' }) // of the one that `cacheHandler` names
// #endregion handlers

// As Next calls them.
await useCacheHandler.get('latest', ['_N_T_/blog'])
await useCacheHandler.set(
  'latest',
  Promise.resolve({
    value: new Blob(['a post']).stream() as ReadableStream<Uint8Array>,
    tags: ['posts'],
    timestamp: performance.timeOrigin + performance.now(),
    stale: 300,
    revalidate: 900,
    expire: 3600,
  }),
)
const found = await useCacheHandler.get('latest', ['_N_T_/blog'])
const text = found && (await new Response(found.value).text())

await cacheWrapper('post:1', async () => 'a post', { tags: ['posts'] })
await CacheInvalidator.invalidatePosts()
const gone = await useCacheHandler.get('latest', ['_N_T_/blog'])

const isr = new IsrHandler({})
await isr.set('/blog', { kind: 'PAGES' }, { kind: 'PAGES', cacheControl: { revalidate: 60 } })
await isr.revalidateTag('_N_T_/blog')
const page = await isr.get('/blog', { kind: 'PAGES' })

console.log(Object.keys(nextConfig), text, gone, page)
await close()
if (text !== 'a post' || gone !== undefined || page !== null) process.exitCode = 1
