import { createRequire } from 'node:module'

const { resolve } = createRequire(import.meta.url)

/** @type {import('next').NextConfig} */
export default {
  cacheComponents: true,
  cacheHandlers: { default: resolve('holdfast/next/use-cache') },
  cacheHandler: resolve('holdfast/next/isr'),
  cacheMaxMemorySize: 0,
  // Nobody builds it twice.
  experimental: { turbopackFileSystemCacheForBuild: false },
  turbopack: { root: new URL('../../../../..', import.meta.url).pathname },
}
