import { describe, expect, it } from 'vitest'
import {
  simulate,
  SimulatedProcess,
  SimulatedRedis,
  simulateSeeds,
  type SimulatedLink,
  type SimulatedScript,
  type World,
} from './index.ts'

class Refused extends Error {}
class Closed extends Error {}

type Redis = SimulatedRedis<Refused, Closed>
type Link = SimulatedLink<Refused, Closed>

function redisIn(world: World, scripts: readonly SimulatedScript[] = []): Redis {
  const errors = { reply: (line: string) => new Refused(line), closed: (message: string) => new Closed(message) }
  return new SimulatedRedis(world, { errors, scripts })
}

async function openLink(world: World, redis: Redis, process = new SimulatedProcess(world, 'app')): Promise<Link> {
  const link = redis.connector(process).connect()
  await link.opened
  return link
}

async function send(link: Link, ...command: readonly [string, ...string[]]): Promise<string> {
  const [reply] = await link.send([command])
  return Buffer.isBuffer(reply) ? reply.toString() : String(reply)
}

describe('simulate', () => {
  it('runs the same for the same seed, and otherwise for another', async () => {
    const run = (seed: number): Promise<string> =>
      simulate(seed, async (world) => {
        const redis = redisIn(world)
        const links = await Promise.all([1, 2, 3, 4].map(() => openLink(world, redis)))
        const order: string[] = []
        await Promise.all(
          links.map(async (link, at) => {
            for (let turn = 0; turn < 5; turn += 1) {
              await send(link, 'RPUSH', 'list', `${at}`)
              order.push(`${at}@${world.now}`)
            }
          }),
        )
        return order.join(' ')
      })

    const [one, again, other] = [await run(7), await run(7), await run(8)]

    expect(one).toBe(again)
    expect(one).not.toBe(other)
  })

  it('lets commands of several connections overtake each other, and those of one never', async () => {
    const firsts = new Set<string>()
    await simulateSeeds({ count: 50 }, async (world) => {
      const redis = redisIn(world)
      const [a, b] = [await openLink(world, redis), await openLink(world, redis)]
      await Promise.all([
        send(a, 'RPUSH', 'list', 'a1'),
        send(a, 'RPUSH', 'list', 'a2'),
        send(b, 'RPUSH', 'list', 'b1'),
        a.send([
          ['RPUSH', 'list', 'a3'],
          ['RPUSH', 'list', 'a4'],
        ]),
      ])
      const value = redis.server.keys.get('list')
      const items = value?.type === 'list' ? value.items.map(String) : []
      expect(items.filter((item) => item.startsWith('a'))).toEqual(['a1', 'a2', 'a3', 'a4'])
      firsts.add(items.indexOf('b1').toString())
    })

    expect(firsts.size).toBeGreaterThan(2)
  })

  it('delivers every announcement before the PONG of a PING that was sent after its acknowledgement', async () => {
    await simulateSeeds({ count: 200 }, async (world) => {
      const redis = redisIn(world)
      const [publisher, listener] = [await openLink(world, redis), await openLink(world, redis)]
      const heard: string[] = []
      listener.onMessage = (channel, message) => heard.push(`${channel} ${message.toString()}`)
      expect(await listener.subscribe(['news', 'other'])).toBeUndefined()

      expect(await send(publisher, 'PUBLISH', 'news', 'é')).toBe('1')
      await listener.ping()

      expect(heard).toEqual(['news é'])
    })
  })

  it('tells that nothing is left to happen when a scenario waits for ever', async () => {
    await expect(simulate(3, () => new Promise(() => {}))).rejects.toThrow(/Seed 3: Nothing is left to happen/)
  })

  it('gives what a scenario returns, and throws what it throws, with the seed', async () => {
    expect(await simulate(1, async (world) => world.sleep(10).then(() => 'value'))).toBe('value')
    await expect(simulate(5, async () => Promise.reject(new Error('broken')))).rejects.toThrow('Seed 5: broken')
  })
})

describe('SimulatedProcess', () => {
  it('has a clock whose timers fire in order, and can be cleared', async () => {
    await simulate(1, async (world) => {
      const { clock } = new SimulatedProcess(world, 'app', 1_000)
      const fired: string[] = []
      const cleared = clock.setTimer(() => fired.push('cleared'), 5)
      clock.setTimer(() => fired.push('late'), 20)
      clock.setTimer(() => fired.push('early'), 10)
      clock.afterInput(() => fired.push('after input'))
      clock.clearTimer(cleared)

      await world.sleep(30)

      expect(fired).toEqual(['after input', 'early', 'late'])
      expect(clock.now() - world.now).toBe(1_000)
    })
  })

  it('handles nothing while it stands still, and all of it afterwards', async () => {
    await simulate(2, async (world) => {
      const app = new SimulatedProcess(world, 'app')
      const [link, other] = [await openLink(world, redisIn(world), app), new SimulatedProcess(world, 'other')]
      const seen: string[] = []
      void send(link, 'PING').then(() => seen.push('reply'))
      app.clock.setTimer(() => seen.push(`timer at ${world.now >= start + 500}`), 100)
      other.clock.setTimer(() => seen.push('other'), 400)
      const start = world.now

      app.stall(500)
      await world.sleep(450)
      const during = [...seen]
      await world.sleep(100)

      expect(during).toEqual(['other'])
      expect(seen.slice(1).toSorted()).toEqual(['reply', 'timer at true'])
    })
  })
})

describe('SimulatedRedis', () => {
  it('answers an error as the value that the client makes of it', async () => {
    await simulate(1, async (world) => {
      const redis = redisIn(world)
      const link = await openLink(world, redis)
      redis.server.refuse = (command) => (command === 'SET' ? 'OOM command not allowed' : undefined)

      const replies = await link.send([
        ['SET', 'a', '1'],
        ['GET', 'a'],
        ['SUBSCRIBE', 'c'],
      ])

      expect(replies[0]).toBeInstanceOf(Refused)
      expect(replies.slice(1)).toEqual([null, 1])
    })
  })

  it('runs scripts by their equivalents, once they are known to the server', async () => {
    const source = "return redis.call('SET', KEYS[1], ARGV[1])"
    const scripts: SimulatedScript[] = [
      { source, run: (redis, [key], [value]) => redis.call('SET', key!, value!) },
      {
        source: 'fails',
        run: (redis) => redis.call('INCR', 'x'),
      },
    ]
    await simulate(1, async (world) => {
      const link = await openLink(world, redisIn(world, scripts))
      const sha = await send(link, 'SCRIPT', 'LOAD', source)

      expect(await send(link, 'EVALSHA', sha, '1', 'key', 'value')).toBe('OK')
      expect(await send(link, 'GET', 'key')).toBe('value')
      expect(await send(link, 'EVALSHA', 'f'.repeat(40), '0')).toMatch(/NOSCRIPT/)
      expect(await send(link, 'EVAL', 'fails', '0')).toMatch(/unknown command/)
    })
  })

  it('refuses connections while it is down, and tells those that it had', async () => {
    await simulate(4, async (world) => {
      const redis = redisIn(world)
      const link = await openLink(world, redis)
      const closed: string[] = []
      link.onClosed = () => closed.push('told')

      redis.kill()
      const pending = send(link, 'PING').catch((error: unknown) => closed.push((error as Error).constructor.name))
      await expect(openLink(world, redis)).rejects.toThrow(Closed)
      await pending
      redis.start('empty')

      expect(closed).toEqual(['told', 'Closed'])
      expect(link.isOpen).toBe(false)
      expect(await send(await openLink(world, redis), 'PING')).toBe('PONG')
    })
  })

  it('starts again as another incarnation, with what it had saved or with nothing', async () => {
    await simulate(5, async (world) => {
      const redis = redisIn(world)
      const first = await openLink(world, redis)
      await send(first, 'SET', 'key', 'old')
      redis.save()
      await send(first, 'SET', 'key', 'new')
      const { runId } = redis.server

      redis.start('older')
      const second = await openLink(world, redis)
      const [id, older] = [await send(second, 'CLIENT', 'ID'), await send(second, 'GET', 'key')]
      redis.start('empty')
      const third = await openLink(world, redis)

      expect([id, older, await send(third, 'GET', 'key')]).toEqual(['1', 'old', 'null'])
      expect(redis.server.runId).not.toBe(runId)
    })
  })

  it('executes nothing while it is frozen; thawed, it executes what closed connections had sent, unless they are killed', async () => {
    const landed = { zombies: 0, fenced: 0 }
    await simulateSeeds({ count: 200 }, async (world) => {
      for (const isFenced of [false, true]) {
        const redis = redisIn(world)
        const old = await openLink(world, redis)
        const id = await send(old, 'CLIENT', 'ID')
        redis.freeze()
        const write = send(old, 'SET', 'key', 'zombie').catch(() => 'closed')
        await world.sleep(100)
        expect(redis.server.keys.get('key')).toBeUndefined()
        old.close()
        const next = await openLink(world, redis)
        const del = isFenced
          ? next.send([
              ['CLIENT', 'KILL', 'ID', id],
              ['DEL', 'key'],
            ])
          : next.send([['DEL', 'key']])
        await world.sleep(200)
        redis.thaw()
        expect(await write).toBe('closed')
        await del
        const isThere = (await send(next, 'GET', 'key')) === 'zombie'
        await world.sleep(500)
        if ((await send(next, 'GET', 'key')) === 'zombie' || isThere) landed[isFenced ? 'fenced' : 'zombies'] += 1
      }
    })

    expect(landed.zombies).toBeGreaterThan(0)
    expect(landed.fenced).toBe(0)
  })

  it('cuts connections: both ends learn of it, and what was sent may have been executed', async () => {
    const outcomes = new Set<string>()
    await simulateSeeds({ count: 100 }, async (world) => {
      const redis = redisIn(world)
      const link = await openLink(world, redis)
      let order = ''
      link.onClosed = () => (order += 'told ')
      const write = send(link, 'SET', 'key', 'value').catch(() => (order += 'rejected'))

      redis.connections()[0]!.cut()
      await write
      await world.sleep(200)

      outcomes.add(`${order} ${redis.server.keys.get('key') === undefined ? 'absent' : 'present'}`)
      expect(redis.connections()).toEqual([])
    })

    expect(outcomes).toContain('told rejected absent')
    expect(outcomes).toContain('told rejected present')
  })

  it('lets a connection vanish without telling either end', async () => {
    await simulate(6, async (world) => {
      const redis = redisIn(world)
      const [link, witness] = [await openLink(world, redis), await openLink(world, redis)]
      let told = 0
      link.onClosed = () => (told += 1)

      redis.connections()[0]!.vanish()
      const write = send(link, 'SET', 'key', 'value').catch(() => 'closed')
      await world.sleep(10_000)

      expect([told, await send(witness, 'GET', 'key'), redis.connections().length]).toEqual([0, 'null', 2])
      link.close()
      expect(await write).toBe('closed')
    })
  })

  it('finds connections by process and by what they listen to', async () => {
    await simulate(7, async (world) => {
      const redis = redisIn(world)
      const [a, b] = [new SimulatedProcess(world, 'a'), new SimulatedProcess(world, 'b')]
      await openLink(world, redis, a)
      await (await openLink(world, redis, a)).subscribe(['c'])
      await openLink(world, redis, b)

      expect(redis.connections({ process: a })).toHaveLength(2)
      expect(redis.connections({ process: a, subscribers: true })).toHaveLength(1)
      expect(redis.connections({ subscribers: false })).toHaveLength(2)
    })
  })

  it('drops keys as eviction does, and by their life', async () => {
    await simulate(8, async (world) => {
      const redis = redisIn(world)
      const link = await openLink(world, redis)
      await send(link, 'SET', 'evicted', 'x')
      await send(link, 'SET', 'kept', 'x')
      await send(link, 'SET', 'short', 'x', 'PX', '50')

      redis.evict(1, (key) => key === 'evicted')
      await world.sleep(60)

      expect(redis.server.keys.keys()).toEqual(['kept'])
    })
  })
})

describe('a race of the kind that simulations are for', () => {
  const fill = 'the fill with its check'
  const scripts: SimulatedScript[] = [
    {
      source: fill,
      run: (redis, [key], [token, value]) => {
        const current = redis.call('GET', key!)
        if (!Buffer.isBuffer(current) || !current.equals(token!)) return 0
        redis.call('SET', key!, value!)
        return 1
      },
    },
  ]

  /** A slow load against a write and its delete; how often the old value stays. */
  async function staleAfterwards(isChecked: boolean): Promise<number> {
    let stale = 0
    await simulateSeeds({ count: 300 }, async (world) => {
      const redis = redisIn(world, scripts)
      const [a, b] = [await openLink(world, redis), await openLink(world, redis)]
      let database = 'v1'
      const read = async (): Promise<void> => {
        const token = `lease ${world.random.next()}`
        await send(a, 'SET', 'key', token, 'NX')
        const loaded = database
        await world.sleep(world.random.below(10))
        if (isChecked) await send(a, 'EVAL', fill, '1', 'key', token, loaded)
        else await send(a, 'SET', 'key', loaded)
      }
      const write = async (): Promise<void> => {
        await world.sleep(world.random.below(10))
        database = 'v2'
        await send(b, 'DEL', 'key')
      }
      await Promise.all([read(), write()])
      if (redis.server.keys.get('key')?.type === 'string' && (await send(b, 'GET', 'key')) === 'v1') stale += 1
    })
    return stale
  }

  it('is lost by a fill without its check, and never by one with it', async () => {
    expect(await staleAfterwards(false)).toBeGreaterThan(10)
    expect(await staleAfterwards(true)).toBe(0)
  })
})
