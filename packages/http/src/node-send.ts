import type { ServerResponse } from 'node:http'
import type { Methods, Sent } from './node-origin.ts'
import type { Reply } from './reply.ts'

/** Sends what the engine answered; a handler's own response has been sent by it already. */
export function sendReply(response: ServerResponse, methods: Methods, reply: Reply<Sent>): void {
  if (reply.type === 'client' || response.headersSent || response.destroyed) return
  const { status, statusText, fields, body } = reply
  const byName = new Map<string, [name: string, values: string[]]>()
  for (const [name, value] of fields) {
    const lower = name.toLowerCase()
    const known = byName.get(lower)
    if (known === undefined) byName.set(lower, [name, [value]])
    else known[1].push(value)
  }
  for (const [name, values] of byName.values()) response.setHeader(name, values.length === 1 ? values[0]! : values)
  // The head by itself: what sends it with the body would ask who stands in front of the method.
  if (statusText === '') methods.writeHead(status)
  else methods.writeHead(status, statusText)
  if (body === undefined) methods.end()
  else methods.end(body)
}
