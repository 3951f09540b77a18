import { Collector } from './body.ts'
import { Head, type Field } from './head.ts'
import type { Origin, Ran, Run } from './origin.ts'
import type { RequestChange } from './request.ts'
import { withStatus } from './cache-status.ts'

/** A handler of Web requests, run for one of them. */
export function webOrigin(
  request: Request,
  handle: (request: Request) => Response | Promise<Response>,
  canRunBehind: boolean,
): Origin<Response> {
  return { canRunBehind, run: (run) => runWeb(request, handle, run) }
}

async function runWeb(
  request: Request,
  handle: (request: Request) => Response | Promise<Response>,
  run: Run,
): Promise<Ran<Response>> {
  const leaving = new Leaving(request.signal, run)
  const response = await handle(run.unwanted === undefined ? request : changed(request, run.change, leaving.signal))
  const head = headOfResponse(response)
  const verdict = run.judge(head)
  const nothing = Promise.resolve(undefined)
  if (verdict.type === 'drop') {
    leaving.end()
    response.body?.cancel().catch(() => undefined)
    return { head, verdict, client: undefined, body: nothing }
  }
  if (verdict.type === 'pass') {
    await verdict.hold
    leaving.ownedByClient()
    return { head, verdict, client: responseWith(response, head, response.body, verdict.status), body: nothing }
  }
  const collector = new Collector(run.maxBodyBytes)
  if (response.body === null) {
    leaving.end()
    collector.end()
  }
  if (verdict.type === 'keep' || request.signal.aborted) {
    if (response.body !== null) drain(response.body.getReader(), collector, leaving)
    return { head, verdict, client: undefined, body: collector.body }
  }
  const body = response.body === null ? null : copied(response.body.getReader(), collector, leaving)
  return { head, verdict, client: responseWith(response, head, body, verdict.status), body: collector.body }
}

/** When the handler may stop: its client has gone, and nobody else waits for the response. */
class Leaving {
  readonly #abort = new AbortController()
  readonly #client: AbortSignal
  #unwanted: AbortSignal | undefined
  readonly #isBehind: boolean
  #hasCancelled = false

  constructor(client: AbortSignal, { unwanted, isBehind }: Run) {
    this.#client = client
    this.#unwanted = unwanted
    this.#isBehind = isBehind
    client.addEventListener('abort', this.#look, { once: true })
    unwanted?.addEventListener('abort', this.#look, { once: true })
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** The client does not read on. */
  cancel(): void {
    this.#hasCancelled = true
    this.#look()
  }

  /** Nobody else gets the response: the handler is its client's alone. */
  ownedByClient(): void {
    this.#unwanted?.removeEventListener('abort', this.#look)
    this.#unwanted = undefined
    this.#look()
  }

  end(): void {
    this.#client.removeEventListener('abort', this.#look)
    this.#unwanted?.removeEventListener('abort', this.#look)
  }

  readonly #look = (): void => {
    const isGone = this.#isBehind || this.#client.aborted || this.#hasCancelled
    if (!isGone || this.#unwanted?.aborted === false) return
    this.end()
    this.#abort.abort(new DOMException('Nobody waits for this response any more.', 'AbortError'))
  }
}

/** Passes a body to the client and copies it, as fast as it comes while it is small, and as the client reads once it is not. */
function copied(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  collector: Collector,
  leaving: Leaving,
): ReadableStream<Uint8Array> {
  let isCancelled = false
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    try {
      do {
        const { done, value } = await reader.read()
        if (done) {
          collector.end()
          leaving.end()
          if (!isCancelled) controller.close()
          return
        }
        collector.add(value)
        if (!isCancelled) controller.enqueue(value)
        else if (!collector.isOpen) return await reader.cancel()
      } while (collector.isOpen)
    } catch (error) {
      collector.fail()
      leaving.end()
      if (!isCancelled) controller.error(error)
    }
  }
  return new ReadableStream<Uint8Array>(
    {
      pull,
      async cancel(reason) {
        isCancelled = true
        leaving.cancel()
        // Others may wait for the copy: it is finished for them, unless nobody wants it or it has become too large.
        if (collector.isOpen && !leaving.signal.aborted) return
        collector.fail()
        leaving.end()
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 1 },
  )
}

/** Reads a body for its copy alone. */
function drain(reader: ReadableStreamDefaultReader<Uint8Array>, collector: Collector, leaving: Leaving): void {
  const read = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return collector.end()
      collector.add(value)
      if (!collector.isOpen) return await reader.cancel()
    }
  }
  read()
    .catch(() => collector.fail())
    .finally(() => leaving.end())
}

export function headOfResponse(response: Response): Head {
  return new Head(response.status, response.statusText, [...response.headers] as Field[])
}

/** The request that the handler gets: its conditions are the cache's, its signal that of all who wait. */
function changed(request: Request, change: RequestChange | undefined, signal: AbortSignal): Request {
  if (change === undefined) return new Request(request, { signal })
  const headers = new Headers(request.headers)
  for (const name of change.remove) headers.delete(name)
  for (const [name, value] of change.set) headers.set(name, value)
  return new Request(request, { headers, signal })
}

function responseWith(
  response: Response,
  head: Head,
  body: ReadableStream<Uint8Array> | null,
  member: string | undefined,
): Response {
  if (body === response.body && member === undefined) return response
  const fields = member === undefined ? head.fields : withStatus(head.fields, member)
  return new Response(body, { status: head.status, statusText: head.statusText, headers: headersOf(fields) })
}

export function headersOf(fields: readonly Field[]): Headers {
  const headers = new Headers()
  for (const [name, value] of fields) headers.append(name, value)
  return headers
}
