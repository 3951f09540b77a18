// Ends connections through a proxy and resets them in the same tick, closes it, and should then end by itself.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { startFaultProxy } from '../src/proxy/index.ts'

const server = createServer((socket) => socket.on('error', () => {}))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const proxy = await startFaultProxy({ port: (server.address() as AddressInfo).port })
for (let n = 0; n < 5; n += 1) {
  const client = connect({ port: proxy.port, host: proxy.host, allowHalfOpen: true })
  client.on('error', () => {})
  await once(client, 'connect')
  const hole = proxy.blackHole({ direction: 'up' })
  client.end('last words')
  await once(client, 'finish')
  await sleep(20)
  // What is held goes out, and with it the end; the reset comes on its heels.
  const healed = hole.heal()
  proxy.reset()
  await healed
}
await proxy.close()
server.close()
