import { ServerResponse, type IncomingMessage } from 'node:http'

const headerMethods = [
  'setHeader',
  'setHeaders',
  'appendHeader',
  'getHeader',
  'getHeaders',
  'getHeaderNames',
  'hasHeader',
  'removeHeader',
] as const

/**
 * Makes a response that has been sent look as if it had not, for a handler that runs behind the answer: its fields and status are those of
 * another, which is never sent. Resolves when it has been sent.
 *
 * @param isEnded whether that handler has ended
 */
export async function lookUnsent(
  request: IncomingMessage,
  response: ServerResponse,
  isEnded: () => boolean,
): Promise<void> {
  if (!response.closed) {
    await new Promise((resolve) => {
      response.once('close', resolve)
    })
  }
  const other = new ServerResponse(request)
  for (const name of headerMethods) Object.defineProperty(response, name, { value: other[name].bind(other) })
  for (const name of ['statusCode', 'statusMessage'] as const) {
    Object.defineProperty(response, name, {
      get: () => other[name],
      set: (value: never) => {
        other[name] = value
      },
    })
  }
  for (const name of ['headersSent', 'finished', 'writableEnded', 'writableFinished'])
    Object.defineProperty(response, name, { get: isEnded })
  for (const name of ['destroyed', 'closed', '_closed']) Object.defineProperty(response, name, { value: false })
}
