/** What a Redis server answers, with bulk strings as bytes. An error inside an array stays a value. */
export type RespReply = string | number | Buffer | null | RedisReplyError | readonly RespReply[]

/** An error reply of the server: `code` is its first word, such as `NOPERM`, `OOM`, `WRONGTYPE`. */
export class RedisReplyError extends Error {
  readonly code: string

  constructor(line: string) {
    super(line)
    this.name = 'RedisReplyError'
    this.code = line.split(' ', 1)[0]!
  }
}

/** A command as RESP2 sends it. */
export function encodeCommand(args: readonly (string | number | Uint8Array)[]): Buffer {
  const parts: (string | Uint8Array)[] = [`*${args.length}\r\n`]
  for (const arg of args) {
    const bytes = typeof arg === 'object' ? arg : Buffer.from(String(arg))
    parts.push(`$${bytes.length}\r\n`, bytes, '\r\n')
  }
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
}

/** Cuts a RESP2 byte stream into replies. Feed it chunks of any size. */
export class RespParser {
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #chunks: Uint8Array[] = []
  #size = 0
  /** No reply can be whole before this many bytes are there; spares copying a large one with every chunk. */
  #needs = 0

  /** The replies that are whole now. */
  push(chunk: Uint8Array): RespReply[] {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size < this.#needs) return []
    this.#bytes = Buffer.concat(this.#chunks)
    this.#at = 0
    this.#needs = 0
    const replies: RespReply[] = []
    for (;;) {
      const begin = this.#at
      const reply = this.#reply()
      if (reply === undefined) {
        this.#needs = Math.max(0, this.#needs - begin)
        this.#chunks = [this.#bytes.subarray(begin)]
        this.#size = this.#bytes.length - begin
        return replies
      }
      replies.push(reply)
    }
  }

  #reply(): RespReply | undefined {
    const line = this.#line()
    if (line === undefined) return undefined
    const rest = line.slice(1)
    switch (line[0]) {
      case '+':
        return rest
      case '-':
        return new RedisReplyError(rest)
      case ':':
        return Number(rest)
      case '$':
        return this.#bulk(Number(rest))
      case '*':
        return this.#array(Number(rest))
      default:
        throw new Error(`Expected a RESP2 reply, got ${JSON.stringify(line.slice(0, 40))}.`)
    }
  }

  #line(): string | undefined {
    const end = this.#bytes.indexOf('\r\n', this.#at)
    if (end < 0) return undefined
    const line = this.#bytes.toString('utf8', this.#at, end)
    this.#at = end + 2
    return line
  }

  #bulk(length: number): Buffer | null | undefined {
    if (length < 0) return null
    if (this.#bytes.length < this.#at + length + 2) {
      this.#needs = this.#at + length + 2
      return undefined
    }
    const bulk = Buffer.from(this.#bytes.subarray(this.#at, this.#at + length))
    this.#at += length + 2
    return bulk
  }

  #array(length: number): readonly RespReply[] | null | undefined {
    if (length < 0) return null
    const items: RespReply[] = []
    while (items.length < length) {
      const item = this.#reply()
      if (item === undefined) return undefined
      items.push(item)
    }
    return items
  }
}
