import { Hono } from 'hono'
import { answer, answerChange } from '../answer.ts'
import { CacheKeys, CacheTags } from '../keys.ts'
import { isRegion } from '../vocabulary.ts'
import { badRequest } from './requests.ts'
import type { Services } from './services.ts'

/** Prices of a region: rarely written, read all the time. */
export function pricingRoutes(services: Services): Hono {
  const { database } = services
  const routes = new Hono()

  routes.get('/:region', (c) => {
    const region = c.req.param('region')
    if (!isRegion(region)) return badRequest(c, 'Expected a known region.')
    const key = CacheKeys.pricing(region)
    const load = () => database.call('prices', region)
    return answer(c, services, key, load, { ttl: 7_200, tags: [CacheTags.PRICING, `pricing:${region}`] })
  })

  routes.put('/:region/:plan', async (c) => {
    const { region, plan } = c.req.param()
    const { centsPerKwh } = await c.req.json<Record<string, unknown>>()
    if (typeof centsPerKwh !== 'number') return badRequest(c, 'Expected `centsPerKwh` to be a number.')
    return answerChange(c, services, () => database.call('setPrice', { region, plan, centsPerKwh }))
  })

  return routes
}
