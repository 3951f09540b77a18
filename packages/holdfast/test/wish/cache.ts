// An application's lib/cache/middleware.ts.
import { base64, createKit } from 'holdfast'

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
  close,
} = createKit({
  name: 'wish',
  keys: {
    lead: (id: string) => `lead:${id}`,
    leadList: (query: string) => `leads:list:${base64(query)}`,
    pricing: (region: string) => `pricing:${region}`,
    analytics: (report: string, range: string) => `analytics:${report}:${range}`,
  },
  tags: { LEADS: 'leads', USERS: 'users', ANALYTICS: 'analytics', PRICING: 'pricing' },
  warm: [{ key: 'pricing:california', load: () => ({ dollars: 12 }), ttl: 7200, tags: ['pricing'] }],
})
