import { Hono } from 'hono'
import { answer } from '../answer.ts'
import { CacheKeys, CacheTags } from '../keys.ts'
import { isRegion, isReport } from '../vocabulary.ts'
import { badRequest } from './requests.ts'
import type { Services } from './services.ts'

/** Figures over thousands of rows. Not invalidated by writes: they may be a minute old. */
export function analyticsRoutes(services: Services): Hono {
  const { database } = services
  const routes = new Hono()

  routes.get('/:report/:region', (c) => {
    const { report, region } = c.req.param()
    if (!isReport(report) || !isRegion(region)) return badRequest(c, 'Expected a known report and region.')
    const key = CacheKeys.analytics(report, region)
    const load = () => database.call('report', { name: report, region })
    return answer(c, services, key, load, { ttl: 60, tags: [CacheTags.ANALYTICS] })
  })

  return routes
}
