import { globMatches } from './glob.ts'
import type { Keyspace, Value } from './keyspace.ts'

/** What a simulated server answers. An error is a value, as in a pipeline. */
export type ServerReply = Buffer | number | null | ServerError | readonly ServerReply[]

/** An error reply: its line. */
export class ServerError {
  readonly line: string

  constructor(line: string) {
    this.line = line
  }
}

/** What commands on keys work with. */
interface CommandGround {
  readonly keys: Keyspace
  /** The server's clock, in milliseconds since the epoch. */
  readonly now: () => number
}

type Handler = (ground: CommandGround, args: readonly Buffer[]) => ServerReply

const ok = Buffer.from('OK')
const wrongType = new ServerError('WRONGTYPE Operation against a key holding the wrong kind of value')
const syntax = new ServerError('ERR syntax error')
const noInteger = new ServerError('ERR value is not an integer or out of range')

/** The commands on keys that the model knows, as Redis 7 executes them. */
export const keyCommands: Readonly<Record<string, Handler>> = {
  GET: ({ keys }, [key]) => bytesAt(keys, key!),
  MGET: ({ keys }, names) =>
    names.map((key) => {
      const value = keys.get(name(key))
      return value?.type === 'string' ? value.bytes : null
    }),
  SET: set,
  GETRANGE: ({ keys }, [key, start, end]) => {
    const bytes = bytesAt(keys, key!)
    if (bytes instanceof ServerError) return bytes
    return Buffer.isBuffer(bytes) ? slice(bytes, Number(start), Number(end)) : Buffer.alloc(0)
  },
  SETRANGE: ({ keys }, [key, offset, part]) => {
    const bytes = bytesAt(keys, key!)
    if (bytes instanceof ServerError) return bytes
    const old = Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0)
    if (part!.length === 0) return old.length
    const changed = Buffer.alloc(Math.max(old.length, Number(offset) + part!.length))
    old.copy(changed)
    part!.copy(changed, Number(offset))
    keys.set(name(key!), { type: 'string', bytes: changed })
    return changed.length
  },
  APPEND: ({ keys }, [key, part]) => {
    const bytes = bytesAt(keys, key!)
    if (bytes instanceof ServerError) return bytes
    const joined = Buffer.concat(Buffer.isBuffer(bytes) ? [bytes, part!] : [part!])
    keys.set(name(key!), { type: 'string', bytes: joined })
    return joined.length
  },
  STRLEN: ({ keys }, [key]) => {
    const bytes = bytesAt(keys, key!)
    return Buffer.isBuffer(bytes) ? bytes.length : (bytes ?? 0)
  },
  DEL: remove,
  UNLINK: remove,
  EXISTS: ({ keys }, names) => names.filter((key) => keys.get(name(key)) !== undefined).length,
  TYPE: ({ keys }, [key]) => Buffer.from(keys.get(name(key!))?.type ?? 'none'),
  PTTL: ({ keys, now }, [key]) => {
    const expiresAt = keys.expiresAt(name(key!))
    if (expiresAt === undefined) return -2
    return expiresAt === Infinity ? -1 : Math.round(expiresAt - now())
  },
  PEXPIRE: ({ keys, now }, [key, ms]) => {
    const value = keys.get(name(key!))
    if (value === undefined) return 0
    keys.set(name(key!), value, now() + Number(ms))
    return 1
  },
  DBSIZE: ({ keys }) => keys.keys().length,
  FLUSHALL: ({ keys }) => {
    keys.clear()
    return ok
  },
  SCAN: scan,
  SADD: ({ keys }, [key, ...members]) => {
    const old = membersAt(keys, key!)
    if (old instanceof ServerError) return old
    const all = new Set([...old, ...members.map(name)])
    keys.set(name(key!), { type: 'set', members: all })
    return all.size - old.size
  },
  SREM: ({ keys }, [key, ...members]) => {
    const old = membersAt(keys, key!)
    if (old instanceof ServerError) return old
    const left = new Set([...old].filter((member) => !members.map(name).includes(member)))
    if (left.size === 0) keys.delete(name(key!))
    else keys.set(name(key!), { type: 'set', members: left })
    return old.size - left.size
  },
  SISMEMBER: ({ keys }, [key, member]) => {
    const members = membersAt(keys, key!)
    return members instanceof ServerError ? members : Number(members.has(name(member!)))
  },
  SCARD: ({ keys }, [key]) => {
    const members = membersAt(keys, key!)
    return members instanceof ServerError ? members : members.size
  },
  RPUSH: ({ keys }, [key, ...items]) => {
    const value = keys.get(name(key!))
    if (value !== undefined && value.type !== 'list') return wrongType
    const all = [...(value?.items ?? []), ...items]
    keys.set(name(key!), { type: 'list', items: all })
    return all.length
  },
}

/** A binary argument as a key of the model. */
export function name(bytes: Buffer): string {
  return bytes.toString('latin1')
}

function set({ keys, now }: CommandGround, [key, bytes, ...options]: readonly Buffer[]): ServerReply {
  const flags = { nx: false, xx: false, get: false, keepTtl: false, lifeMs: undefined as number | undefined }
  for (let at = 0; at < options.length; at += 1) {
    const option = name(options[at]!).toUpperCase()
    if (option === 'NX') flags.nx = true
    else if (option === 'XX') flags.xx = true
    else if (option === 'GET') flags.get = true
    else if (option === 'KEEPTTL') flags.keepTtl = true
    else if (option === 'PX' || option === 'EX') {
      const life = Number(options[(at += 1)] ?? Number.NaN) * (option === 'EX' ? 1_000 : 1)
      if (!Number.isSafeInteger(life)) return noInteger
      if (life <= 0) return new ServerError("ERR invalid expire time in 'set' command")
      flags.lifeMs = life
    } else return syntax
  }
  if ((flags.nx && flags.xx) || (flags.keepTtl && flags.lifeMs !== undefined)) return syntax
  const old = keys.get(name(key!))
  if (flags.get && old !== undefined && old.type !== 'string') return wrongType
  const isSet = !(flags.nx && old !== undefined) && !(flags.xx && old === undefined)
  if (isSet) {
    const expiresAt = flags.lifeMs === undefined ? Infinity : now() + flags.lifeMs
    const value: Value = { type: 'string', bytes: bytes! }
    if (flags.keepTtl) keys.set(name(key!), value)
    else keys.set(name(key!), value, expiresAt)
  }
  if (flags.get) return old?.type === 'string' ? old.bytes : null
  return isSet ? ok : null
}

function remove({ keys }: CommandGround, names: readonly Buffer[]): number {
  return names.filter((key) => keys.delete(name(key))).length
}

/** In pages of COUNT keys, by name: what is there throughout is found, whatever comes and goes meanwhile. */
function scan({ keys }: CommandGround, [cursor, ...options]: readonly Buffer[]): ServerReply {
  let pattern = '*'
  let count = 10
  for (let at = 0; at < options.length; at += 2) {
    const option = name(options[at]!).toUpperCase()
    if (option === 'MATCH') pattern = name(options[at + 1]!)
    else if (option === 'COUNT') count = Number(options[at + 1])
    else return syntax
  }
  const last = keys.cursors[Number(cursor) - 1] ?? ''
  const page = keys
    .keys()
    .filter((key) => key > last || Number(cursor) === 0)
    .toSorted()
    .slice(0, count + 1)
  const isDone = page.length <= count
  const shown = page.slice(0, count)
  const next = isDone ? 0 : keys.cursors.push(shown.at(-1)!)
  return [
    Buffer.from(String(next)),
    shown.filter((key) => globMatches(pattern, key)).map((key) => Buffer.from(key, 'latin1')),
  ]
}

function bytesAt(keys: Keyspace, key: Buffer): Buffer | null | ServerError {
  const value = keys.get(name(key))
  if (value === undefined) return null
  return value.type === 'string' ? value.bytes : wrongType
}

function membersAt(keys: Keyspace, key: Buffer): ReadonlySet<string> | ServerError {
  const value = keys.get(name(key))
  if (value === undefined) return new Set()
  return value.type === 'set' ? value.members : wrongType
}

/** As Redis cuts: an end before the beginning means the first byte. */
function slice(bytes: Buffer, start: number, end: number): Buffer {
  if (start < 0 && end < 0 && start > end) return Buffer.alloc(0)
  const from = Math.max(0, start < 0 ? bytes.length + start : start)
  const to = Math.min(bytes.length - 1, Math.max(0, end < 0 ? bytes.length + end : end))
  return from > to ? Buffer.alloc(0) : bytes.subarray(from, to + 1)
}
