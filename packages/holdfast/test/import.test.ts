import { execFile } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'

it('imports every entry without a connection, and lets the process end', async () => {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const env = { ...process.env, REDIS_URL: `redis://127.0.0.1:${(server.address() as AddressInfo).port}` }

  const program = fileURLToPath(new URL('./import-everything.ts', import.meta.url))
  const { stderr } = await promisify(execFile)(process.execPath, ['--conditions=@holdfast/source', program], { env })

  expect(connections).toBe(0)
  expect(stderr).toBe('')
})
