import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Collector } from './body.ts'
import { Head, type Field } from './head.ts'
import { lookUnsent } from './node-behind.ts'
import { ClientLeft, type Origin, type Ran, type Run, type Verdict } from './origin.ts'
import type { RequestChange } from './request.ts'

/** A response of `node:http` that its handler sends itself: there is nothing to hand over. */
export type Sent = 'sent'

/** The methods of a response as they were before anybody stood in front of them. */
export type Methods = Pick<ServerResponse, 'writeHead' | 'write' | 'end' | 'flushHeaders'>

export function methodsOf(response: ServerResponse): Methods {
  return {
    writeHead: response.writeHead.bind(response),
    write: response.write.bind(response),
    end: response.end.bind(response),
    flushHeaders: response.flushHeaders.bind(response),
  }
}

/**
 * A handler that writes to a response of `node:http`. What it writes goes to the client as it comes and is copied on the way, or, when the
 * client gets something else, nowhere.
 *
 * @param start runs the handler
 */
export function nodeOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  methods: Methods,
  start: () => unknown,
): Origin<Sent> {
  return {
    canRunBehind: true,
    run: (run) =>
      new Promise((resolve, reject) => {
        const tap = new Tap(request, response, methods, run, { resolve, reject })
        if (run.isBehind) lookUnsent(request, response, () => tap.isEnded).then(() => tap.begin(start), reject)
        else tap.begin(start)
      }),
  }
}

type Callback = () => void
type Chunk = string | Uint8Array
type Arguments = readonly unknown[]

interface Settle {
  readonly resolve: (ran: Ran<Sent>) => void
  readonly reject: (error: unknown) => void
}

/**
 * Stands in front of a response's methods while its handler writes. It stays there to the end, doing nothing once it is done: others may have
 * put themselves in front of it.
 */
class Tap {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #methods: Methods
  readonly #run: Run
  readonly #settle: Settle
  readonly #collector: Collector
  /** Fields that stood there before the handler: they come anew with each request, and are not stored. */
  #before: ReadonlyMap<string, string> = new Map()
  #verdict: Verdict | undefined
  isEnded = false
  /** Calls that wait for `hold`. */
  #held: (() => void)[] | undefined

  constructor(request: IncomingMessage, response: ServerResponse, methods: Methods, run: Run, settle: Settle) {
    this.#request = request
    this.#response = response
    this.#methods = methods
    this.#run = run
    this.#settle = settle
    this.#collector = new Collector(run.maxBodyBytes)
  }

  begin(start: () => unknown): void {
    const response = this.#response
    this.#before = new Map(fieldsOf(response).map(([name, value]) => [name.toLowerCase(), value]))
    if (this.#run.change !== undefined) applyChange(this.#request, this.#run.change)
    response.writeHead = (...args: Arguments): ServerResponse => this.#writeHead(args)
    response.write = (...args: Arguments): boolean => this.#write(args)
    response.end = (...args: Arguments): ServerResponse => this.#end(args)
    response.flushHeaders = (): void => this.#flush()
    if (!this.#run.isBehind) response.once('close', this.#closed)
    try {
      const started = start()
      if (started instanceof Promise) started.catch(this.#settle.reject)
    } catch (error) {
      this.#settle.reject(error)
    }
  }

  /** The client has gone, or the handler has given up. */
  readonly #closed = (): void => {
    if (this.isEnded) return
    this.#collector.fail()
    if (this.#verdict === undefined) this.#settle.reject(new ClientLeft())
  }

  get #isSwallowed(): boolean {
    return this.#verdict?.type === 'keep' || this.#verdict?.type === 'drop'
  }

  #writeHead(args: Arguments): ServerResponse {
    const [status, second, third] = args as [number, (string | Headers)?, Headers?]
    const response = this.#response
    if (response.headersSent && !this.#isSwallowed) return this.#methods.writeHead(...(args as [number]))
    response.statusCode = status
    if (typeof second === 'string') response.statusMessage = second
    const headers = typeof second === 'string' ? third : second
    if (headers !== undefined) setAll(response, headers)
    this.#headKnown()
    // Composed at once, and sent with what comes after it.
    if (!this.#isSwallowed) this.#methods.writeHead(response.statusCode)
    return response
  }

  #flush(): void {
    this.#headKnown()
    this.#forward(() => this.#methods.flushHeaders())
  }

  #write(args: Arguments): boolean {
    const [chunk, encoding] = args as [unknown, BufferEncoding | Callback | undefined]
    // Node throws, and the handler may send something else.
    if (!isChunk(chunk)) return this.#methods.write(...(args as [Chunk]))
    this.#headKnown()
    this.#copy(chunk, encoding)
    if (this.#isSwallowed) {
      later(args)
      return true
    }
    if (this.#held === undefined) return this.#methods.write(...(args as [Chunk]))
    this.#forward(() => this.#methods.write(...(args as [Chunk])))
    return false
  }

  #end(args: Arguments): ServerResponse {
    const [first, encoding] = args as [unknown, BufferEncoding | Callback | undefined]
    const last = typeof first === 'function' || !first ? undefined : first
    if (last !== undefined && !isChunk(last)) return this.#methods.end(...(args as []))
    const length = last === undefined ? 0 : bytesOf(last, encoding).byteLength
    this.#headKnown(length)
    if (!this.isEnded && last !== undefined) this.#copy(last, encoding)
    this.isEnded = true
    this.#collector.end()
    if (this.#isSwallowed) later(args)
    this.#forward(() => this.#methods.end(...(args as [])), length)
    return this.#response
  }

  /** @param length of the body, where this is the whole of it */
  #forward(call: () => void, length?: number): void {
    if (this.#isSwallowed) return
    if (this.#held === undefined) return call()
    this.#compose(length)
    this.#held.push(call)
  }

  /** The head of what waits, as Node itself composes it on the first write: from here on it refuses another. */
  #compose(length: number | undefined): void {
    const response = this.#response
    if (response.headersSent) return
    const isSized = ['content-length', 'transfer-encoding', 'trailer'].some((name) => response.hasHeader(name))
    const hasBody = response.statusCode !== 204 && response.statusCode !== 304
    if (length !== undefined && hasBody && !isSized) response.setHeader('Content-Length', length)
    response.writeHead(response.statusCode)
  }

  #copy(chunk: Chunk, encoding: BufferEncoding | Callback | undefined): void {
    if (this.#verdict?.type !== 'tee' && this.#verdict?.type !== 'keep') return
    // A handler may use its buffer again.
    if (this.#collector.isOpen) this.#collector.add(Uint8Array.from(bytesOf(chunk, encoding)))
  }

  /**
   * The handler is about to send: what is to become of it is decided now.
   *
   * @param length of the body, where the whole of it has come at once
   */
  #headKnown(length?: number): void {
    if (this.#verdict !== undefined) return
    const response = this.#response
    const all = fieldsOf(response)
    const own = all.filter(([name, value]) => this.#before.get(name.toLowerCase()) !== value)
    const announced: readonly Field[] =
      length === undefined || response.hasHeader('content-length') ? [] : [['content-length', String(length)]]
    const status = response.statusCode
    const text = response.statusMessage ?? ''
    const verdict = this.#run.judge(new Head(status, text, [...all, ...announced]))
    this.#verdict = verdict
    const isForClient = verdict.type === 'pass' || verdict.type === 'tee'
    if (isForClient && verdict.status !== undefined && !response.headersSent)
      response.appendHeader('Cache-Status', verdict.status)
    if (verdict.type === 'pass' && verdict.hold !== undefined) this.#hold(verdict.hold)
    // The engine answers in the handler's place, from a clean sheet.
    if (!isForClient) for (const [name] of own) response.removeHeader(name)
    const head = new Head(status, text, [...own, ...announced])
    this.#settle.resolve({ head, verdict, client: isForClient ? 'sent' : undefined, body: this.#collector.body })
  }

  #hold(hold: Promise<unknown>): void {
    this.#held = []
    const goOn = (): void => {
      const held = this.#held ?? []
      this.#held = undefined
      for (const call of held) call()
      if (!this.isEnded) this.#response.emit('drain')
    }
    hold.then(goOn, goOn)
  }
}

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[]

/** The fields that are set on a response, one for each line. */
function fieldsOf(response: ServerResponse): readonly Field[] {
  const fields: Field[] = []
  for (const name of response.getHeaderNames()) {
    const value = response.getHeader(name)
    if (Array.isArray(value)) for (const each of value) fields.push([name, each])
    else if (value !== undefined) fields.push([name, String(value)])
  }
  return fields
}

/** Headers as `writeHead` takes them: a record, a flat list of names and values, or a list of pairs. */
function setAll(response: ServerResponse, headers: Headers): void {
  if (!Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value)
    return
  }
  const flat = headers.flat() as string[]
  const byName = new Map<string, [name: string, values: string[]]>()
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = String(flat[i])
    const [, values] = byName.get(name.toLowerCase()) ?? [name, []]
    byName.set(name.toLowerCase(), [name, [...values, String(flat[i + 1])]])
  }
  for (const [name, values] of byName.values()) response.setHeader(name, values.length === 1 ? values[0]! : values)
}

/** The request that the handler sees. What others have read of it stays as it was. */
function applyChange(request: IncomingMessage, { remove, set }: RequestChange): void {
  const headers = { ...request.headers }
  for (const name of remove) delete headers[name]
  for (const [name, value] of set) headers[name] = value
  const raw: string[] = []
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const [name, value] = request.rawHeaders.slice(i, i + 2) as [string, string]
    if (!remove.includes(name.toLowerCase())) raw.push(name, value)
  }
  for (const [name, value] of set) raw.push(name, value)
  request.headers = headers
  request.rawHeaders = raw
}

function isChunk(chunk: unknown): chunk is Chunk {
  return typeof chunk === 'string' || chunk instanceof Uint8Array
}

function bytesOf(chunk: Chunk, encoding: BufferEncoding | Callback | undefined): Uint8Array {
  if (typeof chunk !== 'string') return chunk
  return Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8')
}

/** Calls the callback that a write or an end was given. */
function later(args: Arguments): void {
  const callback = args.find((each) => typeof each === 'function') as Callback | undefined
  if (callback !== undefined) process.nextTick(callback)
}
