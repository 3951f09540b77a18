import { Hono } from 'hono'
import { answer, answerChange } from '../answer.ts'
import { CacheKeys, CacheTags } from '../keys.ts'
import { isRegion, isStatus } from '../vocabulary.ts'
import { badRequest, readId, readPage } from './requests.ts'
import type { Services } from './services.ts'

/** Lists, search, detail and writes of leads. What a write changed is never answered afterwards. */
export function leadRoutes(services: Services): Hono {
  const { database } = services
  const routes = new Hono()

  routes.get('/', (c) => {
    const { region = '', status = '', page = '1' } = c.req.query()
    if (!isRegion(region) || !isStatus(status)) return badRequest(c, 'Expected `region` and `status`.')
    const key = CacheKeys.leadList(`region=${region}&status=${status}&page=${readPage(page)}`)
    const load = () => database.call('leadList', { region, status, page: readPage(page) })
    return answer(c, services, key, load, { ttl: 300, tags: [CacheTags.LEADS, `leads:${region}:${status}`] })
  })

  // Not invalidated by writes: a search may be two minutes old.
  routes.get('/search', (c) => {
    const { region = '', q: text = '' } = c.req.query()
    if (!isRegion(region) || text === '') return badRequest(c, 'Expected `region` and `q`.')
    const key = CacheKeys.leadSearch(`region=${region}&q=${text}`)
    const load = () => database.call('leadSearch', { region, text })
    return answer(c, services, key, load, { ttl: 120, tags: [CacheTags.LEADS] })
  })

  routes.get('/:id', (c) => {
    const id = readId(c.req.param('id'))
    const key = CacheKeys.lead(id)
    const load = () => database.call('lead', id)
    return answer(c, services, key, load, { ttl: 300, tags: [CacheTags.LEADS, `lead:${id}`] })
  })

  routes.post('/', async (c) => {
    const { name, region = '', source, note } = await c.req.json<Record<string, string>>()
    if (!isRegion(region) || name === undefined || source === undefined)
      return badRequest(c, 'Expected `name`, `region` and `source`.')
    return answerChange(c, services, () => database.call('createLead', { name, region, source, note: note ?? '' }))
  })

  routes.patch('/:id', async (c) => {
    const { status, note } = await c.req.json<Record<string, string>>()
    if (status !== undefined && !isStatus(status)) return badRequest(c, 'Expected a known `status`.')
    const id = readId(c.req.param('id'))
    return answerChange(c, services, () => database.call('changeLead', { id, status, note }))
  })

  return routes
}
