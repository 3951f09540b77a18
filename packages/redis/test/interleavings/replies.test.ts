import { startRedis, type RespReply } from '@holdfast/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { openProcess, until } from '../support/process.ts'
import { command } from '../support/staged-connector.ts'

const server = await startRedis()
afterAll(() => server.stop())

let tests = 0
const own = (): { store: { prefix: string } } => ({ store: { prefix: `test${tests++}:` } })

describe('a reply that comes after an announcement', () => {
  it('heard-before-reply', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await b.cache.set('k', 'v1')
    const reply = a.stage.holdReply(command('GET', 'k'))
    const read = a.cache.get('k')
    await reply.arrived

    await b.cache.delete('k')
    await a.heard('k')
    reply.release()

    expect(await read).toBe('v1')
    expect(a.memory.get('k')).toBeUndefined()
    expect(await a.cache.get('k')).toBeUndefined()
  })

  it('set-reply-after-foreign-delete', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    const reply = a.stage.holdReply(command('SET', 'k'))
    const written = a.cache.set('k', 'mine')
    await reply.arrived

    await b.cache.delete('k')
    await a.heard('k')
    reply.release()
    await written

    expect(a.memory.get('k')).toBeUndefined()
    expect(await a.cache.get('k')).toBeUndefined()
  })

  it.each([1, 3])('pooled-overtake (%s connections)', async (connections) => {
    const { store } = own()
    const options = { store: { ...store, connections } }
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await b.cache.set('k', 'v1')
    // Where there is but one, a reply that is overtaken stands for another.
    const reply = a.stage.holdReply(command('GET', 'k'), { isOvertaken: connections === 1 })
    const early = a.cache.get('k')
    await reply.arrived

    await a.cache.delete('k')
    const late = await a.cache.get('k')
    reply.release()

    expect(late).toBeUndefined()
    expect(await early).toBe('v1')
    expect(a.memory.get('k')).toBeUndefined()
  })

  it('evicted-then-deleted', async () => {
    const options = own()
    const [a, b] = [await openProcess(server, options), await openProcess(server, options)]
    await b.cache.set('k', 'v1')
    const reply = a.stage.holdReply(command('GET', 'k'))
    const read = a.cache.get('k')
    await reply.arrived

    await server.command('DEL', `${options.store.prefix}k`)
    await b.cache.delete('k')
    await a.heard('k')
    reply.release()

    expect(await read).toBe('v1')
    expect(a.memory.get('k')).toBeUndefined()
  })
})

describe('an announcement', () => {
  it.each(['delete', 'hold', 'set', 'setMany', 'update', 'expire', 'invalidateTags', 'clear', 'invalidateMatching'])(
    'announce-first (%s announces after its write, in the order of one connection)',
    async (operation) => {
      const options = own()
      const a = await openProcess(server, options)
      await a.cache.setMany(
        [
          ['k', 1],
          ['l', 2],
        ],
        { tags: ['t'] },
      )
      const monitor = await server.connect()
      const seen: string[] = []
      await monitor.stream(['MONITOR'], (line: RespReply) => seen.push(String(line)))

      await {
        delete: () => a.cache.delete(['k', 'absent']),
        hold: () => a.cache.delete('k', { hold: '1s' }),
        set: () => a.cache.set('k', 3),
        setMany: () => a.cache.setMany(['k', 'l', 'm'].map((key) => [key, 3])),
        update: () => a.cache.update('k', () => 3),
        expire: () => a.cache.expire('k'),
        invalidateTags: () => a.cache.invalidateTags(['t', 'u']),
        clear: () => a.cache.clear(),
        invalidateMatching: () => a.cache.invalidateMatching('*'),
      }[operation]!()
      await server.command('ECHO', `after ${operation}`)
      await until(() => seen.some((line) => line.includes(`after ${operation}`)))
      monitor.close()

      const published = seen.findIndex((line) => line.includes(`"PUBLISH" "${options.store.prefix}~!"`))
      const written = seen.findLastIndex(
        (line) =>
          /"(SET|UNLINK|EVALSHA)"/.test(line) && line.includes(options.store.prefix) && !line.includes('~{hf}runs'),
      )
      expect(published).toBeGreaterThan(-1)
      expect(written).toBeGreaterThan(-1)
      expect(published).toBeGreaterThan(written)
    },
  )
})
