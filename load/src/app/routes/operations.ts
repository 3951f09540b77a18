import { Hono } from 'hono'
import type { Meters } from '../meters.ts'
import type { Services } from './services.ts'

/** What a load run asks and tells an API process. No application would have these. */
export function operationRoutes({ cache, loads }: Services, meters: Meters): Hono {
  const routes = new Hono()

  routes.get('/__stats', async (c) => c.json(await meters.read()))

  routes.get('/__alerts', (c) => c.json(cache.alerts?.history() ?? []))

  routes.get('/__loads', (c) => c.json({ count: loads.countOf(c.req.query('key') ?? '') }))

  routes.post('/__fault', async (c) => {
    loads.fault = { ...loads.fault, ...(await c.req.json<Partial<typeof loads.fault>>()) }
    return c.json(loads.fault)
  })

  routes.post('/__expire', async (c) => {
    const { keys } = await c.req.json<{ readonly keys: readonly string[] }>()
    return c.json(await cache.expire(keys))
  })

  routes.post('/__invalidate', async (c) => {
    const { tags } = await c.req.json<{ readonly tags: readonly string[] }>()
    return c.json(await cache.CacheInvalidator.invalidateByTags(tags))
  })

  routes.post('/__storm', async (c) => {
    const { tag, times } = await c.req.json<{ readonly tag: string; readonly times: number }>()
    for (let i = 0; i < times; i++) await cache.CacheInvalidator.invalidateByTags([tag])
    return c.json({ times })
  })

  return routes
}
