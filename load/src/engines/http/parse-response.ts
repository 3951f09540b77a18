/** An HTTP/1.1 answer, as far as a load run looks at it. */
export interface HttpAnswer {
  readonly status: number
  /** The `x-cache` header; empty where there is none. */
  readonly cache: string
  /** The `x-load-ms` header: what the database took of it; 0 where there is none. */
  readonly loadMs: number
  /** The bytes of the body. */
  readonly body: Buffer
  readonly keepsAlive: boolean
}

/** What a connection's bytes are so far. */
export type Parsed =
  | { readonly type: 'more' }
  | { readonly type: 'answer'; readonly answer: HttpAnswer; readonly length: number }
  | { readonly type: 'broken'; readonly why: string }

const more: Parsed = { type: 'more' }

/** Reads one whole answer from the beginning of `bytes`, with a body of a given length or in chunks. */
export function parseResponse(bytes: Buffer): Parsed {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return bytes.length > 65_536 ? broken('its head has no end') : more
  const head = bytes.toString('latin1', 0, headEnd)
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1])
  if (Number.isNaN(status)) return broken('it is no HTTP/1.1')
  const start = headEnd + 4
  const cache = /\r\nx-cache: ?([^\r]*)/i.exec(head)?.[1] ?? ''
  const loadMs = Number(/\r\nx-load-ms: ?([\d.]+)/i.exec(head)?.[1] ?? 0)
  const keepsAlive = !/\r\nconnection: ?close/i.test(head)
  const length = /\r\ncontent-length: ?(\d+)/i.exec(head)?.[1]
  if (length !== undefined) {
    const end = start + Number(length)
    if (bytes.length < end) return more
    return {
      type: 'answer',
      answer: { status, cache, loadMs, body: bytes.subarray(start, end), keepsAlive },
      length: end,
    }
  }
  if (!/\r\ntransfer-encoding: ?chunked/i.test(head)) return broken('its body has no length')
  const chunks = readChunks(bytes, start)
  if (chunks === undefined) return more
  return { type: 'answer', answer: { status, cache, loadMs, body: chunks.body, keepsAlive }, length: chunks.end }
}

/** The body of chunks, or `undefined` while its last one is missing. */
function readChunks(bytes: Buffer, start: number): { readonly body: Buffer; readonly end: number } | undefined {
  const parts: Buffer[] = []
  let at = start
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    const next = lineEnd + 2 + size + 2
    if (bytes.length < next) return undefined
    if (size === 0) return { body: Buffer.concat(parts), end: next }
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = next
  }
}

function broken(why: string): Parsed {
  return { type: 'broken', why }
}
