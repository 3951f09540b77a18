import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { nodeHandler } from '../src/dashboard/node-handler.ts'

async function serve(handle: (request: Request) => Promise<Response>): Promise<string> {
  const server = createServer(nodeHandler(handle))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

it('answers a handler that throws with a 500 that tells nothing, and warns of why', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  onTestFinished(() => warned.mockRestore())
  const url = await serve(() => Promise.reject(new Error('a secret of the database')))

  const response = await fetch(url)

  expect([response.status, await response.text()]).toEqual([500, ''])
  expect(warned.mock.calls.map(([said]) => String(said))).toEqual([expect.stringContaining('a secret of the database')])
})

it('hands on method, path, headers and body, and gives back status, headers and body; to HEAD no body', async () => {
  const url = await serve(async (request) =>
    Response.json(
      [request.method, new URL(request.url).pathname, request.headers.get('x-asked'), await request.text()],
      { status: 202, headers: { 'x-answered': 'yes' } },
    ),
  )

  const posted = await fetch(`${url}/status?x=1`, { method: 'POST', body: 'é', headers: { 'x-asked': 'a' } })
  const head = await fetch(url, { method: 'HEAD' })

  expect([posted.status, posted.headers.get('x-answered')]).toEqual([202, 'yes'])
  expect(await posted.json()).toEqual(['POST', '/status', 'a', 'é'])
  expect([head.status, await head.text()]).toEqual([202, ''])
})
