import { importLine } from './import-line.ts'
/** `lib/cache/middleware.ts`: the kit. */
export function kitModule(): string {
  return `${importLine('import { base64, createKit }', 'holdfast')}

// The application's cache. Where Redis is, and how long entries live, is said by the environment: see .env.example.
// Numbers are seconds. Nothing is opened before it is used.
export const {
  Cache,
  CacheKeys,
  CacheTags,
  cacheWrapper,
  withCache,
  CacheInvalidator,
  CacheMonitor,
  CacheWarmer,
  cacheStatus,
  cache,
  close,
} = createKit({
  // Every key in one place: CacheKeys.item('123') is 'item:123'.
  keys: {
    item: (id: string) => \`item:\${id}\`,
    itemList: (query: string) => \`items:list:\${base64(query)}\`,
  },
  // Each gives an invalidation: CacheInvalidator.invalidateItems().
  tags: { ITEMS: 'items' },
  // What to load ahead: on start with CACHE_WARM_ON_START=true, every 30 minutes in production, by \`holdfast warm\`.
  warm: [
    // { key: 'item:1', load: () => loadItem('1'), ttl: 7200, tags: ['items'] },
  ],
})
`
}

/** `lib/cache/redis.ts`: direct access. */
export function redisModule(extension: string): string {
  return `// Direct access: Cache.get(key), Cache.set(key, data, 3600, ['tag']), Cache.remember(key, load, 3600, ['tag']).
${importLine('export { Cache, cache, close }', `./middleware${extension}`)}
`
}
