import { Hono } from 'hono'
import { answer } from '../answer.ts'
import { CacheKeys, CacheTags } from '../keys.ts'
import { readId, readPage } from './requests.ts'
import type { Services } from './services.ts'

/** Sales people. Their figures may be five minutes old. */
export function userRoutes(services: Services): Hono {
  const { database } = services
  const routes = new Hono()

  routes.get('/', (c) => {
    const page = readPage(c.req.query('page') ?? '1')
    const key = CacheKeys.users(page)
    const load = () => database.call('users', page)
    return answer(c, services, key, load, { ttl: 3_600, tags: [CacheTags.USERS] })
  })

  routes.get('/:id', (c) => {
    const id = readId(c.req.param('id'))
    const key = CacheKeys.user(id)
    const load = () => database.call('user', id)
    return answer(c, services, key, load, { ttl: 300, tags: [CacheTags.USERS, `user:${id}`] })
  })

  return routes
}
