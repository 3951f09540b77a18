/** The cache keys of the Local Power API, for whoever answers under them or asks for them. */
export const CacheKeys = {
  lead: (id: number): string => `lead:${id}`,
  leadList: (query: string): string => `leads:list:${base64(query)}`,
  leadSearch: (query: string): string => `leads:search:${base64(query)}`,
  user: (id: number): string => `user:${id}`,
  users: (page: number): string => `users:list:${page}`,
  pricing: (region: string): string => `pricing:${region}`,
  analytics: (report: string, region: string): string => `analytics:${report}:${region}`,
} as const

/** What can be invalidated as a whole. */
export const CacheTags = { LEADS: 'leads', USERS: 'users', PRICING: 'pricing', ANALYTICS: 'analytics' } as const

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
