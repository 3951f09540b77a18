import { LoadRejectedError, LoadTimeoutError } from 'holdfast'
import { Hono } from 'hono'
import type { ApiMode } from './cache.ts'
import { createMeters } from './meters.ts'
import { analyticsRoutes } from './routes/analytics.ts'
import { leadRoutes } from './routes/leads.ts'
import { operationRoutes } from './routes/operations.ts'
import { pricingRoutes } from './routes/pricing.ts'
import type { Services } from './routes/services.ts'
import { userRoutes } from './routes/users.ts'

/** The Local Power API: leads, users, pricing and analytics of a company that sells solar power, on a real database. */
export function createApi(mode: ApiMode, services: Services): Hono {
  const { cache, tally } = services
  const api = new Hono()
  api.route('/api/leads', leadRoutes(services))
  api.route('/api/users', userRoutes(services))
  api.route('/api/pricing', pricingRoutes(services))
  api.route('/api/analytics', analyticsRoutes(services))
  api.get('/api/cache-status', (c) => cache.cacheStatus.GET(c.req.raw))
  api.post('/api/cache-status', (c) => cache.cacheStatus.POST(c.req.raw))
  api.route('/', operationRoutes(services, createMeters(mode, services)))
  api.onError((error, c) => {
    tally.failures++
    // The database has more to do than it can: say so, rather than wait for ever.
    const isBusy = error instanceof LoadRejectedError || error instanceof LoadTimeoutError
    return c.json({ error: `${error.name}: ${error.message}` }, isBusy ? 503 : 500)
  })
  return api
}
