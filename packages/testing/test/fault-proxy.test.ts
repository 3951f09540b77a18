import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { commanders, startFaultProxy, subscribers, type FaultProxy } from '../src/proxy/index.ts'
import { freePort } from '../src/redis/index.ts'
import { encodeCommand } from '../src/redis/resp.ts'

/** One end of a connection, with what has come in there. */
class End {
  text = ''
  pieces = 0
  end: 'open' | 'ended' | 'reset' = 'open'
  readonly socket: Socket

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.text += chunk.toString()
      this.pieces += 1
    })
    socket.on('end', () => (this.end = 'ended'))
    socket.on('error', () => (this.end = 'reset'))
  }

  async hears(text: string): Promise<void> {
    await until(() => this.text === text, `${JSON.stringify(text)} to come in`)
  }

  async ends(how: 'ended' | 'reset'): Promise<void> {
    await until(() => this.end === how, `the connection to be ${how}`)
  }
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const check = (): void => {
    if (!holds()) throw new Error(`Waited for ${what}.`)
  }
  await vi.waitFor(check, { interval: 2, timeout: 5_000 })
}

/** A server that shows its ends of the connections, in the order in which they came. */
class Target implements AsyncDisposable {
  readonly ends: End[] = []
  readonly #server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.ends.push(new End(socket)))

  async start(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.ends) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

let stack: AsyncDisposableStack
let target: Target
let proxy: FaultProxy

beforeEach(async () => {
  stack = new AsyncDisposableStack()
  target = stack.use(new Target())
  proxy = stack.use(await startFaultProxy({ port: await target.start() }))
})

afterEach(async () => {
  await stack.disposeAsync()
})

async function open(port = proxy.port): Promise<End> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  stack.defer(() => void socket.destroy())
  await once(socket, 'connect')
  return new End(socket)
}

/** A client's end and the server's end of one connection through the proxy. */
async function opened(): Promise<readonly [client: End, server: End]> {
  const before = target.ends.length
  const client = await open()
  await vi.waitFor(() => expect(target.ends.length).toBe(before + 1), { interval: 2 })
  return [client, target.ends[before]!]
}

/** A round trip on a connection of its own: what could pass before it has passed. */
async function roundTrip(): Promise<void> {
  const [client, server] = await opened()
  client.socket.write('there')
  await server.hears('there')
  server.socket.write('back')
  await client.hears('back')
  server.socket.end()
  client.socket.destroy()
}

describe('a proxy without faults', () => {
  it('passes bytes and ends in both directions', async () => {
    const [client, server] = await opened()
    client.socket.write('ask')
    await server.hears('ask')
    server.socket.write('answer')
    await client.hears('answer')

    client.socket.end('more')
    await server.ends('ended')
    server.socket.end('last')
    await client.ends('ended')

    expect(server.text).toBe('askmore')
    expect(client.text).toBe('answerlast')
    await until(() => proxy.connections().length === 0, 'the connection to be gone')
  })

  it('passes on a reset', async () => {
    const [client, server] = await opened()
    const [other, otherServer] = await opened()

    client.socket.resetAndDestroy()
    otherServer.socket.resetAndDestroy()

    await server.ends('reset')
    await other.ends('reset')
    expect(proxy.accepted).toBe(2)
  })

  it('passes megabytes unchanged to a slow reader', async () => {
    const [client, server] = await opened()
    const bytes = 'x'.repeat(8 * 1024 * 1024)
    server.socket.pause()

    client.socket.write(bytes)
    await roundTrip()
    server.socket.resume()

    await vi.waitFor(() => expect(server.text.length).toBe(bytes.length), 5_000)
  })

  it('resets a client when the server refuses', async () => {
    await using lost = await startFaultProxy({ port: await freePort() })

    const client = await open(lost.port)

    await client.ends('reset')
    expect(client.text).toBe('')
  })

  it('leads there by the url of its target', async () => {
    await using other = await startFaultProxy({ port: 1, url: 'redis://:a%20b@127.0.0.1:1/2' })

    expect(other.url()).toBe(`redis://:a%20b@127.0.0.1:${other.port}/2`)
    expect(proxy.url()).toBe(`redis://127.0.0.1:${proxy.port}`)
  })

  it('knows what connections asked first, and which of them subscribed', async () => {
    const [client] = await opened()
    const [other] = await opened()

    client.socket.write(Buffer.concat([encodeCommand(['client', 'ID']), encodeCommand(['subscribe', 'news'])]))
    other.socket.write(encodeCommand(['GET', 'subscribe']))

    await vi.waitFor(() => expect(proxy.connections()[1]!.bytesUp).toBe(28))
    const seen = proxy.connections().map(({ id, commands, isSubscriber }) => ({ id, commands, isSubscriber }))
    expect(seen).toEqual([
      { id: 1, commands: ['CLIENT', 'SUBSCRIBE'], isSubscriber: true },
      { id: 2, commands: ['GET'], isSubscriber: false },
    ])
  })

  it('takes what is no command for a connection that did not subscribe', async () => {
    const [client, server] = await opened()

    client.socket.write('PING\r\nSUBSCRIBE a\r\n')
    await server.hears('PING\r\nSUBSCRIBE a\r\n')

    expect(proxy.connections().map(({ isSubscriber }) => isSubscriber)).toEqual([false])
  })
})

describe('latency', () => {
  it.each(['up', 'down'] as const)('delays what goes %s, in order, and nothing else', async (direction) => {
    const [client, server] = await opened()
    const [slow, quick] = direction === 'up' ? [client, server] : [server, client]
    const startedAt = performance.now()
    const late = proxy.latency(150, { direction })

    slow.socket.write('1')
    quick.socket.write('quick')
    await slow.hears('quick')
    expect(quick.text).toBe('')
    await late.heal()
    slow.socket.write('2')
    await quick.hears('12')

    expect(performance.now() - startedAt).toBeGreaterThan(149)
  })

  it('asks a function for each piece', async () => {
    const [client, server] = await opened()
    const delays = [80, 0]
    proxy.latency(() => delays.shift()!, { direction: 'up' })

    client.socket.write('a')
    await vi.waitFor(() => expect(delays).toEqual([0]))
    client.socket.write('b')
    await server.hears('ab')

    expect(delays).toEqual([])
  })

  it('delays an end as well', async () => {
    const [client, server] = await opened()
    const startedAt = performance.now()
    proxy.latency(100)

    client.socket.end()
    await server.ends('ended')

    expect(performance.now() - startedAt).toBeGreaterThan(99)
  })
})

describe('bandwidth', () => {
  it('lets so many bytes a second pass', async () => {
    const [client, server] = await opened()
    proxy.bandwidth(50_000)
    const startedAt = performance.now()

    client.socket.write('x'.repeat(10_000))
    await server.hears('x'.repeat(10_000))

    expect(performance.now() - startedAt).toBeGreaterThan(150)
    expect(server.pieces).toBeGreaterThan(5)
  })

  it('is full speed again once healed', async () => {
    const [client, server] = await opened()
    proxy.bandwidth(10)

    client.socket.write('x'.repeat(100_000))
    await until(() => server.text !== '', 'a first piece')
    const slow = server.text.length
    await proxy.heal()
    await server.hears('x'.repeat(100_000))

    expect(slow).toBeLessThan(10)
  })
})

describe('drip', () => {
  it('passes a few bytes at a time', async () => {
    const [client, server] = await opened()
    proxy.drip({ bytes: 2, everyMs: 20 }, { direction: 'down' })

    client.socket.write('at once')
    server.socket.write('abcdefgh')
    await server.hears('at once')
    await client.hears('abcdefgh')

    expect(client.pieces).toBeGreaterThanOrEqual(3)
  })
})

describe('blackHole', () => {
  it.each(['up', 'down'] as const)('lets nothing go %s until it is healed', async (direction) => {
    const [client, server] = await opened()
    const [mute, deaf] = direction === 'up' ? [client, server] : [server, client]
    const isStruck = proxy.connections().at(0)!.id
    const hole = proxy.blackHole({ direction, only: ({ id }) => id === isStruck })

    mute.socket.write('held')
    mute.socket.end(' and ended')
    deaf.socket.write('passes')
    await mute.hears('passes')
    await roundTrip()
    expect(deaf).toMatchObject({ text: '', end: 'open' })
    await hole.heal()

    await deaf.hears('held and ended')
    await deaf.ends('ended')
  })

  it('accepts connections, and tells neither side that the other has gone', async () => {
    const [client, server] = await opened()
    const hole = proxy.blackHole()

    client.socket.resetAndDestroy()
    const late = await open()
    late.socket.write('hello')
    await vi.waitFor(() => expect(proxy.connections()).toHaveLength(2))
    await vi.waitFor(() => expect(proxy.connections()[1]!.bytesUp).toBe(5))
    expect(server.end).toBe('open')
    expect(target.ends[1]?.text ?? '').toBe('')
    await hole.heal()

    await server.ends('reset')
    await target.ends[1]!.hears('hello')
  })

  it('holds back no more than it must remember', async () => {
    const [client, server] = await opened()
    const bytes = 'x'.repeat(16 * 1024 * 1024)
    const hole = proxy.blackHole()

    client.socket.write(bytes)
    await vi.waitFor(() => expect(proxy.connections()[0]!.bytesUp).toBeGreaterThan(1024 * 1024))
    await new Promise(setImmediate)
    expect(proxy.connections()[0]!.bytesUp).toBeLessThan(2 * 1024 * 1024)
    await hole.heal()

    await vi.waitFor(() => expect(server.text.length).toBe(bytes.length), 5_000)
  })

  it('strikes only the connections that have subscribed, from that command on', async () => {
    const [client, server] = await opened()
    const [data, dataServer] = await opened()
    proxy.blackHole({ only: subscribers })

    client.socket.write(encodeCommand(['PING']))
    await server.hears('*1\r\n$4\r\nPING\r\n')
    client.socket.write(encodeCommand(['SUBSCRIBE', 'x']))
    data.socket.write('free')
    await dataServer.hears('free')
    dataServer.socket.write('too')
    await data.hears('too')

    expect(server.text).toBe('*1\r\n$4\r\nPING\r\n')
  })
})

describe('cutAfter', () => {
  it('resets in the middle of a reply', async () => {
    const [client, server] = await opened()
    proxy.cutAfter(4)

    client.socket.write('a long question')
    await server.hears('a long question')
    server.socket.write('an')
    await client.hears('an')
    server.socket.write('swer')

    await client.ends('reset')
    await server.ends('reset')
    expect(client.text).toBe('answ')
  })

  it('strikes each connection anew, also those that open later', async () => {
    const lengths = [1, 2]
    proxy.cutAfter(() => lengths.shift() ?? 100, { direction: 'up' })

    const texts: string[] = []
    for (let n = 0; n < 3; n += 1) {
      const [client, server] = await opened()
      client.socket.write('abc')
      await server.hears('abc'.slice(0, [1, 2, 3][n]))
      texts.push(server.text)
      if (n < 2) await client.ends('reset')
    }

    expect(texts).toEqual(['a', 'ab', 'abc'])
  })
})

describe('cutAfter, by an end', () => {
  it('ends both sides as if nothing were wrong', async () => {
    const [client, server] = await opened()
    proxy.cutAfter(4, { by: 'end' })

    server.socket.write('answer')

    await client.ends('ended')
    await server.ends('ended')
    expect(client.text).toBe('answ')
  })
})

describe('lose', () => {
  it.each(['up', 'down'] as const)('loses what goes %s, and for good where something was lost', async (direction) => {
    const [client, server] = await opened()
    const [idle, idleServer] = await opened()
    const [mute, deaf] = direction === 'up' ? [client, server] : [server, client]
    const lost = proxy.lose({ direction })

    mute.socket.write('lost')
    deaf.socket.write('passes')
    await mute.hears('passes')
    const { bytesUp, bytesDown } = proxy.connections()[0]!
    await lost.heal()
    mute.socket.write('also lost')
    mute.socket.end()
    idle.socket.write('alive')
    await idleServer.hears('alive')
    await roundTrip()

    expect(direction === 'up' ? bytesUp : bytesDown).toBe(4)
    expect(deaf).toMatchObject({ text: '', end: 'open' })
  })
})

describe('reset', () => {
  it('ends both sides of the connections that it strikes', async () => {
    const [client, server] = await opened()
    const [other, otherServer] = await opened()

    const struck = proxy.reset({ only: ({ id }) => id === 1 })

    await client.ends('reset')
    await server.ends('reset')
    await until(() => proxy.connections().length === 1, 'one to be gone')
    other.socket.write('alive')
    await otherServer.hears('alive')
    expect(struck).toBe(1)
  })

  it.each(['up', 'down'] as const)('travels %s only, and leaves the other side ignorant', async (direction) => {
    const [client, server] = await opened()
    const [struck, ignorant] = direction === 'up' ? [server, client] : [client, server]

    proxy.reset({ direction })
    await struck.ends('reset')
    ignorant.socket.write('anyone?')
    await roundTrip()

    expect(ignorant).toMatchObject({ end: 'open', text: '' })
    ignorant.socket.end()
    await until(() => proxy.connections().length === 0, 'the connection to be gone')
  })
})

describe('halfOpen', () => {
  it('leaves connections open and dead for ever, also when all is healed', async () => {
    const [client, server] = await opened()

    const struck = proxy.halfOpen()
    client.socket.write('anyone?')
    server.socket.write('nobody')
    await proxy.heal()
    await roundTrip()
    client.socket.destroy()
    await roundTrip()

    expect(struck).toBe(1)
    expect(client).toMatchObject({ text: '', end: 'open' })
    expect(server).toMatchObject({ text: '', end: 'open' })
  })

  it('loses replies alone when it strikes one direction', async () => {
    const [client, server] = await opened()
    const [subscribed] = await opened()
    subscribed.socket.write(encodeCommand(['SUBSCRIBE', 'x']))
    await vi.waitFor(() => expect(proxy.connections()[1]!.isSubscriber).toBe(true))

    const struck = proxy.halfOpen({ direction: 'down', only: commanders })
    client.socket.write('done')
    await server.hears('done')
    server.socket.write('OK')
    await roundTrip()

    expect(struck).toBe(1)
    expect(client.text).toBe('')
  })
})

describe('refuse', () => {
  it('refuses new connections, leaves the others, and accepts again once healed', async () => {
    const [client, server] = await opened()

    const refusal = proxy.refuse()
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    client.socket.write('still here')
    await server.hears('still here')
    await refusal.heal()

    await roundTrip()
  })

  it('lasts while one of several refusals does, and ends with heal()', async () => {
    const first = proxy.refuse()
    proxy.refuse()

    await first.heal()
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await Promise.all([proxy.heal(), proxy.heal()])

    await roundTrip()
  })
})

describe('close', () => {
  it('leaves no connection, in any weather, and is idempotent', async () => {
    const [client, server] = await opened()
    const [half] = await opened()
    proxy.halfOpen({ only: ({ id }) => id === 2 })
    proxy.blackHole()
    proxy.latency(10_000)
    client.socket.write('held')

    await Promise.all([proxy.close(), proxy.close()])
    await proxy.close()

    expect(proxy.connections()).toHaveLength(0)
    for (const { socket } of [client, server, half])
      await until(() => socket.readableEnded || socket.destroyed, 'an end')
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('lets its process end when a reset follows an end at once', async () => {
    const child = spawn(
      process.execPath,
      ['--conditions=@holdfast/source', fileURLToPath(new URL('end-and-reset.ts', import.meta.url))],
      { stdio: 'inherit', timeout: 10_000, killSignal: 'SIGKILL' },
    )

    const [code] = (await once(child, 'exit')) as [number | null]

    expect(code).toBe(0)
  })

  it('keeps no process alive', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    proxy.latency(60_000)
    const [client] = await opened()

    client.socket.write('slow')
    await vi.waitFor(() => expect(proxy.connections()[0]!.bytesUp).toBe(4))

    // Only timers that keep the process alive are listed.
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBeLessThanOrEqual(before + 1)
  })
})
