import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startFaultProxy, type FaultProxy, type NetworkFaults } from '../src/faults/index.ts'

let server: Server
let proxy: FaultProxy
const accepted: Socket[] = []

beforeEach(async () => {
  accepted.length = 0
  server = createServer((socket) => {
    accepted.push(socket)
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  proxy = await startFaultProxy({ port: (server.address() as { port: number }).port })
})

afterEach(async () => {
  await proxy.close()
  for (const socket of accepted) socket.destroy()
  server.close()
})

/** A client through the proxy, with what came back so far and how it ended. */
class Client {
  readonly #socket: Socket
  received = ''
  ended: string | undefined
  readonly #changed = new Set<() => void>()

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes) => this.#change(() => (this.received += String(bytes))))
    socket.on('error', (error: NodeJS.ErrnoException) => this.#change(() => (this.ended = error.code ?? error.message)))
    socket.on('end', () => this.#change(() => (this.ended ??= 'end')))
  }

  static async open(): Promise<Client> {
    const socket = connect(proxy.port, '127.0.0.1')
    const client = new Client(socket)
    await once(socket, 'connect')
    return client
  }

  send(text: string): void {
    this.#socket.write(text)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#changed.add(resolve))
  }

  /** Sends text on and waits for it to come back. */
  async echo(text: string): Promise<void> {
    const length = this.received.length + text.length
    this.send(text)
    await this.until(() => this.received.length >= length)
  }

  #change(change: () => void): void {
    change()
    for (const resolve of this.#changed) resolve()
    this.#changed.clear()
  }
}

describe('startFaultProxy', () => {
  it('passes bytes on as they are when all is well', async () => {
    const client = await Client.open()
    const text = 'x'.repeat(3_000_000)

    await client.echo(text)

    expect(client.received).toBe(text)
    expect([proxy.connections, proxy.accepted]).toEqual([1, 1])
  })

  it('passes on that one side has ended', async () => {
    const client = await Client.open()
    await client.echo('hello')

    accepted[0]!.end('bye')
    await client.until(() => client.ended !== undefined)

    expect([client.received, client.ended]).toEqual(['hellobye', 'end'])
  })

  it.each(['toServer', 'toClient'] as const)('delays bytes %s, and keeps their order', async (direction) => {
    const client = await Client.open()
    await proxy.set({ [direction]: { latencyMs: 60 } })
    const began = performance.now()

    for (const letter of 'abcdef') client.send(letter)
    await client.until(() => client.received.length === 6)

    // A timer may fire a millisecond early.
    expect(performance.now() - began).toBeGreaterThanOrEqual(59)
    expect(client.received).toBe('abcdef')
  })

  it.each(['toServer', 'toClient'] as const)('lets only so many bytes a second pass %s', async (direction) => {
    const client = await Client.open()
    await proxy.set({ [direction]: { bytesPerSecond: 10_000 } })
    const began = performance.now()

    await client.echo('x'.repeat(2_000))

    expect(performance.now() - began).toBeGreaterThanOrEqual(150)
  })

  it('lets bytes drip one by one', async () => {
    const client = await Client.open()
    const sizes: number[] = []
    await client.echo('.')
    await proxy.set({ toClient: { bytesPerSecond: 100 } })

    client.send('abcde')
    while (client.received !== '.abcde') {
      const length = client.received.length
      await client.until(() => client.received.length > length)
      sizes.push(client.received.length - length)
    }

    expect(sizes).toEqual([1, 1, 1, 1, 1])
  })

  it.each(['toServer', 'toClient'] as const)('lets bytes wait %s until it is healed', async (direction) => {
    const [stalled, witness] = [await Client.open(), await Client.open()]
    await stalled.echo('a')
    await proxy.set({ [direction]: { stall: true } })

    stalled.send('b')
    const other = direction === 'toServer' ? 'toClient' : 'toServer'
    await proxy.set({ [direction]: { stall: true }, [other]: {} })
    const during = stalled.received
    await proxy.heal()
    await witness.echo('w')
    await stalled.until(() => stalled.received === 'ab')

    expect(during).toBe('a')
    expect(stalled.ended).toBeUndefined()
  })

  it('loses what the client sends in a black hole, healed or not', async () => {
    const client = await Client.open()
    await client.echo('a')
    await proxy.set({ toServer: { blackHole: true } })
    client.send('lost')
    await expect.poll(() => proxy.bytesLost).toBe(4)

    await proxy.heal()
    client.send('after')
    const witness = await Client.open()
    await witness.echo('w')

    expect([client.received, client.ended]).toEqual(['a', undefined])
  })

  it('loses what the server sends in a black hole, its end too', async () => {
    const client = await Client.open()
    await client.echo('a')
    await proxy.set({ toClient: { blackHole: true } })
    client.send('lost')
    await expect.poll(() => proxy.bytesLost).toBe(4)

    accepted[0]!.destroy()
    await proxy.heal()
    const witness = await Client.open()
    await witness.echo('w')

    expect([client.received, client.ended]).toEqual(['a', undefined])
  })

  it('leaves the server holding a connection whose client is gone in a black hole', async () => {
    const client = await Client.open()
    await client.echo('a')
    await proxy.set({ toServer: { blackHole: true } })

    client.send('lost')
    client.destroy()
    await expect.poll(() => proxy.bytesLost).toBe(4)
    await proxy.heal()
    const witness = await Client.open()
    await witness.echo('w')

    expect(accepted[0]!.destroyed).toBe(false)
  })

  it('resets both ends after so many bytes, and delivers those', async () => {
    const client = await Client.open()
    await proxy.set({ toClient: { resetAfterBytes: 3 } })

    client.send('abcdef')
    await client.until(() => client.ended !== undefined)

    expect(['abc', '']).toContain(client.received)
    expect(client.ended).toBe('ECONNRESET')
    await expect.poll(() => accepted[0]!.destroyed).toBe(true)
  })

  it('cuts both ends after so many bytes, and delivers those', async () => {
    const client = await Client.open()
    await proxy.set({ toClient: { cutAfterBytes: 4 } })

    client.send('abcdef')
    await client.until(() => client.ended !== undefined)

    expect(client.received).toBe('abcd')
    expect(proxy.connections).toBe(0)
  })

  it('draws the bytes after which to reset for each connection', async () => {
    const drawn = [2, 5]
    const faults: NetworkFaults = { toServer: { cutAfterBytes: () => drawn.shift()! } }
    await proxy.set(faults)
    const first = await Client.open()
    first.send('abcdef')
    await first.until(() => first.ended !== undefined)
    const second = await Client.open()
    second.send('abcdef')
    await second.until(() => second.ended !== undefined)

    await expect.poll(() => accepted.map((socket) => socket.bytesRead)).toEqual([2, 5])
  })

  it('resets every connection on demand, and accepts new ones', async () => {
    const client = await Client.open()
    await client.echo('a')

    proxy.reset()
    await client.until(() => client.ended !== undefined)
    const next = await Client.open()
    await next.echo('b')

    expect(client.ended).toBe('ECONNRESET')
    expect(next.received).toBe('b')
  })

  it('refuses new connections, keeps open ones, and listens on the same port again', async () => {
    const client = await Client.open()
    const { port } = proxy
    await proxy.set({ connections: 'refuse' })

    await expect(Client.open()).rejects.toThrow(/ECONNREFUSED/)
    await client.echo('still here')
    await proxy.heal()
    const next = await Client.open()
    await next.echo('back')

    expect(proxy.port).toBe(port)
  })

  it('accepts and says nothing when new connections hang', async () => {
    await proxy.set({ connections: 'hang' })
    const hanging = await Client.open()
    hanging.send('hello?')

    await proxy.heal()
    const next = await Client.open()
    await next.echo('w')

    expect([hanging.received, hanging.ended]).toEqual(['', undefined])
  })

  it('leaves nothing open when it is closed', async () => {
    const client = await Client.open()
    await client.echo('a')

    await proxy.close()
    await client.until(() => client.ended !== undefined)

    expect(proxy.connections).toBe(0)
    await expect(Client.open()).rejects.toThrow(/ECONNREFUSED/)
  })
})
