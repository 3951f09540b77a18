import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Engine } from './engine.ts'
import { askOfNode } from './node-ask.ts'
import { methodsOf, nodeOrigin } from './node-origin.ts'
import { sendReply } from './node-send.ts'

/**
 * Answers a request of `node:http` through the cache. Rejects with what the handler throws.
 *
 * @param start runs the handler, which writes to the response
 * @param target the path and query by which it decides, where a framework has changed `url`
 */
export async function serve(
  engine: Engine,
  request: IncomingMessage,
  response: ServerResponse,
  start: () => unknown,
  target?: string,
): Promise<void> {
  const methods = methodsOf(response)
  const ask = askOfNode(request, () => response.destroyed, target)
  const origin = nodeOrigin(request, response, methods, start)
  try {
    sendReply(response, methods, await engine.respond(ask, origin))
  } catch (error) {
    // Whoever has gone is told nothing.
    if (!ask.isGone()) throw error
  }
}
