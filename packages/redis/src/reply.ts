import { RemoteTimeoutError, RemoteUnavailableError } from '@holdfast/core'
import { ReplyError, type Reply } from './link.ts'

/** Whether a reply is bytes of that length. */
export function isBytes(reply: Reply | undefined, length: number): reply is Buffer {
  return Buffer.isBuffer(reply) && reply.length === length
}

/** The server does not know a command in this form. */
export function isSyntax(reply: ReplyError): boolean {
  return reply.code === 'ERR' && /syntax/i.test(reply.message)
}

/** The server knows no such command, or does not let us use it: it was not executed. */
export function isForbidden(reply: ReplyError): boolean {
  return reply.code === 'NOPERM' || (reply.code === 'ERR' && /^ERR unknown command/i.test(reply.message))
}

/** The error of a command that the server refused, or answered with something that cannot be. */
export function refused(reply: Reply | undefined): RemoteUnavailableError {
  if (reply instanceof ReplyError)
    return new RemoteUnavailableError(`Redis refused: ${reply.message}`, { cause: reply })
  return new RemoteUnavailableError('Redis answered something that cannot be understood.')
}

export function timedOut(): RemoteTimeoutError {
  return new RemoteTimeoutError('Redis did not answer before the deadline.')
}

/** What a caller is told of a connection that failed. */
export function unavailable(cause: unknown): RemoteUnavailableError {
  if (cause instanceof RemoteUnavailableError) return cause
  return new RemoteUnavailableError('Redis cannot be used now.', { cause })
}
